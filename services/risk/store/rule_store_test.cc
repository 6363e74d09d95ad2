#include "services/risk/store/rule_store.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/testing/proto_matchers.h"
#include "services/risk/store/account_state_store.h"
#include "services/risk/store/override_store.h"
#include "services/risk/store/store_fixture.h"

namespace mtsuite::risk {
namespace {

using storage::Transaction;
using ::testing::ElementsAre;
using testing::EqualsProto;
using ::testing::IsEmpty;
using testing::ParseTextProto;
using v1::RuleSet;
using v1::RuleSetAssignment;

class RuleStoreTest : public RiskStoreTest {
 protected:
  RuleSet Add(const std::string& name, const std::string& description, const std::string& server = kServer) {
    RuleSet rule_set;
    rule_set.set_name(name);
    rule_set.set_description(description);
    EXPECT_OK(Write([&](Transaction& t) { return AddRuleSet(t, server, rule_set); }));
    return rule_set;
  }
  static std::vector<std::string> Names(const std::vector<RuleSet>& sets) {
    std::vector<std::string> names;
    for (const RuleSet& set : sets) names.push_back(absl::StrCat(set.name(), " ", set.version()));
    return names;
  }
};

TEST_P(RuleStoreTest, VersionsCountUpAndStay) {
  EXPECT_EQ(Add("a", "one").version(), 1);
  EXPECT_EQ(Add("a", "two").version(), 2);
  EXPECT_EQ(Add("a", "elsewhere", "other").version(), 1);
  const auto find = [&](int64_t version) {
    return Get([&](Transaction& t) { return FindRuleSet(t, kServer, "a", version); });
  };
  EXPECT_THAT(*find(1), EqualsProto("name: 'a' version: 1 description: 'one'"));
  EXPECT_THAT(*find(0), EqualsProto("name: 'a' version: 2 description: 'two'"));
  EXPECT_FALSE(find(3).has_value());
  EXPECT_FALSE(Get([&](Transaction& t) { return FindRuleSet(t, kServer, "b", 0); }).has_value());
}

TEST_P(RuleStoreTest, ListsTheNewestOfEachName) {
  Add("b", "");
  Add("a", "");
  Add("a", "");
  Add("c", "");
  Add("d", "", "other");
  const auto list = [&](const std::string& after, int limit) {
    return Names(Get([&](Transaction& t) { return ListRuleSets(t, kServer, after, limit); }));
  };
  EXPECT_THAT(list("", 10), ElementsAre("a 2", "b 1", "c 1"));
  EXPECT_THAT(list("", 1), ElementsAre("a 2"));
  EXPECT_THAT(list("a", 10), ElementsAre("b 1", "c 1"));
}

TEST_P(RuleStoreTest, ListsVersionsNewestFirst) {
  for (int i = 0; i < 4; ++i) Add("a", "");
  const auto list = [&](int64_t before, int limit) {
    return Names(Get([&](Transaction& t) { return ListRuleSetVersions(t, kServer, "a", before, limit); }));
  };
  EXPECT_THAT(list(0, 3), ElementsAre("a 4", "a 3", "a 2"));
  EXPECT_THAT(list(2, 3), ElementsAre("a 1"));
}

TEST_P(RuleStoreTest, KeepsAssignments) {
  const auto put = [&](const std::string& text) {
    const auto assignment = ParseTextProto<RuleSetAssignment>(absl::StrCat("server: '", kServer, "' ", text));
    EXPECT_OK(Write([&](Transaction& t) { return PutAssignment(t, assignment); }));
  };
  put("assignment_id: '1' login: 1001 rule_set: 'a'");
  put("assignment_id: '2' group_mask: 'x\\\\*' rule_set: 'b' priority: 3");
  put("assignment_id: '3' login: 1002 rule_set: 'b'");
  put("assignment_id: '3' login: 1002 rule_set: 'a'");
  const auto list = [&](const std::string& rule_set, const std::string& after, int limit) {
    std::vector<std::string> ids;
    for (const auto& assignment :
         Get([&](Transaction& t) { return ListAssignments(t, kServer, rule_set, after, limit); })) {
      ids.push_back(assignment.assignment_id());
    }
    return ids;
  };
  EXPECT_THAT(list("", "", 10), ElementsAre("1", "2", "3"));
  EXPECT_THAT(list("", "1", 1), ElementsAre("2"));
  EXPECT_THAT(list("a", "", 10), ElementsAre("1", "3"));
  EXPECT_THAT(
      *Get([&](Transaction& t) { return FindAssignment(t, kServer, "2"); }),
      EqualsProto("server: 'mt5-demo' assignment_id: '2' group_mask: 'x\\\\*' rule_set: 'b' priority: 3"));
  EXPECT_TRUE(Get([&](Transaction& t) { return DeleteAssignment(t, kServer, "2"); }));
  EXPECT_FALSE(Get([&](Transaction& t) { return DeleteAssignment(t, kServer, "2"); }));
  EXPECT_FALSE(Get([&](Transaction& t) { return FindAssignment(t, kServer, "2"); }).has_value());
}

TEST_P(RuleStoreTest, KeepsTheStateOfAccounts) {
  const auto put = [&](int64_t login, const std::string& rule_set, const std::string& balance) {
    AccountState state{login, {}};
    state.state.set_rule_set(rule_set);
    state.state.set_balance(balance);
    EXPECT_OK(
        Write([&](Transaction& t) { return PutAccountState(t, kServer, state, absl::FromUnixSeconds(1)); }));
  };
  const auto describe = [](const std::vector<AccountState>& states) {
    std::vector<std::string> texts;
    for (const AccountState& state : states) {
      texts.push_back(absl::StrCat(state.login, " ", state.state.rule_set(), " ", state.state.balance()));
    }
    return texts;
  };
  const auto list = [&](const AccountStateCursor& after, int limit) {
    return describe(Get([&](Transaction& t) { return ListAccountStates(t, kServer, after, limit); }));
  };
  put(1002, "a", "2");
  put(1001, "b", "1");
  put(1001, "a", "0");
  put(1001, "a", "3");
  EXPECT_THAT(list({}, 10), ElementsAre("1001 a 3", "1001 b 1", "1002 a 2"));
  EXPECT_THAT(list({}, 1), ElementsAre("1001 a 3"));
  EXPECT_THAT(list({1001, "a"}, 10), ElementsAre("1001 b 1", "1002 a 2"));
  EXPECT_THAT(list({1002, "a"}, 10), IsEmpty());
  EXPECT_OK(Write([&](Transaction& t) { return DeleteAccountState(t, kServer, 1001, "a"); }));
  EXPECT_OK(Write([&](Transaction& t) { return DeleteAccountState(t, kServer, 1001, "a"); }));
  EXPECT_THAT(describe(Get([&](Transaction& t) { return FindAccountStates(t, kServer, 1001); })),
              ElementsAre("1001 b 1"));
}

TEST_P(RuleStoreTest, KeepsOverrides) {
  const auto append = [&](int64_t login, const std::string& reason) {
    Override item{.server = kServer,
                  .login = login,
                  .breach_id = "b",
                  .action = "LIFT",
                  .principal = "key-1",
                  .reason = reason,
                  .request_id = "r",
                  .time = absl::FromUnixMicros(1'790'000'000'000'001)};
    EXPECT_OK(Write([&](Transaction& t) { return AppendOverride(t, item); }));
    return item;
  };
  const Override first = append(1001, "a wrong price");
  const Override second = append(1002, "appeal");
  const Override third = append(1001, "again");
  EXPECT_EQ(third.sequence, 3);
  const auto list = [&](int64_t login, int64_t before, int limit) {
    return Get([&](Transaction& t) { return ListOverrides(t, kServer, login, before, limit); });
  };
  EXPECT_THAT(list(0, 0, 10), ElementsAre(third, second, first));
  EXPECT_THAT(list(1001, 0, 10), ElementsAre(third, first));
  EXPECT_THAT(list(1001, 3, 10), ElementsAre(first));
  EXPECT_THAT(list(0, 0, 1), ElementsAre(third));
}

TEST_P(RuleStoreTest, MigratesOnceOnly) { EXPECT_OK(MigrateRiskSchema(*database_, RealClock())); }

INSTANTIATE_TEST_SUITE_P(Databases, RuleStoreTest, ::testing::ValuesIn(storage::TestBackends()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace mtsuite::risk

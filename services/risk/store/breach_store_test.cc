#include "services/risk/store/breach_store.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/testing/proto_matchers.h"
#include "services/risk/store/store_fixture.h"

namespace mtsuite::risk {
namespace {

using storage::Transaction;
using ::testing::ElementsAre;
using testing::EqualsProto;
using ::testing::IsEmpty;

class BreachStoreTest : public RiskStoreTest {
 protected:
  static std::unique_ptr<BreachMachine> Machine(const std::string& id, int64_t login, int second) {
    BreachMachine::Beginning beginning;
    beginning.breach.set_server(kServer);
    beginning.breach.set_breach_id(id);
    beginning.breach.set_login(login);
    beginning.breach.set_mode(v1::SHADOW);
    *beginning.breach.mutable_breach_time() = ToProtoTime(absl::FromUnixSeconds(second));
    return BreachMachine::Begin(beginning, {});
  }
  std::unique_ptr<BreachMachine> Put(const std::string& id, int64_t login, int second,
                                     bool finished = false) {
    std::unique_ptr<BreachMachine> machine = Machine(id, login, second);
    if (finished) machine->Resume(absl::FromUnixSeconds(second));
    Put(*machine);
    return machine;
  }
  void Put(const BreachMachine& machine) {
    EXPECT_OK(Write([&](Transaction& t) { return PutBreach(t, machine, absl::FromUnixSeconds(99)); }));
  }
  std::vector<std::string> Unfinished(const std::optional<BreachCursor>& after, int limit) {
    std::vector<std::string> ids;
    for (const std::string& state :
         Get([&](Transaction& t) { return ListUnfinishedBreachStates(t, kServer, after, limit); })) {
      auto machine = BreachMachine::Restore(state, {});
      EXPECT_OK(machine);
      ids.push_back((*machine)->breach().breach_id());
    }
    return ids;
  }
  std::vector<std::string> List(const BreachQuery& query) {
    std::vector<std::string> ids;
    for (const v1::Breach& breach : Get([&](Transaction& t) { return ListBreaches(t, query); })) {
      ids.push_back(breach.breach_id());
    }
    return ids;
  }
};

TEST_P(BreachStoreTest, StateComesBackWhole) {
  const std::unique_ptr<BreachMachine> machine = Put("a", 1001, 10);
  const std::optional<std::string> found =
      Get([&](Transaction& t) { return FindBreachState(t, kServer, "a"); });
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(*found, machine->Save());
  ASSERT_OK_AND_ASSIGN(const auto restored, BreachMachine::Restore(*found, {}));
  EXPECT_THAT(restored->breach(), EqualsProto(machine->breach()));
  EXPECT_FALSE(Get([&](Transaction& t) { return FindBreachState(t, kServer, "b"); }).has_value());
}

TEST_P(BreachStoreTest, OnlyUnfinishedOnesAreTakenUpOldestFirst) {
  Put("new", 1001, 30);
  Put("old", 1001, 10);
  Put("done", 1001, 5, /*finished=*/true);
  EXPECT_THAT(Unfinished({}, 10), ElementsAre("old", "new"));
  EXPECT_THAT(Unfinished({}, 1), ElementsAre("old"));
  EXPECT_THAT(Unfinished(BreachCursor{absl::FromUnixSeconds(10), "old"}, 10), ElementsAre("new"));
  const std::unique_ptr<BreachMachine> old = Machine("old", 1001, 10);
  old->Resume(absl::FromUnixSeconds(11));
  Put(*old);
  EXPECT_THAT(Unfinished({}, 10), ElementsAre("new"));
}

TEST_P(BreachStoreTest, ListsNewestFirstInPagesWithoutGapOrOverlap) {
  for (int i = 0; i < 10; ++i) Put(absl::StrCat("b", i), 1001 + i % 2, i / 3, i % 4 == 0);
  const std::vector<std::string> all = List({.server = kServer});
  EXPECT_THAT(all, ElementsAre("b9", "b6", "b7", "b8", "b3", "b4", "b5", "b0", "b1", "b2"));
  EXPECT_THAT(List({.server = kServer, .login = 1002}), ElementsAre("b9", "b7", "b3", "b5", "b1"));
  EXPECT_THAT(List({.server = "other"}), IsEmpty());
  std::vector<std::string> joined;
  BreachQuery query{.server = kServer, .limit = 3};
  while (true) {
    const auto page = Get([&](Transaction& t) { return ListBreaches(t, query); });
    if (page.empty()) break;
    for (const v1::Breach& breach : page) joined.push_back(breach.breach_id());
    query.after = BreachCursor{FromProtoTime(page.back().breach_time()), page.back().breach_id()};
  }
  EXPECT_EQ(joined, all);
}

INSTANTIATE_TEST_SUITE_P(Databases, BreachStoreTest, ::testing::ValuesIn(storage::TestBackends()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace mtsuite::risk

#include "services/connector/mt5/commands/user_change.h"

#include <string>
#include <vector>

#include "common/mt5wire/json.h"
#include "common/testing/matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/connector/mt5/commands/rights.h"

namespace mtsuite::connector::mt5 {
namespace {

using ::mtsuite::testing::HasOutcome;
using ::mtsuite::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

accounts::v1::Account FullAccount() {
  accounts::v1::Account account;
  account.set_login(1001);
  account.set_group("g");
  account.set_leverage(50);
  account.set_name("n");
  account.set_comment("c");
  account.set_document_id("d");
  account.set_agent_login(7);
  account.set_lead_source("ls");
  account.set_lead_campaign("lc");
  account.set_status("s");
  accounts::v1::Contact& contact = *account.mutable_contact();
  contact.set_email("ce");
  contact.set_phone("cp");
  contact.set_company("cc");
  contact.set_country("co");
  contact.set_state("cs");
  contact.set_city("ci");
  contact.set_zip_code("cz");
  contact.set_address("ca");
  return account;
}

std::string Compact(std::string text) {
  std::erase_if(text, [](char c) { return c == '\r' || c == '\n' || c == ' '; });
  return text;
}

TEST(UserChangeTest, EachPathSendsItsMemberAndNothingElse) {
  struct Case {
    std::string path;
    std::string body;
  };
  const std::vector<Case> cases = {
      {"group", R"({"Group":"g"})"},
      {"leverage", R"({"Leverage":"50"})"},
      {"name", R"({"Name":"n"})"},
      {"comment", R"({"Comment":"c"})"},
      {"document_id", R"({"ID":"d"})"},
      {"agent_login", R"({"Agent":"7"})"},
      {"lead_source", R"({"LeadSource":"ls"})"},
      {"lead_campaign", R"({"LeadCampaign":"lc"})"},
      {"status", R"({"Status":"s"})"},
      {"contact.email", R"({"Email":"ce"})"},
      {"contact.phone", R"({"Phone":"cp"})"},
      {"contact.company", R"({"Company":"cc"})"},
      {"contact.country", R"({"Country":"co"})"},
      {"contact.state", R"({"State":"cs"})"},
      {"contact.city", R"({"City":"ci"})"},
      {"contact.zip_code", R"({"ZipCode":"cz"})"},
      {"contact.address", R"({"Address":"ca"})"},
      {"contact",
       R"({"Email":"ce","Phone":"cp","Company":"cc","Country":"co","State":"cs","City":"ci","ZipCode":"cz","Address":"ca"})"},
  };
  for (const Case& c : cases) {
    ASSERT_OK_AND_ASSIGN(const UserChange change, UserChange::Of({FullAccount(), {c.path}}));
    EXPECT_EQ(Compact(change.Body(0)), c.body) << c.path;
    EXPECT_EQ(change.NeedsCurrent(), c.path == "group") << c.path;
  }
}

TEST(UserChangeTest, ClearingATextSendsItEmpty) {
  ASSERT_OK_AND_ASSIGN(const UserChange change, UserChange::Of({accounts::v1::Account(), {"comment"}}));
  EXPECT_EQ(Compact(change.Body(0)), R"({"Comment":""})");
}

TEST(UserChangeTest, OverlappingPathsSendEachMemberOnce) {
  ASSERT_OK_AND_ASSIGN(const UserChange change,
                       UserChange::Of({FullAccount(), {"contact.email", "contact", "contact.email"}}));
  EXPECT_EQ(change.size(), 8u);
}

TEST(UserChangeTest, RightsChangeSingleBits) {
  accounts::v1::Account account;
  account.mutable_rights()->set_enabled(false);
  account.mutable_rights()->set_reports_enabled(true);
  ASSERT_OK_AND_ASSIGN(const UserChange one, UserChange::Of({account, {"rights.enabled"}}));
  EXPECT_TRUE(one.NeedsCurrent());
  EXPECT_EQ(Compact(one.Body(0x19E3)), R"({"Rights":")" + std::to_string(0x19E2) + R"("})");
  ASSERT_OK_AND_ASSIGN(const UserChange all, UserChange::Of({account, {"rights"}}));
  EXPECT_EQ(Compact(all.Body(0x19E3 & ~0x100)), R"({"Rights":")" + std::to_string(0x19E2) + R"("})");
}

TEST(UserChangeTest, BadPathsAreRefused) {
  struct Case {
    std::string path;
    ErrorReason reason;
  };
  for (const Case& c : std::vector<Case>{{"login", type::v1::FIELD_NOT_MUTABLE},
                                         {"balance", type::v1::FIELD_NOT_MUTABLE},
                                         {"credit", type::v1::FIELD_NOT_MUTABLE},
                                         {"currency_code", type::v1::FIELD_NOT_MUTABLE},
                                         {"create_time", type::v1::FIELD_NOT_MUTABLE},
                                         {"nonsense", type::v1::UPDATE_MASK_INVALID},
                                         {"contact.fax", type::v1::UPDATE_MASK_INVALID},
                                         {"rights.fly", type::v1::UPDATE_MASK_INVALID},
                                         {"rights.enabled", type::v1::UPDATE_MASK_INVALID},
                                         {"", type::v1::UPDATE_MASK_INVALID}}) {
    const auto change = UserChange::Of({FullAccount(), {c.path}});
    EXPECT_THAT(change, HasReason(c.reason)) << c.path;
    EXPECT_THAT(change, HasOutcome(type::v1::REJECTED)) << c.path;
  }
  EXPECT_THAT(UserChange::Of({FullAccount(), {}}), HasReason(type::v1::UPDATE_MASK_INVALID));
}

TEST(UserChangeTest, FindsWhatTheServerLeftOut) {
  accounts::v1::Account account = FullAccount();
  account.mutable_rights()->set_read_only(true);
  ASSERT_OK_AND_ASSIGN(const UserChange change,
                       UserChange::Of({account, {"group", "leverage", "rights", "name", "agent_login"}}));
  UserRecord after;
  after.account = account;
  after.rights = kDefaultRights | kRightTradeDisabled;
  EXPECT_THAT(change.NotApplied(after), IsEmpty());
  after.account.set_group("other");
  after.account.set_leverage(1);
  after.account.set_agent_login(0);
  after.account.set_name("trimmed");
  after.rights = kDefaultRights;
  EXPECT_THAT(change.NotApplied(after), ElementsAre("group", "leverage", "agent_login", "rights"));
}

TEST(RightsTest, EveryFlagGoesToItsBitAndBack) {
  struct Case {
    void (*set)(accounts::v1::Rights&, bool);
    uint64_t bit;
    bool inverted;
  };
  using accounts::v1::Rights;
  const std::vector<Case> cases = {
      {[](Rights& r, bool on) { r.set_enabled(on); }, 0x1, false},
      {[](Rights& r, bool on) { r.set_password_change_allowed(on); }, 0x2, false},
      {[](Rights& r, bool on) { r.set_read_only(on); }, 0x4, false},
      {[](Rights& r, bool on) { r.set_trailing_stops_allowed(on); }, 0x20, false},
      {[](Rights& r, bool on) { r.set_expert_advisors_allowed(on); }, 0x40, false},
      {[](Rights& r, bool on) { r.set_reports_enabled(on); }, 0x100, false},
  };
  for (const Case& c : cases) {
    for (const uint64_t before : {uint64_t{0}, uint64_t{0xFFFFFDFF}}) {
      Rights on, off;
      c.set(on, true);
      c.set(off, false);
      EXPECT_EQ(ApplyRights(before, on), before | c.bit);
      EXPECT_EQ(ApplyRights(before, off), before & ~c.bit);
      Rights expected = RightsOfBits(before);
      c.set(expected, true);
      EXPECT_EQ(RightsOfBits(ApplyRights(before, on)).SerializeAsString(), expected.SerializeAsString());
    }
  }
  EXPECT_EQ(ApplyRights(0x1234, Rights()), 0x1234u);
}

TEST(RightsTest, BothReadOnlyBitsMeanReadOnly) {
  EXPECT_TRUE(RightsOfBits(0x200).read_only());
  accounts::v1::Rights writable;
  writable.set_read_only(false);
  EXPECT_EQ(ApplyRights(0x205, writable), 0x1u);
}

}  // namespace
}  // namespace mtsuite::connector::mt5

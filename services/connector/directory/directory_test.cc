#include "services/connector/directory/directory.h"

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "services/connector/directory/group_mask.h"
#include "services/connector/directory/login_allocator.h"

namespace mtsuite::connector {
namespace {

using accounts::v1::Account;
using ::testing::ElementsAre;
using testing::HasReason;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::IsOkAndHolds;

const absl::Time kNow = absl::FromUnixSeconds(1'000);

Account MakeAccount(int64_t login, const std::string& group = "demo\\usd") {
  Account account;
  account.set_login(login);
  account.set_group(group);
  account.set_name(absl::StrCat("Holder ", login));
  account.mutable_contact()->set_email(absl::StrCat("Holder", login, "@Example.com"));
  account.mutable_contact()->set_country("Germany");
  return account;
}

TEST(GroupMaskTest, LastMatchDecides) {
  const auto matches = [](const char* mask, const char* group) { return GroupMask(mask).Matches(group); };
  EXPECT_TRUE(matches("", "demo\\usd"));
  EXPECT_TRUE(matches("demo\\*", "demo\\usd"));
  EXPECT_TRUE(matches("DEMO\\*", "demo\\usd"));
  EXPECT_FALSE(matches("demo\\*", "real\\usd"));
  EXPECT_FALSE(matches("demo\\*,!demo\\test*", "demo\\test1"));
  EXPECT_TRUE(matches("demo\\*, !demo\\test*, demo\\test1", "demo\\test1"));
  EXPECT_TRUE(matches("!demo\\*", "real\\usd"));
  EXPECT_FALSE(matches("!demo\\*", "demo\\usd"));
  EXPECT_TRUE(matches("*a*b*c", "xaxbxbxc"));
  EXPECT_FALSE(matches("*a*b*c", "xaxbxbx"));
  EXPECT_FALSE(matches("demo", "demo\\usd"));
}

TEST(DirectoryTest, TellsWhatChanged) {
  Directory directory;
  AccountChanges changes = directory.Observe({MakeAccount(1), MakeAccount(2)}, kNow);
  EXPECT_EQ(changes.created.size(), 2u);
  EXPECT_TRUE(directory.Observe({MakeAccount(1)}, kNow).empty());
  Account richer = MakeAccount(1);
  richer.set_balance("100.00");
  EXPECT_TRUE(directory.Observe({richer}, kNow).empty()) << "deals tell of money";
  Account renamed = MakeAccount(1);
  renamed.set_name("Other");
  EXPECT_EQ(directory.Observe({renamed}, kNow).updated.size(), 1u);
  EXPECT_THAT(directory.ObserveAll({1}, kNow + absl::Seconds(1)).deleted, ElementsAre(2));
  EXPECT_THAT(directory.Remove(1).deleted, ElementsAre(1));
  EXPECT_TRUE(directory.Remove(1).empty());
}

TEST(DirectoryTest, AccountOpenedDuringASweepStays) {
  Directory directory;
  directory.Observe({MakeAccount(5)}, kNow);
  EXPECT_TRUE(directory.ObserveAll({}, kNow - absl::Seconds(1)).empty());
  EXPECT_TRUE(directory.Contains(5));
}

TEST(DirectoryTest, IsLoadedOnceEveryAccountOfASweepIsKnown) {
  Directory directory;
  EXPECT_FALSE(directory.loaded());
  directory.ObserveAll({1, 2}, kNow);
  EXPECT_FALSE(directory.loaded());
  directory.Observe({MakeAccount(1), MakeAccount(2)}, kNow);
  EXPECT_TRUE(directory.loaded());
}

TEST(DirectoryTest, WhatChangedWhileNobodyWatchedIsTold) {
  Directory directory;
  directory.Restore({{1, AccountDigest(MakeAccount(1))}, {2, AccountDigest(MakeAccount(2))}, {3, 77}});
  const AccountChanges changes = directory.Observe({MakeAccount(1), MakeAccount(3), MakeAccount(4)}, kNow);
  ASSERT_EQ(changes.created.size(), 1u);
  EXPECT_EQ(changes.created[0].login(), 4);
  ASSERT_EQ(changes.updated.size(), 1u);
  EXPECT_EQ(changes.updated[0].login(), 3);
  EXPECT_THAT(directory.ObserveAll({1, 3, 4}, kNow).deleted, ElementsAre(2));
  EXPECT_TRUE(directory.loaded());
}

TEST(DirectoryTest, SearchesByEveryFilterInPages) {
  Directory directory;
  std::vector<Account> accounts;
  for (int64_t login = 1; login <= 10; ++login)
    accounts.push_back(MakeAccount(login, login % 2 == 0 ? "demo\\usd" : "real\\eur"));
  accounts[3].mutable_rights()->set_enabled(false);
  accounts[4].mutable_contact()->set_country("France");
  directory.Observe(accounts, kNow);
  const auto find = [&](AccountFilter filter, int64_t after = 0, int32_t limit = 100) {
    return directory.Search(filter, after, limit);
  };
  EXPECT_EQ(find({}).logins.size(), 10u);
  EXPECT_THAT(find({"demo\\*", "", "", "", std::nullopt}).logins, ElementsAre(2, 4, 6, 8, 10));
  EXPECT_THAT(find({"", "holder 1", "", "", std::nullopt}).logins, ElementsAre(1, 10));
  EXPECT_THAT(find({"", "", "HOLDER7@example.COM", "", std::nullopt}).logins, ElementsAre(7));
  EXPECT_THAT(find({"", "", "", "france", std::nullopt}).logins, ElementsAre(5));
  EXPECT_THAT(find({"", "", "", "", false}).logins, ElementsAre(4));
  const AccountPage first = find({}, 0, 4);
  EXPECT_THAT(first.logins, ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(first.next_after_login, 4);
  const AccountPage last = find({}, 8, 4);
  EXPECT_THAT(last.logins, ElementsAre(9, 10));
  EXPECT_EQ(last.next_after_login, 0);
  EXPECT_THAT(find({"none", "", "", "", std::nullopt}).logins, IsEmpty());
}

class LoginAllocatorTest : public ::testing::Test {
 protected:
  LoginAllocatorTest() {
    directory_.Observe({MakeAccount(1), MakeAccount(101), MakeAccount(103)}, kNow);
    directory_.ObserveAll({1, 101, 103}, kNow);
  }
  Directory directory_;
  LoginAllocator logins_{directory_, {100, 106}};
};

TEST_F(LoginAllocatorTest, GivesEachOperationItsOwnLoginAboveTheHighest) {
  EXPECT_THAT(logins_.Allocate("a"), IsOkAndHolds(104));
  EXPECT_THAT(logins_.Allocate("b"), IsOkAndHolds(105));
  EXPECT_THAT(logins_.Allocate("a"), IsOkAndHolds(104));
  EXPECT_THAT(logins_.Claim(105, "c"), HasReason(type::v1::LOGIN_TAKEN));
  EXPECT_THAT(logins_.Claim(99, "c"), HasReason(type::v1::LOGIN_OUT_OF_RANGE));
}

TEST_F(LoginAllocatorTest, FillsGapsAtTheEndOfTheRange) {
  for (const char* id : {"a", "b", "c"}) EXPECT_THAT(logins_.Allocate(id), IsOk());
  EXPECT_THAT(logins_.Allocate("d"), IsOkAndHolds(100));
  EXPECT_THAT(logins_.Allocate("e"), IsOkAndHolds(102));
  EXPECT_THAT(logins_.Allocate("f"), HasReason(type::v1::LOGINS_EXHAUSTED));
}

TEST_F(LoginAllocatorTest, KeepsWhatUnfinishedOperationsHold) {
  logins_.Restore(104, "unfinished");
  EXPECT_THAT(logins_.Allocate("a"), IsOkAndHolds(105));
  EXPECT_THAT(logins_.Allocate("unfinished"), IsOkAndHolds(104));
}

TEST_F(LoginAllocatorTest, WaitsForTheDirectory) {
  Directory empty;
  LoginAllocator logins(empty, {100, 200});
  EXPECT_THAT(logins.Allocate("a"), HasReason(type::v1::DIRECTORY_LOADING));
}

}  // namespace
}  // namespace mtsuite::connector

// Tags, fingerprints, records, the group committer.
#include <sys/stat.h>

#include <fstream>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/testing/matchers.h"
#include "common/testing/temp_dir.h"
#include "services/connector/journal/fingerprint.h"
#include "services/connector/journal/group_committer.h"
#include "services/connector/journal/inline_reader.h"
#include "services/connector/journal/operation_record.h"
#include "services/connector/journal/tag.h"

namespace mtsuite::connector {
namespace {

using testing::IsOk;
using testing::StatusIs;

TEST(TagTest, HasItsFormAndIsTheSameEachTime) {
  const std::string tag = MakeTag("mt5-demo", "d1f7a2");
  EXPECT_EQ(tag.size(), 12u);
  EXPECT_EQ(tag[0], '#');
  EXPECT_EQ(tag, MakeTag("mt5-demo", "d1f7a2"));
  EXPECT_NE(tag, MakeTag("mt5-live", "d1f7a2"));
  std::set<std::string> tags;
  for (int i = 0; i < 10'000; ++i) tags.insert(MakeTag("mt5-demo", absl::StrCat(i)));
  EXPECT_EQ(tags.size(), 10'000u);
}

TEST(TagTest, StandsAtTheEndOfTheComment) {
  const std::string tag = MakeTag("s", "1");
  EXPECT_EQ(WithTag("", tag), tag);
  EXPECT_EQ(WithTag("Deposit", tag), "Deposit " + tag);
  EXPECT_EQ(WithTag(std::string(kMaxCallerCommentLength, 'x'), tag).size(),
            static_cast<size_t>(kMaxCommentLength));
  EXPECT_TRUE(EndsWithTag("Deposit " + tag, tag));
  EXPECT_FALSE(EndsWithTag("Deposit" + tag, tag));
  EXPECT_FALSE(EndsWithTag(tag + " reversed", tag));
  EXPECT_EQ(WithoutTag("Deposit " + tag, tag), "Deposit");
  EXPECT_EQ(TagOf("Deposit " + tag), tag);
  EXPECT_EQ(TagOf("Deposit #12"), "");
  EXPECT_EQ(TagOf("Order #12345678901"),
            "#12345678901");  // Looks like one; only equality with a known tag counts.
}

Command Password(const std::string& password) {
  Command command;
  command.mutable_set_password()->set_login(7);
  command.mutable_set_password()->set_password(password);
  return command;
}

TEST(FingerprintTest, CoversPasswordsButNeitherIdNorDryRun) {
  const Fingerprinter fingerprinter(std::string(32, 'k'));
  Command same = Password("secret");
  same.mutable_set_password()->set_operation_id("other");
  same.mutable_set_password()->set_validate_only(true);
  EXPECT_EQ(fingerprinter.Of(Password("secret")), fingerprinter.Of(same));
  EXPECT_NE(fingerprinter.Of(Password("secret")), fingerprinter.Of(Password("Secret")));
  EXPECT_NE(fingerprinter.Of(Password("secret")), Fingerprinter(std::string(32, 'l')).Of(Password("secret")));
}

TEST(FingerprintTest, KeyFileIsMadePrivateAndKept) {
  const testing::TempDir folder;
  const std::string path = folder.Join("key");
  ASSERT_OK_AND_ASSIGN(const Fingerprinter first, Fingerprinter::Open(path));
  struct stat info;
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  ASSERT_OK_AND_ASSIGN(const Fingerprinter second, Fingerprinter::Open(path));
  EXPECT_EQ(first.Of(Password("x")), second.Of(Password("x")));
  chmod(path.c_str(), 0644);
  EXPECT_THAT(Fingerprinter::Open(path), StatusIs(absl::StatusCode::kFailedPrecondition));
  chmod(path.c_str(), 0600);
  std::ofstream(path) << "short";
  EXPECT_THAT(Fingerprinter::Open(path), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(OperationRecordTest, StoredCommandsHaveNoPasswords) {
  EXPECT_EQ(WithoutSecrets(Password("secret")).SerializeAsString().find("secret"), std::string::npos);
  Command create;
  create.mutable_create_account()->set_main_password("secret-1");
  create.mutable_create_account()->set_investor_password("secret-2");
  create.mutable_create_account()->set_phone_password("secret-3");
  EXPECT_EQ(WithoutSecrets(create).SerializeAsString().find("secret"), std::string::npos);
}

// Counts transactions; fails as told.
class FakeTransactions final : public TransactionRunner {
 public:
  absl::Status Run(absl::FunctionRef<absl::Status()> body) override {
    ++runs;
    if (broken) return absl::UnavailableError("no database");
    return body();
  }
  std::atomic<int> runs = 0;
  std::atomic<bool> broken = false;
};

TEST(GroupCommitterTest, WritesThatWaitShareOneTransaction) {
  FakeTransactions transactions;
  GroupCommitter committer(transactions, {});
  absl::Notification started;
  absl::Notification go;
  committer.Submit({[&] {
                      started.Notify();
                      go.WaitForNotification();
                      return absl::OkStatus();
                    },
                    [](const absl::Status&) {}});
  started.WaitForNotification();
  std::vector<int> done;
  for (int i = 0; i < 100; ++i) {
    committer.Submit({[] { return absl::OkStatus(); },
                      [&done, i](const absl::Status& status) {
                        EXPECT_THAT(status, IsOk());
                        done.push_back(i);
                      }});
  }
  go.Notify();
  committer.Stop();
  EXPECT_EQ(transactions.runs, 2);
  ASSERT_EQ(done.size(), 100u);
  EXPECT_TRUE(std::is_sorted(done.begin(), done.end()));
}

TEST(GroupCommitterTest, PatientWritesShareTheTransactionOfOneThatIsNot) {
  FakeTransactions transactions;
  GroupCommitter committer(transactions, {.patience = absl::InfiniteDuration()});
  std::vector<int> done;
  absl::Notification all;
  const auto write = [&](int number, bool patient) {
    committer.Submit({.apply = [] { return absl::OkStatus(); },
                      .done =
                          [&, number](const absl::Status& status) {
                            EXPECT_THAT(status, IsOk());
                            done.push_back(number);
                            if (number == 3) all.Notify();
                          },
                      .patient = patient});
  };
  write(1, true);
  write(2, true);
  write(3, false);
  all.WaitForNotification();
  EXPECT_EQ(transactions.runs, 1);
  EXPECT_THAT(done, ::testing::ElementsAre(1, 2, 3));
}

TEST(GroupCommitterTest, PatientWritesDoNotWaitForEver) {
  FakeTransactions transactions;
  GroupCommitter committer(transactions, {.patience = absl::Milliseconds(1)});
  absl::Notification done;
  committer.Submit({.apply = [] { return absl::OkStatus(); },
                    .done = [&](const absl::Status&) { done.Notify(); },
                    .patient = true});
  done.WaitForNotification();
}

TEST(InlineReaderTest, AnswersBeforeItReturns) {
  FakeTransactions transactions;
  InlineReader reader(transactions);
  std::vector<int> order;
  reader.Submit({.apply =
                     [&order] {
                       order.push_back(1);
                       return absl::NotFoundError("no row");
                     },
                 .done =
                     [&](const absl::Status& status) {
                       EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound));
                       order.push_back(2);
                       reader.Submit({.apply = [] { return absl::OkStatus(); },
                                      .done = [&order](const absl::Status&) { order.push_back(3); }});
                     }});
  EXPECT_THAT(order, ::testing::ElementsAre(1, 2, 3));
}

TEST(GroupCommitterTest, OneBadWriteTakesNoOthersWithIt) {
  FakeTransactions transactions;
  GroupCommitter committer(transactions, {});
  absl::Notification go;
  std::vector<bool> results;
  committer.Submit({[&] {
                      go.WaitForNotification();
                      return absl::OkStatus();
                    },
                    [](const absl::Status&) {}});
  for (const bool good : {true, false, true}) {
    committer.Submit({[good] { return good ? absl::OkStatus() : absl::AlreadyExistsError("tag"); },
                      [&results](const absl::Status& status) { results.push_back(status.ok()); }});
  }
  go.Notify();
  committer.Stop();
  EXPECT_THAT(results, ::testing::ElementsAre(true, false, true));
}

TEST(GroupCommitterTest, BrokenDatabaseFailsTheBatchAtOnce) {
  FakeTransactions transactions;
  transactions.broken = true;
  GroupCommitter committer(transactions, {});
  std::vector<bool> results;
  for (int i = 0; i < 10; ++i) {
    committer.Submit({[] { return absl::OkStatus(); },
                      [&results](const absl::Status& status) { results.push_back(status.ok()); }});
  }
  committer.Stop();
  EXPECT_EQ(results, std::vector<bool>(10, false));
  EXPECT_LE(transactions.runs, 10);
}

}  // namespace
}  // namespace mtsuite::connector

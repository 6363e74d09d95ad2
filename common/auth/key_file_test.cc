#include "common/auth/key_file.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/auth/key_admin.h"
#include "common/auth/scopes.h"
#include "common/clock/clock.h"
#include "common/config/files.h"
#include "common/log/capture.h"
#include "common/testing/matchers.h"
#include "common/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mtsuite::auth {
namespace {

using mtsuite::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::NotNull;
using ::testing::SizeIs;

class KeyFileTest : public ::testing::Test {
 protected:
  KeyFileTest() : path_(folder_.Join("keys.yaml")), clock_(absl::FromUnixSeconds(1'800'000'000)) {}

  std::string Create(NewKey key) {
    absl::StatusOr<std::string> text = CreateKey(path_, key);
    EXPECT_OK(text);
    return text.value_or("");
  }

  std::unique_ptr<KeyFile> Open() {
    absl::StatusOr<std::unique_ptr<KeyFile>> file = KeyFile::Open(path_, clock_);
    EXPECT_OK(file);
    return *std::move(file);
  }

  void Overwrite(const std::string& content) { EXPECT_OK(config::WriteFileAtomically(path_, content, 0600)); }

  absl::Status OpenError(const std::string& content) {
    Overwrite(content);
    return KeyFile::Open(path_, clock_).status();
  }

  testing::TempDir folder_;
  const std::string path_;
  SimulatedClock clock_;
};

TEST_F(KeyFileTest, KnowsWhoseKeyItIs) {
  const std::string text =
      Create({.id = "crm", .scopes = {"accounts.read", "funds.write"}, .servers = {"mt5-demo"}});
  const std::shared_ptr<const Principal> principal = Open()->Verify(text);
  ASSERT_THAT(principal, NotNull());
  EXPECT_EQ(principal->key_id, "crm");
  EXPECT_THAT(principal->scopes, ElementsAre("accounts.read", "funds.write"));
  EXPECT_TRUE(principal->HasScope(kFundsWrite));
  EXPECT_FALSE(principal->HasScope(kFundsOverride));
  EXPECT_TRUE(principal->AllowsServer("mt5-demo"));
  EXPECT_FALSE(principal->AllowsServer("mt4-live"));
}

TEST_F(KeyFileTest, RefusesWrongKeys) {
  const std::string text = Create({.id = "crm", .scopes = {"accounts.read"}});
  const std::unique_ptr<KeyFile> file = Open();
  std::string wrong = text;
  wrong.back() = wrong.back() == 'a' ? 'b' : 'a';
  EXPECT_EQ(file->Verify(wrong), nullptr);
  EXPECT_EQ(file->Verify("mts_other" + text.substr(7)), nullptr);
  EXPECT_EQ(file->Verify(""), nullptr);
  EXPECT_EQ(file->Verify("Bearer " + text), nullptr);
}

TEST_F(KeyFileTest, KeysExpire) {
  const absl::Time expires = clock_.TimeNow() + absl::Hours(1);
  const std::string text = Create({.id = "crm", .scopes = {"accounts.read"}, .expires = expires});
  const std::unique_ptr<KeyFile> file = Open();
  EXPECT_THAT(file->Verify(text), NotNull());
  clock_.SetTime(expires);
  EXPECT_EQ(file->Verify(text), nullptr);
}

TEST_F(KeyFileTest, NewAndRevokedKeysWorkWithinASecond) {
  const std::string first = Create({.id = "first", .scopes = {"accounts.read"}});
  const std::unique_ptr<KeyFile> file = Open();
  EXPECT_THAT(file->Verify(first), NotNull());
  const std::string second = Create({.id = "second", .scopes = {"accounts.read"}});
  EXPECT_OK(RevokeKey(path_, "first"));
  EXPECT_THAT(file->Verify(first), NotNull());
  clock_.AdvanceTime(absl::Seconds(1));
  EXPECT_EQ(file->Verify(first), nullptr);
  EXPECT_THAT(file->Verify(second), NotNull());
}

TEST_F(KeyFileTest, ABrokenFileKeepsTheKeysAndIsToldOnce) {
  const std::string text = Create({.id = "crm", .scopes = {"accounts.read"}});
  const std::unique_ptr<KeyFile> file = Open();
  log::Capture capture;
  Overwrite("keys: [");
  for (int i = 0; i < 3; ++i) {
    clock_.AdvanceTime(absl::Seconds(2));
    EXPECT_THAT(file->Verify(text), NotNull());
  }
  ASSERT_THAT(capture.LinesOf("key_file_rejected"), SizeIs(1));
  EXPECT_THAT(capture.lines()[0], HasSubstr("\"level\":\"error\""));
  Overwrite("keys: []\n");
  clock_.AdvanceTime(absl::Seconds(2));
  EXPECT_EQ(file->Verify(text), nullptr);
}

TEST_F(KeyFileTest, StartsOnlyWithARightFile) {
  const std::string hash(64, 'a');
  EXPECT_THAT(OpenError("keys: [{id: A, sha256: " + hash + "}]"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("lower-case")));
  EXPECT_THAT(OpenError("keys: [{id: a, sha256: xyz}]"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("64 hexadecimal digits")));
  EXPECT_THAT(OpenError("keys: [{id: a, sha256: " + hash + ", scopes: [acounts.read]}]"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("did you mean 'accounts.read'?")));
  EXPECT_THAT(OpenError("keys:\n- {id: a, sha256: " + hash + "}\n- {id: a, sha256: " + hash + "}"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("twice")));
  EXPECT_THAT(OpenError("keys:\n- {id: a, scope: x}"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("keys.yaml:2:11: unknown key 'scope'")));
  EXPECT_THAT(KeyFile::Open(folder_.Join("none.yaml"), clock_), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(KeyFileTest, TheFileDoesNotHoldTheSecret) {
  const std::string text =
      Create({.id = "crm", .scopes = {"accounts.read"}, .comment = "for the \"CRM\"\n: x"});
  const std::string content = config::ReadFile(path_, 10000).value();
  EXPECT_THAT(content, Not(HasSubstr(text.substr(text.size() - 43))));
  EXPECT_EQ(ListKeys(path_).value().keys(0).comment(), "for the \"CRM\"\n: x");
}

TEST_F(KeyFileTest, AdministrationChecksItsInput) {
  Create({.id = "crm", .scopes = {"accounts.read"}});
  EXPECT_THAT(CreateKey(path_, {.id = "crm", .scopes = {"accounts.read"}}),
              StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(CreateKey(path_, {.id = "CRM", .scopes = {"accounts.read"}}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(CreateKey(path_, {.id = "x", .scopes = {"all"}}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(CreateKey(path_, {.id = "x"}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(RevokeKey(path_, "y"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(ListKeys(path_).value().keys(), SizeIs(1));
}

}  // namespace
}  // namespace mtsuite::auth

#include "common/storage/testing_database.h"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/random/random.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/check.h"
#include "common/storage/database.h"

namespace mtsuite::storage {
namespace {

constexpr char kPostgresVariable[] = "MTSUITE_TEST_POSTGRES_URL";

void RunOnServer(const std::string& sql) {
  absl::StatusOr<std::unique_ptr<Database>> server = Database::Open(std::getenv(kPostgresVariable));
  MTSUITE_CHECK(server.ok(), "MTSUITE_TEST_POSTGRES_URL does not lead to a database");
  const absl::Status done = (*server)->Write([&sql](Transaction& t) { return t.ExecuteOnce(sql); });
  MTSUITE_CHECK(done.ok(), "cannot make or drop a schema in the test database");
}

}  // namespace

std::vector<std::string> TestBackends() {
  std::vector<std::string> backends = {"sqlite"};
  if (std::getenv(kPostgresVariable) != nullptr) backends.push_back("postgres");
  return backends;
}

TestingDatabase::TestingDatabase(const std::string& backend) {
  if (backend == "sqlite") {
    url_ = absl::StrCat("sqlite://", folder_.Join("test.db"));
    return;
  }
  absl::BitGen random;
  // Not the process id: sandboxed tests all have the same.
  schema_ = absl::StrCat("mtsuite_test_", absl::Hex(absl::Uniform<uint64_t>(random)));
  RunOnServer(absl::StrCat("CREATE SCHEMA ", schema_));
  const std::string base = std::getenv(kPostgresVariable);
  url_ = absl::StrCat(base, absl::StrContains(base, "?") ? "&" : "?", "options=-csearch_path%3D", schema_);
}

TestingDatabase::~TestingDatabase() {
  if (!schema_.empty()) RunOnServer(absl::StrCat("DROP SCHEMA ", schema_, " CASCADE"));
}

}  // namespace mtsuite::storage

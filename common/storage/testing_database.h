#ifndef COMMON_STORAGE_TESTING_DATABASE_H_
#define COMMON_STORAGE_TESTING_DATABASE_H_

#include <string>
#include <vector>

#include "common/testing/temp_dir.h"

namespace mtsuite::storage {

// The databases that contract tests run against: SQLite always; PostgreSQL when MTSUITE_TEST_POSTGRES_URL
// names one (see tests/postgres).
std::vector<std::string> TestBackends();

// An empty database for one test, gone afterwards.
class TestingDatabase {
 public:
  // `backend` is one of TestBackends().
  explicit TestingDatabase(const std::string& backend);
  ~TestingDatabase();
  TestingDatabase(const TestingDatabase&) = delete;
  TestingDatabase& operator=(const TestingDatabase&) = delete;

  const std::string& url() const { return url_; }

 private:
  testing::TempDir folder_;
  // Name of the PostgreSQL schema that keeps this test apart from others; empty for SQLite.
  std::string schema_;
  std::string url_;
};

}  // namespace mtsuite::storage

#endif  // COMMON_STORAGE_TESTING_DATABASE_H_

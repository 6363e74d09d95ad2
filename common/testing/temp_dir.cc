#include "common/testing/temp_dir.h"

#include <stdlib.h>

#include <cstdlib>
#include <system_error>

#include "common/status/check.h"

namespace mtsuite::testing {

TempDir::TempDir() {
  const char* const base = std::getenv("TEST_TMPDIR");
  std::string name =
      ((base != nullptr ? std::filesystem::path(base) : std::filesystem::temp_directory_path()) /
       "mtsuite-XXXXXX")
          .string();
  MTSUITE_CHECK(::mkdtemp(name.data()) != nullptr, "cannot make a temporary directory");
  path_ = name;
}

TempDir::~TempDir() {
  std::error_code ignored;  // a left-over directory is no reason to fail a test
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace mtsuite::testing

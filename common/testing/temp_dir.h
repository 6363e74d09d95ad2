#ifndef COMMON_TESTING_TEMP_DIR_H_
#define COMMON_TESTING_TEMP_DIR_H_

#include <filesystem>
#include <string>
#include <string_view>

namespace mtsuite::testing {

// A fresh, empty directory that is deleted with everything in it at the end of its scope. Lies below
// TEST_TMPDIR (Bazel), else the system's temporary directory. Aborts when it cannot be made.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const { return path_; }

  // The path of an entry of the directory, as text.
  std::string Join(std::string_view name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace mtsuite::testing

#endif  // COMMON_TESTING_TEMP_DIR_H_

#include "services/connector/lease/instance.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/ids/uuid.h"

namespace mtsuite::connector {

absl::StatusOr<std::unique_ptr<Instance>> Instance::Open(const std::string& state_directory) {
  std::error_code error;
  if (std::filesystem::create_directories(state_directory, error)) {
    std::filesystem::permissions(state_directory, std::filesystem::perms::owner_all, error);
  }
  const std::string path = absl::StrCat(state_directory, "/instance.id");
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return absl::FailedPreconditionError(absl::StrCat(path, ": ", strerror(errno)));
  auto instance = std::unique_ptr<Instance>(new Instance(fd, ""));
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("another connector uses the state directory ", state_directory));
  }
  char buffer[64];
  const ssize_t length = pread(fd, buffer, sizeof(buffer), 0);
  if (length < 0) return absl::FailedPreconditionError(absl::StrCat(path, ": ", strerror(errno)));
  std::string id(absl::StripAsciiWhitespace(absl::string_view(buffer, static_cast<size_t>(length))));
  if (id.size() != 36) {
    id = NewUuid();
    if (pwrite(fd, id.data(), id.size(), 0) != static_cast<ssize_t>(id.size()) || fsync(fd) != 0) {
      return absl::FailedPreconditionError(absl::StrCat(path, " cannot be written"));
    }
  }
  // The lock belongs to the open file, which the copy keeps open.
  const int kept = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (kept < 0) return absl::FailedPreconditionError(absl::StrCat(path, ": ", strerror(errno)));
  return std::unique_ptr<Instance>(new Instance(kept, std::move(id)));
}

Instance::~Instance() { close(fd_); }

}  // namespace mtsuite::connector

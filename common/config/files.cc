#include "common/config/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <string_view>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/log/log.h"
#include "common/status/macros.h"

namespace mtsuite::config {
namespace {

absl::Status ErrnoStatus(std::string_view action, const std::string& path) {
  return absl::ErrnoToStatus(errno, std::string(action) + " " + path);
}

absl::Status WriteAll(int fd, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t written = write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return ErrnoStatus("cannot write", path);
    content.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t bytes_max) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return ErrnoStatus("cannot open", path);
  const absl::Cleanup closer = [fd] { close(fd); };
  std::string content;
  char buffer[16384];
  while (true) {
    const ssize_t got = read(fd, buffer, sizeof(buffer));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoStatus("cannot read", path);
    if (got == 0) return content;
    content.append(buffer, static_cast<size_t>(got));
    if (content.size() > bytes_max) {
      return absl::ResourceExhaustedError(
          absl::StrCat(path, " is larger than the ", bytes_max, " bytes allowed"));
    }
  }
}

absl::StatusOr<std::string> ReadSecretFile(const std::string& path) {
  constexpr size_t kBytesMax = 64 * 1024;
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return ErrnoStatus("cannot open secret file", path);
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    LOG_EVENT(kWarning, "secret_file_readable_by_others", {"path", path}, {"advice", "chmod 600"});
  }
  ASSIGN_OR_RETURN(std::string secret, ReadFile(path, kBytesMax));
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  if (secret.empty()) return absl::FailedPreconditionError(absl::StrCat("secret file ", path, " is empty"));
  return secret;
}

absl::Status WriteFileAtomically(const std::string& path, std::string_view content, unsigned mode) {
  const std::string temporary = absl::StrCat(path, ".", getpid(), ".new");
  const int fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (fd < 0) return ErrnoStatus("cannot create", temporary);
  absl::Status written = WriteAll(fd, content, temporary);
  // fchmod because the umask narrows what open() was asked for.
  if (written.ok() && (fchmod(fd, mode) != 0 || fsync(fd) != 0))
    written = ErrnoStatus("cannot write", temporary);
  close(fd);
  if (written.ok() && rename(temporary.c_str(), path.c_str()) != 0)
    written = ErrnoStatus("cannot replace", path);
  if (!written.ok()) unlink(temporary.c_str());
  return written;
}

}  // namespace mtsuite::config

#include "services/connector/journal/fingerprint.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status/check.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace mtsuite::connector {
namespace {

constexpr size_t kKeyBytes = 32;

absl::Status FileError(const std::string& path, const char* what) {
  return absl::FailedPreconditionError(absl::StrCat("fingerprint key file ", path, ": ", what));
}

// Written under another name first, so that a crash never leaves half a key; link() refuses to replace a key
// that another process made meanwhile.
absl::Status CreateKeyFile(const std::string& path) {
  unsigned char key[kKeyBytes];
  if (RAND_bytes(key, kKeyBytes) != 1) return absl::InternalError("no random bytes for the fingerprint key");
  const std::string text =
      absl::StrCat(absl::BytesToHexString(absl::string_view(reinterpret_cast<char*>(key), kKeyBytes)), "\n");
  const std::string temporary = absl::StrCat(path, ".", getpid());
  const int fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return FileError(path, strerror(errno));
  const absl::Cleanup remove = [&] { unlink(temporary.c_str()); };
  const bool written =
      write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(fd) == 0;
  if (close(fd) != 0 || !written) return FileError(path, "cannot be written");
  if (link(temporary.c_str(), path.c_str()) != 0 && errno != EEXIST) return FileError(path, strerror(errno));
  return absl::OkStatus();
}

}  // namespace

Fingerprinter::Fingerprinter(std::string key) : key_(std::move(key)) {
  MTSUITE_CHECK(key_.size() == kKeyBytes, "fingerprint keys have 32 bytes");
}

absl::StatusOr<Fingerprinter> Fingerprinter::Open(const std::string& path) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) {
    if (const absl::Status status = CreateKeyFile(path); !status.ok()) return status;
    fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  }
  if (fd < 0) return FileError(path, strerror(errno));
  const absl::Cleanup close_file = [fd] { close(fd); };
  struct stat info;
  if (fstat(fd, &info) != 0) return FileError(path, strerror(errno));
  if ((info.st_mode & 0007) != 0) return FileError(path, "everybody may read it; set its mode to 0600");
  char buffer[256];
  const ssize_t length = read(fd, buffer, sizeof(buffer));
  if (length < 0) return FileError(path, strerror(errno));
  const absl::string_view text =
      absl::StripAsciiWhitespace(absl::string_view(buffer, static_cast<size_t>(length)));
  for (const char c : text) {
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) return FileError(path, "is not hexadecimal");
  }
  if (text.size() != 2 * kKeyBytes) return FileError(path, "does not hold 64 hexadecimal digits");
  return Fingerprinter(absl::HexStringToBytes(text));
}

std::string Fingerprinter::Of(const journal::v1::Command& command) const {
  journal::v1::Command content = command;
  const google::protobuf::Reflection* reflection = content.GetReflection();
  const auto* field = reflection->GetOneofFieldDescriptor(content, content.GetDescriptor()->oneof_decl(0));
  MTSUITE_CHECK(field != nullptr, "an empty command has no fingerprint");
  google::protobuf::Message* request = reflection->MutableMessage(&content, field);
  for (const char* name : {"operation_id", "validate_only"}) {
    request->GetReflection()->ClearField(request, request->GetDescriptor()->FindFieldByName(name));
  }
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream output(&stream);
    output.SetSerializationDeterministic(true);
    content.SerializeToCodedStream(&output);
  }
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest, &length);
  return std::string(reinterpret_cast<const char*>(digest), length);
}

}  // namespace mtsuite::connector

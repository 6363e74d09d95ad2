#ifndef COMMON_CONFIG_CONFIG_H_
#define COMMON_CONFIG_CONFIG_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

// Configuration files: YAML into a protobuf message, strictly.
//
// Keys are the message's field names. Anything that the message does not have is an error with its
// `file:line:column` and the nearest name; so are duplicate keys, keys without a value, wrong types, and
// numbers out of range. Enum values are written as in the proto or in lower case without their common prefix.
// google.protobuf.Duration is written `30s`, `1m30s`, `250ms`; google.protobuf.Timestamp is written as RFC
// 3339. Environment variables are not expanded; secrets live in files that a
// `..._file` field names. Whether required fields are set is the caller's to check.
namespace mtsuite::config {

// Fills `message` from the text; `file` is for error messages. INVALID_ARGUMENT names the place of the first
// mistake.
absl::Status ParseInto(std::string_view yaml, std::string_view file, google::protobuf::Message& message);

// Same from a file; NOT_FOUND or PERMISSION_DENIED when it cannot be read. At most 4 MiB.
absl::Status LoadInto(const std::string& path, google::protobuf::Message& message);

template <class Message>
absl::StatusOr<Message> ParseConfig(std::string_view yaml, std::string_view file) {
  Message message;
  if (absl::Status status = ParseInto(yaml, file, message); !status.ok()) return status;
  return message;
}

template <class Message>
absl::StatusOr<Message> LoadConfig(const std::string& path) {
  Message message;
  if (absl::Status status = LoadInto(path, message); !status.ok()) return status;
  return message;
}

}  // namespace mtsuite::config

#endif  // COMMON_CONFIG_CONFIG_H_

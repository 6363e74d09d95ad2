#ifndef SERVICES_RISK_CERTIFICATE_CANONICAL_H_
#define SERVICES_RISK_CERTIFICATE_CANONICAL_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

namespace mtsuite::risk {

// The one text of a message: its proto3 JSON (lowerCamelCase names, defaults left out, 64-bit integers and
// decimals as strings) in the form of RFC 8785. The messages of certificates hold no floating point and only
// ASCII names, so sorted keys and no spaces are all that this takes; any language's JSON library can do it,
// as in Python: json.dumps(x, sort_keys=True, separators=(",", ":"), ensure_ascii=False).
// INVALID_ARGUMENT when a text is not UTF-8.
absl::StatusOr<std::string> CanonicalJson(const google::protobuf::Message& message);

// The same of JSON text. INVALID_ARGUMENT when it is not JSON, or an object has a field twice, which readers
// would understand differently.
absl::StatusOr<std::string> CanonicalJson(std::string_view json);

// The same, with one field of the outermost object left out.
absl::StatusOr<std::string> CanonicalJsonWithout(const google::protobuf::Message& message,
                                                 std::string_view field);

// Reads proto3 JSON. INVALID_ARGUMENT for unknown fields, fields given twice, and anything that is not
// written as CanonicalJson would (spaces and the order of fields apart): what was read is then all that is
// there.
absl::Status ParseStrictJson(std::string_view json, google::protobuf::Message& message);

// SHA-256 in 64 lower-case hexadecimal digits.
std::string Sha256Hex(std::string_view bytes);

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_CERTIFICATE_CANONICAL_H_

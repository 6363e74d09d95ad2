#include "services/risk/certificate/canonical.h"

#include <array>
#include <memory>
#include <set>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status/check.h"
#include "common/status/macros.h"
#include "google/protobuf/util/json_util.h"
#include "nlohmann/json.hpp"
#include "openssl/evp.h"

namespace mtsuite::risk {
namespace {

using Json = nlohmann::json;

// A certificate has three levels less; what is deeper is an attack on the parser.
constexpr int kMaxDepth = 32;

absl::StatusOr<Json> Parse(std::string_view text) {
  std::vector<std::set<std::string>> names;
  std::string twice;
  bool too_deep = false;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& value) {
    if (depth > kMaxDepth) too_deep = true;
    if (event == Json::parse_event_t::object_start) names.emplace_back();
    if (event == Json::parse_event_t::object_end && !names.empty()) names.pop_back();
    if (event == Json::parse_event_t::key && !names.back().insert(value.get<std::string>()).second) {
      twice = value.get<std::string>();
    }
    return !too_deep;
  };
  Json json = Json::parse(text, watch, /*allow_exceptions=*/false);
  if (too_deep) return absl::InvalidArgumentError("the JSON is nested too deeply");
  if (json.is_discarded()) return absl::InvalidArgumentError("this is not JSON in UTF-8");
  if (!twice.empty())
    return absl::InvalidArgumentError(absl::StrCat("the field \"", twice, "\" is there twice"));
  return json;
}

// The JSON printer drops what is not UTF-8, and two different messages would have one text.
absl::Status CheckUtf8(const google::protobuf::Message& message) {
  const std::unique_ptr<google::protobuf::Message> copy(message.New());
  if (copy->ParseFromString(message.SerializeAsString())) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("a text of this ", message.GetDescriptor()->name(), " is not UTF-8"));
}

absl::StatusOr<Json> ToJson(const google::protobuf::Message& message) {
  RETURN_IF_ERROR(CheckUtf8(message));
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text);
  if (!status.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("not to be written as JSON: ", status.ToString()));
  }
  return Parse(text);
}

// nlohmann keeps the fields of objects sorted by their bytes, which is RFC 8785's order for ASCII names, and
// escapes what RFC 8785 escapes.
std::string Dump(const Json& json) { return json.dump(); }

}  // namespace

absl::StatusOr<std::string> CanonicalJson(const google::protobuf::Message& message) {
  ASSIGN_OR_RETURN(const Json json, ToJson(message));
  return Dump(json);
}

absl::StatusOr<std::string> CanonicalJson(std::string_view text) {
  ASSIGN_OR_RETURN(const Json json, Parse(text));
  return Dump(json);
}

absl::StatusOr<std::string> CanonicalJsonWithout(const google::protobuf::Message& message,
                                                 std::string_view field) {
  ASSIGN_OR_RETURN(Json json, ToJson(message));
  json.erase(std::string(field));
  return Dump(json);
}

absl::Status ParseStrictJson(std::string_view text, google::protobuf::Message& message) {
  ASSIGN_OR_RETURN(const std::string given, CanonicalJson(text));
  message.Clear();
  const auto status = google::protobuf::util::JsonStringToMessage(given, &message);
  if (!status.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("not a ", message.GetDescriptor()->name(), ": ", status.ToString()));
  }
  ASSIGN_OR_RETURN(const std::string understood, CanonicalJson(message));
  if (understood == given) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("a field of this ", message.GetDescriptor()->name(),
                   " is not written the one way that certificates are written, such as a default value, a "
                   "number for a text or a time in another zone"));
}

std::string Sha256Hex(std::string_view bytes) {
  std::array<unsigned char, 32> hash;
  MTSUITE_CHECK(EVP_Digest(bytes.data(), bytes.size(), hash.data(), nullptr, EVP_sha256(), nullptr) == 1,
                "OpenSSL cannot compute SHA-256");
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(hash.data()), hash.size()));
}

}  // namespace mtsuite::risk

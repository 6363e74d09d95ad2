#include "common/paging/page_token.h"

#include <openssl/sha.h>

#include <algorithm>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status/check.h"
#include "common/status/error.h"
#include "common/strings/view.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace mtsuite::paging {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Leads every token, so that a later format can tell old ones apart.
constexpr char kVersion = 1;
constexpr size_t kDigestBytes = 12;
constexpr size_t kHeaderBytes = 1 + kDigestBytes;

void ClearField(Message& message, const char* name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field != nullptr) message.GetReflection()->ClearField(&message, field);
}

// Fields in the order of their numbers and maps in the order of their keys: equal queries, equal bytes.
std::string SerializeQuery(const Message& request) {
  const std::unique_ptr<Message> query(request.New());
  query->CopyFrom(request);
  ClearField(*query, "page_size");
  ClearField(*query, "page_token");
  std::string bytes = absl::StrCat(request.GetDescriptor()->full_name(), "\n");
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream output(&stream);
  output.SetSerializationDeterministic(true);
  query->SerializeToCodedStream(&output);
  output.Trim();
  return bytes;
}

// Covers the position too, so that a damaged token is told apart from a strange position.
std::string Digest(const Message& request, std::string_view position) {
  std::string bytes = SerializeQuery(request);
  bytes.push_back('\n');
  bytes.append(position);
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest);
  return std::string(reinterpret_cast<const char*>(digest), kDigestBytes);
}

absl::Status InvalidToken() {
  return MakeError(absl::StatusCode::kInvalidArgument, type::v1::PAGE_TOKEN_INVALID,
                   "the page token is damaged or belongs to another query; start again without it")
      .Field("page_token", "the next_page_token of the page before, with the same filters");
}

}  // namespace

std::string MakePageToken(const Message& request, std::string_view position) {
  MTSUITE_CHECK(!position.empty() && position.size() <= kMaxPositionBytes, "positions have 1 to 512 bytes");
  std::string bytes(1, kVersion);
  bytes += Digest(request, position);
  bytes += position;
  return absl::WebSafeBase64Escape(bytes);
}

absl::StatusOr<std::string> ReadPageToken(const Message& request) {
  const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName("page_token");
  MTSUITE_CHECK(
      field != nullptr && field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && !field->is_repeated(),
      "the request has no string field page_token");
  const std::string token = request.GetReflection()->GetString(request, field);
  if (token.empty()) return std::string();
  std::string bytes;
  // Escaping makes 4 characters of 3 bytes; anything longer is none of ours.
  if (token.size() > (kHeaderBytes + kMaxPositionBytes + 2) / 3 * 4 ||
      !absl::WebSafeBase64Unescape(token, &bytes) || bytes.size() <= kHeaderBytes || bytes[0] != kVersion) {
    return InvalidToken();
  }
  const std::string_view position = std::string_view(bytes).substr(kHeaderBytes);
  if (Digest(request, position) != std::string_view(bytes).substr(1, kDigestBytes)) return InvalidToken();
  return std::string(position);
}

absl::StatusOr<int32_t> PageSize(int32_t requested, int32_t standard, int32_t max) {
  if (requested < 0) {
    return MakeError(absl::StatusCode::kInvalidArgument, type::v1::FIELD_INVALID,
                     absl::StrCat("the page size is ", requested, "; it must not be negative"))
        .Field("page_size", absl::StrCat("0 for ", standard, ", or 1 to ", max));
  }
  return std::min(requested == 0 ? standard : requested, max);
}

}  // namespace mtsuite::paging

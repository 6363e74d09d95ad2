#include "common/rpc/metadata.h"

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/random/random.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/strings/view.h"

namespace mtsuite::rpc {
namespace {

constexpr size_t kRequestIdLengthMax = 128;
constexpr std::string_view kTraceparentForm = "xx-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-xxxxxxxxxxxxxxxx-xx";

}  // namespace

bool IsRequestId(std::string_view text) {
  if (text.empty() || text.size() > kRequestIdLengthMax) return false;
  for (const char c : text) {
    if (!absl::ascii_isgraph(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

bool IsTraceparent(std::string_view text) {
  if (text.size() != kTraceparentForm.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_hex = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (kTraceparentForm[i] == 'x' ? !is_hex : text[i] != '-') return false;
  }
  return true;
}

std::string NewRequestId() {
  thread_local absl::BitGen random;
  return absl::StrCat(absl::Hex(absl::Uniform<uint64_t>(random), absl::kZeroPad16),
                      absl::Hex(absl::Uniform<uint64_t>(random), absl::kZeroPad16));
}

std::string_view BearerToken(std::string_view authorization) {
  constexpr std::string_view kScheme = "Bearer ";
  if (!absl::StartsWithIgnoreCase(AbslView(authorization), AbslView(kScheme))) return {};
  return StdView(absl::StripAsciiWhitespace(AbslView(authorization.substr(kScheme.size()))));
}

}  // namespace mtsuite::rpc

#include "services/connector/journal/tag.h"

#include <openssl/sha.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/strings/view.h"

namespace mtsuite::connector {
namespace {

constexpr char kDigits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr int kRadix = 62;

}  // namespace

std::string MakeTag(std::string_view server, std::string_view operation_id) {
  // The separator cannot be part of either, so no two pairs give the same bytes.
  const std::string bytes = absl::StrCat(AbslView(server), "\n", AbslView(operation_id));
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest);
  // 128 bits are far more than the 65.5 that fit, so the remainders are as good as even.
  unsigned __int128 number = 0;
  for (int i = 0; i < 16; ++i) number = number << 8 | digest[i];
  std::string tag(kTagLength, '#');
  for (int i = kTagLength - 1; i > 0; --i) {
    tag[i] = kDigits[static_cast<int>(number % kRadix)];
    number /= kRadix;
  }
  return tag;
}

std::string WithTag(std::string_view comment, std::string_view tag) {
  if (comment.empty()) return std::string(tag);
  return absl::StrCat(AbslView(comment), " ", AbslView(tag));
}

bool EndsWithTag(std::string_view comment, std::string_view tag) {
  if (tag.empty() || !comment.ends_with(tag)) return false;
  return comment.size() == tag.size() || comment[comment.size() - tag.size() - 1] == ' ';
}

std::string WithoutTag(std::string_view comment, std::string_view tag) {
  if (!EndsWithTag(comment, tag)) return std::string(comment);
  comment.remove_suffix(tag.size());
  if (!comment.empty()) comment.remove_suffix(1);
  return std::string(comment);
}

std::string_view TagOf(std::string_view comment) {
  if (comment.size() < kTagLength) return {};
  const std::string_view tag = comment.substr(comment.size() - kTagLength);
  const bool digits = std::all_of(tag.begin() + 1, tag.end(), [](char c) { return absl::ascii_isalnum(c); });
  return tag[0] == '#' && digits && EndsWithTag(comment, tag) ? tag : std::string_view();
}

}  // namespace mtsuite::connector

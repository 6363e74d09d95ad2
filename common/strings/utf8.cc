#include "common/strings/utf8.h"

namespace mtsuite {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

// What a lead byte promises: the bits it carries, the number of continuation bytes and the range of the first
// of them, which excludes overlong forms, surrogates and values above U+10FFFF (Unicode 15, table 3-7).
struct Lead {
  uint8_t bits;
  uint8_t continuations;
  uint8_t low;
  uint8_t high;
};

constexpr Lead LeadOf(uint8_t byte) {
  if (byte >= 0xC2 && byte <= 0xDF) return {static_cast<uint8_t>(byte & 0x1F), 1, 0x80, 0xBF};
  if (byte == 0xE0) return {0, 2, 0xA0, 0xBF};
  if (byte == 0xED) return {0x0D, 2, 0x80, 0x9F};
  if (byte >= 0xE1 && byte <= 0xEF) return {static_cast<uint8_t>(byte & 0x0F), 2, 0x80, 0xBF};
  if (byte == 0xF0) return {0, 3, 0x90, 0xBF};
  if (byte >= 0xF1 && byte <= 0xF3) return {static_cast<uint8_t>(byte & 0x07), 3, 0x80, 0xBF};
  if (byte == 0xF4) return {4, 3, 0x80, 0x8F};
  return {0, 0, 0, 0};
}

}  // namespace

Utf8Step DecodeUtf8(std::string_view text, size_t position) {
  const auto first = static_cast<uint8_t>(text[position]);
  if (first < 0x80) return {first, 1, true};
  const Lead lead = LeadOf(first);
  if (lead.continuations == 0) return {kReplacement, 1, false};
  char32_t code_point = lead.bits;
  for (uint8_t i = 1; i <= lead.continuations; ++i) {
    const uint8_t byte = position + i < text.size() ? static_cast<uint8_t>(text[position + i]) : 0;
    const bool fits = i == 1 ? byte >= lead.low && byte <= lead.high : (byte & 0xC0) == 0x80;
    if (!fits) return {kReplacement, i, false};
    code_point = code_point << 6 | (byte & 0x3F);
  }
  return {code_point, static_cast<uint8_t>(lead.continuations + 1), true};
}

void AppendUtf8(char32_t code_point, std::string& out) {
  const auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | code_point >> 6);
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | code_point >> 12);
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | code_point >> 18);
    put(0x80 | (code_point >> 12 & 0x3F));
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

bool IsValidUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const Utf8Step step = DecodeUtf8(text, i);
    if (!step.valid) return false;
    i += step.length;
  }
  return true;
}

std::string ToValidUtf8(std::string_view text, size_t max_bytes) {
  constexpr size_t kReplacementBytes = 3;
  std::string out;
  for (size_t i = 0; i < text.size();) {
    const Utf8Step step = DecodeUtf8(text, i);
    if (out.size() + (step.valid ? step.length : kReplacementBytes) > max_bytes) break;
    if (step.valid) {
      out.append(text.substr(i, step.length));
    } else {
      AppendUtf8(kReplacement, out);
    }
    i += step.length;
  }
  return out;
}

int Utf16Length(std::string_view text) {
  int units = 0;
  for (size_t position = 0; position < text.size();) {
    const Utf8Step step = DecodeUtf8(text, position);
    units += step.code_point > 0xFFFF ? 2 : 1;
    position += step.length;
  }
  return units;
}

}  // namespace mtsuite

#include "common/mt5wire/text.h"

#include <cstdint>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"

namespace mtsuite::mt5wire {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr size_t kBlock = 16;  // characters converted at once where all of them are ASCII
constexpr size_t kNone = static_cast<size_t>(-1);

bool IsAscii(const char* text) {
  uint64_t words[2];
  static_assert(sizeof(words) == kBlock);
  std::memcpy(words, text, kBlock);
  return ((words[0] | words[1]) & 0x8080808080808080u) == 0;
}

// Whether eight UTF-16LE code units are all ASCII.
bool IsAsciiUtf16(const char* text) {
  uint64_t words[2];
  std::memcpy(words, text, sizeof(words));
  // Byte by byte: the low byte of each unit below 0x80, the high byte zero. Independent of the machine's byte
  // order.
  static const uint64_t mask = [] {
    const unsigned char bytes[8] = {0x80, 0xFF, 0x80, 0xFF, 0x80, 0xFF, 0x80, 0xFF};
    uint64_t value;
    std::memcpy(&value, bytes, sizeof(value));
    return value;
  }();
  return ((words[0] | words[1]) & mask) == 0;
}

char* PutUnit(uint32_t unit, char* out) {
  *out++ = static_cast<char>(unit & 0xFF);
  *out++ = static_cast<char>(unit >> 8);
  return out;
}

uint32_t UnitAt(std::string_view utf16, size_t position) {
  return static_cast<uint8_t>(utf16[position]) |
         static_cast<uint32_t>(static_cast<uint8_t>(utf16[position + 1])) << 8;
}

// Appends the conversion; with `strict` stops at the first invalid sequence and returns its position, else
// kNone.
size_t EncodeUtf16(std::string_view utf8, bool strict, std::string& out) {
  const size_t start = out.size();
  out.resize(start + 2 * utf8.size());  // no character grows beyond two bytes per byte
  char* to = out.data() + start;
  size_t invalid = kNone;
  size_t i = 0;
  while (i < utf8.size()) {
    if (i + kBlock <= utf8.size() && IsAscii(utf8.data() + i)) {
      for (size_t j = 0; j < kBlock; ++j) {
        to[2 * j] = utf8[i + j];
        to[2 * j + 1] = 0;
      }
      to += 2 * kBlock;
      i += kBlock;
      continue;
    }
    const Utf8Step step = DecodeUtf8(utf8, i);
    if (!step.valid && strict) {
      invalid = i;
      break;
    }
    i += step.length;
    if (step.code_point < 0x10000) {
      to = PutUnit(step.code_point, to);
    } else {
      to = PutUnit(0xD800 + ((step.code_point - 0x10000) >> 10), to);
      to = PutUnit(0xDC00 + ((step.code_point - 0x10000) & 0x3FF), to);
    }
  }
  out.resize(to - out.data());
  return invalid;
}

size_t DecodeUtf16(std::string_view utf16, bool strict, std::string& out) {
  constexpr size_t kUnits = 8;
  size_t i = 0;
  out.reserve(out.size() + utf16.size() / 2);
  while (i + 1 < utf16.size()) {
    if (i + 2 * kUnits <= utf16.size() && IsAsciiUtf16(utf16.data() + i)) {
      char block[kUnits];
      for (size_t j = 0; j < kUnits; ++j) block[j] = utf16[i + 2 * j];
      out.append(block, kUnits);
      i += 2 * kUnits;
      continue;
    }
    const uint32_t unit = UnitAt(utf16, i);
    char32_t code_point = unit;
    size_t length = 2;
    if (unit >= 0xD800 && unit <= 0xDFFF) {
      const uint32_t low = i + 3 < utf16.size() ? UnitAt(utf16, i + 2) : 0;
      if (unit <= 0xDBFF && low >= 0xDC00 && low <= 0xDFFF) {
        code_point = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        length = 4;
      } else if (strict) {
        return i;
      } else {
        code_point = kReplacement;
      }
    }
    AppendUtf8(code_point, out);
    i += length;
  }
  if (i < utf16.size()) {
    if (strict) return i;
    AppendUtf8(kReplacement, out);
  }
  return kNone;
}

}  // namespace

absl::Status AppendUtf16(std::string_view utf8, std::string& out) {
  const size_t invalid = EncodeUtf16(utf8, /*strict=*/true, out);
  if (invalid == kNone) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("invalid UTF-8 at byte ", invalid, " of ", utf8.size()));
}

void AppendUtf16Lossy(std::string_view utf8, std::string& out) { EncodeUtf16(utf8, /*strict=*/false, out); }

absl::Status AppendUtf8FromUtf16(std::string_view utf16, std::string& out) {
  const size_t invalid = DecodeUtf16(utf16, /*strict=*/true, out);
  if (invalid == kNone) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("invalid UTF-16 at byte ", invalid, " of ", utf16.size()));
}

void AppendUtf8FromUtf16Lossy(std::string_view utf16, std::string& out) {
  DecodeUtf16(utf16, /*strict=*/false, out);
}

absl::StatusOr<std::string> Utf8ToUtf16(std::string_view utf8) {
  std::string out;
  RETURN_IF_ERROR(AppendUtf16(utf8, out));
  return out;
}

absl::StatusOr<std::string> Utf16ToUtf8(std::string_view utf16) {
  std::string out;
  RETURN_IF_ERROR(AppendUtf8FromUtf16(utf16, out));
  return out;
}

std::string Utf16ToUtf8Lossy(std::string_view utf16) {
  std::string out;
  AppendUtf8FromUtf16Lossy(utf16, out);
  return out;
}

std::string_view TruncateToUtf16Length(std::string_view utf8, size_t max_units) {
  size_t units = 0;
  for (size_t i = 0; i < utf8.size();) {
    const Utf8Step step = DecodeUtf8(utf8, i);
    units += step.code_point < 0x10000 ? 1 : 2;
    if (units > max_units) return utf8.substr(0, i);
    i += step.length;
  }
  return utf8;
}

}  // namespace mtsuite::mt5wire

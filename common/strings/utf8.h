#ifndef COMMON_STRINGS_UTF8_H_
#define COMMON_STRINGS_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mtsuite {

// One step of UTF-8 decoding: a code point, or what an invalid sequence counts as.
struct Utf8Step {
  char32_t code_point;  // U+FFFD when !valid
  uint8_t length;       // bytes consumed, at least 1; of an invalid sequence its longest valid-looking prefix
  bool valid;
};

// Decodes the character that starts at `text[position]`; `position` must be below text.size(). Overlong
// forms, surrogates and values above U+10FFFF are invalid. An invalid sequence is consumed as the Unicode
// standard recommends, one U+FFFD per maximal subpart.
Utf8Step DecodeUtf8(std::string_view text, size_t position);

// Appends the UTF-8 form of a code point below U+110000 that is no surrogate.
void AppendUtf8(char32_t code_point, std::string& out);

bool IsValidUtf8(std::string_view text);

// `text` with every invalid sequence replaced by U+FFFD and cut to at most `max_bytes` bytes at a character
// boundary.
std::string ToValidUtf8(std::string_view text, size_t max_bytes);

// How many UTF-16 units `text` takes, which is how trading servers count lengths: 2 for characters above
// U+FFFF, 1 for all others and for each invalid sequence.
int Utf16Length(std::string_view text);

}  // namespace mtsuite

#endif  // COMMON_STRINGS_UTF8_H_

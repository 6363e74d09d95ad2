#include "services/mtsim/engine/text.h"

#include <cstdint>

namespace mtsuite::mtsim {
namespace {

// The bytes of the character that starts at `text`; 1 for a stray byte.
size_t CharacterSize(std::string_view text) {
  const auto lead = static_cast<uint8_t>(text[0]);
  size_t size = 1;
  if (lead >= 0xF0 && lead < 0xF8) {
    size = 4;
  } else if (lead >= 0xE0 && lead < 0xF0) {
    size = 3;
  } else if (lead >= 0xC0 && lead < 0xE0) {
    size = 2;
  }
  if (size > text.size()) return 1;
  for (size_t i = 1; i < size; ++i) {
    if ((static_cast<uint8_t>(text[i]) & 0xC0) != 0x80) return 1;
  }
  return size;
}

}  // namespace

size_t Utf16Length(std::string_view text) {
  size_t units = 0;
  while (!text.empty()) {
    const size_t size = CharacterSize(text);
    units += size == 4 ? 2 : 1;
    text.remove_prefix(size);
  }
  return units;
}

std::string_view TruncateUtf16(std::string_view text, size_t units) {
  // No character has fewer bytes than units, so short texts need no walk.
  if (text.size() <= units) return text;
  size_t end = 0;
  while (end < text.size()) {
    const size_t size = CharacterSize(text.substr(end));
    const size_t width = size == 4 ? 2 : 1;
    if (width > units) break;
    units -= width;
    end += size;
  }
  return text.substr(0, end);
}

}  // namespace mtsuite::mtsim

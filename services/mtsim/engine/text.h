#ifndef SERVICES_MTSIM_ENGINE_TEXT_H_
#define SERVICES_MTSIM_ENGINE_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace mtsuite::mtsim {

// How many UTF-16 code units the UTF-8 `text` has; characters beyond the basic plane count twice. Bytes that
// are not UTF-8 count one each.
size_t Utf16Length(std::string_view text);

// The longest start of `text` that has at most `units` UTF-16 code units; never splits a character.
std::string_view TruncateUtf16(std::string_view text, size_t units);

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_TEXT_H_

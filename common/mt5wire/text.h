#ifndef COMMON_MT5WIRE_TEXT_H_
#define COMMON_MT5WIRE_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/strings/utf8.h"

// Text of the MT5 Web API: UTF-16LE without a byte order mark on the wire, UTF-8 inside. UTF-16 is held as
// its bytes.
namespace mtsuite::mt5wire {

// Appends `utf8` as UTF-16LE. INVALID_ARGUMENT with the byte position when it is not valid UTF-8; `out` then
// ends in the part before.
absl::Status AppendUtf16(std::string_view utf8, std::string& out);

// The same with U+FFFD in place of every invalid sequence.
void AppendUtf16Lossy(std::string_view utf8, std::string& out);

// Appends UTF-16LE bytes as UTF-8. INVALID_ARGUMENT with the byte position for a surrogate without its
// partner or an odd number of bytes; `out` then ends in the part before.
absl::Status AppendUtf8FromUtf16(std::string_view utf16, std::string& out);

// The same with U+FFFD in place of every lone surrogate and of a last byte without a second one.
void AppendUtf8FromUtf16Lossy(std::string_view utf16, std::string& out);

// The functions above with the result as the value.
absl::StatusOr<std::string> Utf8ToUtf16(std::string_view utf8);
absl::StatusOr<std::string> Utf16ToUtf8(std::string_view utf16);
std::string Utf16ToUtf8Lossy(std::string_view utf16);

// The number of UTF-16 code units of UTF-8 text, in which the platform counts its field limits.
using ::mtsuite::Utf16Length;

// The longest prefix of `utf8` that has at most `max_units` UTF-16 code units; a surrogate pair stays whole
// or goes whole. The platform cuts over-long fields silently (mt5-webapi §5.2).
std::string_view TruncateToUtf16Length(std::string_view utf8, size_t max_units);

}  // namespace mtsuite::mt5wire

#endif  // COMMON_MT5WIRE_TEXT_H_

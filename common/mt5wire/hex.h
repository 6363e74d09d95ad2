#ifndef COMMON_MT5WIRE_HEX_H_
#define COMMON_MT5WIRE_HEX_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace mtsuite::mt5wire {

// The value of a hex digit of either case, or -1.
constexpr int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

inline constexpr char kHexDigits[] = "0123456789abcdef";

// Lower-case hex, as the platform writes it.
std::string ToHex(std::span<const uint8_t> bytes);

// Decodes hex of either case into `out`; false unless `hex` has exactly two digits per byte of `out`.
bool FromHex(std::string_view hex, std::span<uint8_t> out);

}  // namespace mtsuite::mt5wire

#endif  // COMMON_MT5WIRE_HEX_H_

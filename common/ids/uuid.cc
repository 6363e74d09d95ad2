#include "common/ids/uuid.h"

#include <array>
#include <cstdint>

#include "common/status/check.h"
#include "openssl/rand.h"

namespace mtsuite {

std::string NewUuid() {
  std::array<uint8_t, 16> bytes;
  MTSUITE_CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1, "the random generator failed");
  bytes[6] = (bytes[6] & 0x0F) | 0x40;  // version 4
  bytes[8] = (bytes[8] & 0x3F) | 0x80;  // the RFC's variant
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) {
      text.push_back('-');
    }
    text.push_back(kHex[bytes[i] >> 4]);
    text.push_back(kHex[bytes[i] & 0x0F]);
  }
  return text;
}

}  // namespace mtsuite

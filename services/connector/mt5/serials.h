#ifndef SERVICES_CONNECTOR_MT5_SERIALS_H_
#define SERVICES_CONNECTOR_MT5_SERIALS_H_

#include <bitset>
#include <cstdint>
#include <optional>

namespace mtsuite::connector::mt5 {

// Hands out the serial numbers that match answers to commands on one connection: 1 to 0x3FFF, round and
// round. A number is not used again before its answer came, however long that takes, so an answer that comes
// late never meets a newer command.
class Serials {
 public:
  static constexpr uint16_t kFirst = 1;
  static constexpr uint16_t kLast = 0x3FFF;

  // The next free number; nothing when all are taken.
  std::optional<uint16_t> Take() {
    for (int tried = 0; tried < kLast; ++tried) {
      const uint16_t serial = next_;
      next_ = next_ == kLast ? kFirst : next_ + 1;
      if (taken_[serial]) continue;
      taken_[serial] = true;
      return serial;
    }
    return std::nullopt;
  }

  // The answer to `serial` came.
  void Release(uint16_t serial) { taken_[serial] = false; }

  // Numbers for packets that are never answered (pings): any number does, and none is taken.
  uint16_t Peek() const { return next_; }

 private:
  std::bitset<kLast + 1> taken_;
  uint16_t next_ = kFirst;
};

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_SERIALS_H_

// Mail and news that managers sent: kept for look-up, delivered to nobody.
#ifndef SERVICES_MTSIM_MT5_BULLETIN_H_
#define SERVICES_MTSIM_MT5_BULLETIN_H_

#include <cstdint>
#include <deque>
#include <string>
#include <utility>

#include "absl/time/time.h"

namespace mtsuite::mtsim {

// One message.
struct Message {
  enum class Kind : uint8_t { kMail, kNews };
  Kind kind = Kind::kMail;
  absl::Time time;
  uint64_t sender = 0;
  // Login or masks of a mail, category of a news item.
  std::string recipient;
  std::string subject;
  std::string text;
};

// The newest messages. Older ones are dropped.
class Bulletin {
 public:
  static constexpr size_t kMessagesMax = 1'000;

  void Add(Message message) {
    messages_.push_back(std::move(message));
    if (messages_.size() > kMessagesMax) messages_.pop_front();
  }

  // Oldest first.
  const std::deque<Message>& messages() const { return messages_; }

 private:
  std::deque<Message> messages_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_MT5_BULLETIN_H_

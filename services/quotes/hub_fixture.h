#ifndef SERVICES_QUOTES_HUB_FIXTURE_H_
#define SERVICES_QUOTES_HUB_FIXTURE_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "gmock/gmock.h"
#include "services/quotes/hub.h"

namespace mtsuite::quotes {

inline const absl::Time kNow = absl::FromUnixSeconds(1'772'366'400);

// A reader of the stream: keeps messages until it takes them, then follows them as a client would.
class Client final : public Sink {
 public:
  void Send(Encoded message) override {
    absl::MutexLock lock(&mutex_);
    EXPECT_EQ(waiting_, nullptr) << "a second message before the first was written";
    waiting_ = std::move(message);
  }

  // Takes the message that waits. False when there is none.
  bool Take() {
    Encoded message;
    {
      absl::MutexLock lock(&mutex_);
      message = std::move(waiting_);
      waiting_ = nullptr;
    }
    if (message == nullptr) return false;
    v1::StreamQuotesResponse response;
    EXPECT_TRUE(response.ParseFromString(*message));
    Follow(response);
    return true;
  }

  void Follow(const v1::StreamQuotesResponse& message) {
    if (message.has_reset()) {
      resets.push_back(message.reset().reason());
      quotes.clear();
    }
    for (const v1::Quote& quote : message.snapshot().quotes()) quotes[quote.symbol()] = quote;
    if (message.has_snapshot_end()) ++snapshots;
    std::map<std::string, int64_t> skipped;
    for (const v1::SkippedQuotes& skip : message.quotes().skipped()) skipped[skip.symbol()] = skip.count();
    for (const v1::Quote& quote : message.quotes().quotes()) {
      const auto before = quotes.find(quote.symbol());
      // The promise: no tick is left out in silence.
      if (before != quotes.end()) {
        EXPECT_EQ(quote.sequence(), before->second.sequence() + skipped[quote.symbol()] + 1)
            << quote.symbol();
      }
      skipped_total += skipped[quote.symbol()];
      quotes[quote.symbol()] = quote;
      ++updates;
    }
    heartbeats += message.has_heartbeat() ? 1 : 0;
    if (message.has_position()) position = message.position();
    ++messages;
  }

  std::map<std::string, v1::Quote> quotes;
  std::vector<type::v1::StreamReset::Reason> resets;
  std::optional<type::v1::StreamPosition> position;
  int64_t skipped_total = 0;
  int64_t updates = 0;
  int snapshots = 0;
  int messages = 0;
  int heartbeats = 0;

 private:
  absl::Mutex mutex_;
  Encoded waiting_ ABSL_GUARDED_BY(mutex_);
};

// Makes ticks as a trading server would.
class Market {
 public:
  explicit Market(Hub& hub) : hub_(hub) {}

  void Tick(const std::vector<std::string>& symbols) {
    std::vector<Hub::Tick> ticks;
    for (const std::string& symbol : symbols) {
      Price& price = prices_[symbol];
      ++price.sequence;
      price.bid = 100'000 + 10 * price.sequence;
      price.ask = price.bid + 5;
      price.digits = 5;
      price.time_milliseconds = 1'700'000'000'000 + sequence_;
      ++sequence_;
      ticks.push_back({symbol, price});
    }
    hub_.Publish(epoch_, sequence_, ticks);
  }

  // The source began anew: all counts start over.
  void Restart(const std::string& epoch) {
    epoch_ = epoch;
    prices_.clear();
    sequence_ = 0;
  }

 private:
  Hub& hub_;
  std::string epoch_ = "e1";
  int64_t sequence_ = 0;
  std::map<std::string, Price> prices_;
};

}  // namespace mtsuite::quotes

#endif  // SERVICES_QUOTES_HUB_FIXTURE_H_

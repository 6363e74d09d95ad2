#include <atomic>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/testing/seed.h"
#include "services/quotes/hub_fixture.h"

namespace mtsuite::quotes {
namespace {

// Readers that are slow, stall, leave and resume, and a source that begins anew.
class Crowd {
 public:
  explicit Crowd(std::mt19937_64& random) : random_(random) {
    for (int i = 0; i < 12; ++i) symbols_.push_back(absl::StrCat("S", i));
    market_.Tick(symbols_);
    hub_.Loaded();
    for (size_t i = 0; i < peers_.size(); ++i) {
      // Every third reads all symbols.
      for (const std::string& symbol : symbols_) {
        if (i % 3 != 0 && random_() % 3 == 0) peers_[i].symbols.push_back(symbol);
      }
      Connect(peers_[i], /*resume=*/false);
    }
  }

  void Step() {
    Peer& peer = peers_[random_() % peers_.size()];
    switch (random_() % 10) {
      case 0:
        peer.stalled = !peer.stalled;
        break;
      case 1:
        if (random_() % 4 == 0) {
          hub_.Remove(peer.id);
          Connect(peer, peer.client->position.has_value() && random_() % 2 == 0);
        }
        break;
      case 2:
        if (random_() % 60 == 0) BeginAnew();
        break;
      case 3:
      case 4:
      case 5:
        market_.Tick({symbols_[random_() % symbols_.size()], symbols_[random_() % symbols_.size()]});
        break;
      case 6:
        hub_.Flush(kNow);
        break;
      default:
        if (!peer.stalled) Drain(peer);
    }
  }

  // Nobody stalls any more: all read what waits.
  void Settle() {
    for (int i = 0; i < 50; ++i) {
      hub_.Flush(kNow);
      for (Peer& peer : peers_) Drain(peer);
    }
  }

  void ExpectAllHaveTheLastQuotes() const {
    for (const Peer& peer : peers_) {
      const auto& wanted = peer.symbols.empty() ? symbols_ : peer.symbols;
      for (const std::string& symbol : wanted) {
        const auto found = peer.client->quotes.find(symbol);
        ASSERT_NE(found, peer.client->quotes.end()) << symbol;
        EXPECT_EQ(found->second.SerializeAsString(), hub_.Last(symbol)->SerializeAsString());
      }
    }
  }

 private:
  struct Peer {
    std::vector<std::string> symbols;
    std::shared_ptr<Client> client;
    Hub::ReaderId id = 0;
    bool stalled = false;
  };

  // A stream that was cut off before the end of its snapshot starts again.
  void Connect(Peer& peer, bool resume) {
    auto sink = std::make_shared<Client>();
    if (resume) {
      sink->quotes = peer.client->quotes;
      sink->position = peer.client->position;
    }
    peer.client = sink;
    peer.id = hub_.Add(peer.symbols, sink->position, sink);
    if (hub_.Writable(peer.id, kNow)) hub_.Flush(kNow);
  }

  void Drain(Peer& peer) {
    if (peer.client->Take() && hub_.Writable(peer.id, kNow)) hub_.Flush(kNow);
  }

  void BeginAnew() {
    market_.Restart(absl::StrCat("e", ++epochs_));
    market_.Tick(symbols_);
    hub_.Loaded();
  }

  std::mt19937_64& random_;
  Hub hub_{{.history_max = 200, .snapshot_part = 3}};
  Market market_{hub_};
  std::vector<std::string> symbols_;
  std::vector<Peer> peers_{15};
  int epochs_ = 1;
};

// Everyone ends with the same quotes, and no tick is left out in silence (see Client::Follow).
TEST(HubPropertyTest, EveryReaderEndsWithTheLastQuotes) {
  std::mt19937_64 random(testing::TestSeed());
  for (int round = 0; round < 20; ++round) {
    Crowd crowd(random);
    for (int step = 0; step < 1500; ++step) crowd.Step();
    crowd.Settle();
    crowd.ExpectAllHaveTheLastQuotes();
  }
}

// Many threads: one publishes, some read, some come and go. Mostly for the thread sanitizer.
TEST(HubThreadsTest, ReadersOnManyThreadsEndWithTheLastQuotes) {
  Hub hub;
  Market market(hub);
  std::vector<std::string> symbols;
  for (int i = 0; i < 50; ++i) symbols.push_back(absl::StrCat("S", i));
  market.Tick(symbols);
  hub.Loaded();
  std::atomic<bool> published = false;
  const auto read = [&](int reader) {
    auto client = std::make_shared<Client>();
    auto id = hub.Add(reader % 2 == 0 ? std::vector<std::string>{} : std::vector<std::string>{"S1", "S7"},
                      std::nullopt, client);
    if (hub.Writable(id, kNow)) hub.Flush(kNow);
    const auto take = [&] {
      if (!client->Take()) return std::this_thread::yield();
      if (hub.Writable(id, kNow)) hub.Flush(kNow);
    };
    for (int turn = 1; !published; ++turn) {
      take();
      if (turn % 997 != 0 || reader % 2 != 0 || !client->position.has_value()) continue;
      // A new sink: what the old one was sent last is lost, as with a connection that breaks.
      hub.Remove(id);
      auto sink = std::make_shared<Client>();
      sink->quotes = client->quotes;
      sink->position = client->position;
      id = hub.Add({}, client->position, sink);
      client = sink;
      if (hub.Writable(id, kNow)) hub.Flush(kNow);
    }
    const auto is_behind = [&](const char* symbol) {
      return client->quotes[symbol].sequence() != hub.Last(symbol)->sequence();
    };
    while (is_behind("S1") || is_behind("S7")) {
      hub.Flush(kNow);
      take();
    }
    EXPECT_EQ(client->quotes["S1"].sequence(), hub.Last("S1")->sequence());
    EXPECT_EQ(client->quotes["S7"].sequence(), hub.Last("S7")->sequence());
    hub.Remove(id);
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(read, i);
  for (int i = 0; i < 3000; ++i) {
    market.Tick({symbols[static_cast<size_t>(i) % 50], "S7"});
    if (i % 3 == 0) hub.Flush(kNow);
  }
  hub.Flush(kNow);
  published = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(hub.reader_count(), 0u);
}

}  // namespace
}  // namespace mtsuite::quotes

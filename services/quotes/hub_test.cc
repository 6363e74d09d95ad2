#include "services/quotes/hub.h"

#include <atomic>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/testing/seed.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mtsuite::quotes {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using type::v1::StreamReset;

const absl::Time kNow = absl::FromUnixSeconds(1'772'366'400);

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
  std::vector<StreamReset::Reason> resets;
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

class HubTest : public ::testing::Test {
 protected:
  HubTest() {
    market_.Tick({"EURUSD", "GBPUSD", "XAUUSD"});
    hub_.Loaded();
  }

  // A client that keeps up.
  void Serve(Hub::ReaderId id, Client& client) {
    for (bool more = true; more;) {
      if (hub_.Writable(id, kNow)) hub_.Flush(kNow);
      more = client.Take();
    }
  }

  std::shared_ptr<Client> client_ = std::make_shared<Client>();
  Hub hub_;
  Market market_{hub_};
};

TEST_F(HubTest, StartsWithASnapshotThenTellsChanges) {
  const auto id = hub_.Add({"EURUSD", "XAUUSD"}, std::nullopt, client_);
  EXPECT_FALSE(client_->Take()) << "nothing before the reader is ready";
  Serve(id, *client_);
  EXPECT_EQ(client_->snapshots, 1);
  EXPECT_EQ(client_->quotes.size(), 2u);
  EXPECT_EQ(client_->quotes["EURUSD"].bid(), "1.00010");
  EXPECT_EQ(client_->position->sequence(), 3);
  market_.Tick({"GBPUSD"});
  hub_.Flush(kNow);
  EXPECT_FALSE(client_->Take()) << "not its symbol";
  market_.Tick({"EURUSD"});
  hub_.Flush(kNow);
  Serve(id, *client_);
  EXPECT_EQ(client_->quotes["EURUSD"].sequence(), 2);
  EXPECT_EQ(client_->position->sequence(), 5);
}

TEST_F(HubTest, ABusyReaderGetsTheNewestAndTheCountOfTheRest) {
  const auto slow = hub_.Add({}, std::nullopt, client_);
  Serve(slow, *client_);
  market_.Tick({"EURUSD"});
  hub_.Flush(kNow);  // under way from here on
  for (int i = 0; i < 10; ++i) {
    market_.Tick({"EURUSD", "GBPUSD"});
    hub_.Flush(kNow);
  }
  EXPECT_TRUE(client_->Take());
  EXPECT_TRUE(hub_.Writable(slow, kNow));
  hub_.Flush(kNow);
  EXPECT_TRUE(client_->Take());
  EXPECT_EQ(client_->quotes["EURUSD"].sequence(), 12);
  EXPECT_EQ(client_->quotes["GBPUSD"].sequence(), 11);
  EXPECT_EQ(client_->skipped_total, 18);
}

TEST_F(HubTest, ReadersOfTheSameSymbolsShareEncodings) {
  std::vector<std::shared_ptr<Client>> clients;
  std::vector<Hub::ReaderId> ids;
  for (int i = 0; i < 50; ++i) {
    clients.push_back(std::make_shared<Client>());
    ids.push_back(hub_.Add({"GBPUSD", "EURUSD", "GBPUSD"}, std::nullopt, clients.back()));
    Serve(ids.back(), *clients.back());
  }
  const int64_t before = hub_.counters().encodings;
  market_.Tick({"EURUSD"});
  hub_.Flush(kNow);
  EXPECT_EQ(hub_.counters().encodings, before + 1);
  // All fall behind at the same moment: what they catch up with is encoded once, too.
  market_.Tick({"EURUSD", "GBPUSD"});
  hub_.Flush(kNow);
  for (size_t i = 0; i < ids.size(); ++i) {
    EXPECT_TRUE(clients[i]->Take());
    EXPECT_TRUE(hub_.Writable(ids[i], kNow));
  }
  hub_.Flush(kNow);
  EXPECT_EQ(hub_.counters().encodings, before + 2);
  for (const auto& client : clients) {
    EXPECT_TRUE(client->Take());
    EXPECT_EQ(client->quotes["EURUSD"].sequence(), 3);
  }
}

TEST_F(HubTest, ResumesWithWhatChangedAndHowMuchWasMissed) {
  const auto id = hub_.Add({"EURUSD", "GBPUSD"}, std::nullopt, client_);
  Serve(id, *client_);
  hub_.Remove(id);
  for (int i = 0; i < 5; ++i) market_.Tick({"EURUSD"});
  const auto again = hub_.Add({"EURUSD", "GBPUSD"}, client_->position, client_);
  Serve(again, *client_);
  EXPECT_EQ(client_->snapshots, 1);
  EXPECT_THAT(client_->resets, IsEmpty());
  EXPECT_EQ(client_->quotes["EURUSD"].sequence(), 6);
  EXPECT_EQ(client_->skipped_total, 4);
  EXPECT_EQ(client_->updates, 1) << "GBPUSD has not changed";
}

TEST_F(HubTest, APositionThatCannotBeResumedIsToldSo) {
  const auto resume = [&](const std::string& epoch, int64_t sequence) {
    auto client = std::make_shared<Client>();
    type::v1::StreamPosition position;
    position.set_epoch(epoch);
    position.set_sequence(sequence);
    const auto id = hub_.Add({}, position, client);
    Serve(id, *client);
    EXPECT_EQ(client->snapshots, 1);
    return client->resets.at(0);
  };
  EXPECT_EQ(resume("e0", 3), StreamReset::POSITION_UNKNOWN);
  EXPECT_EQ(resume("e1", 4000), StreamReset::POSITION_UNKNOWN);
  EXPECT_EQ(resume("e1", 1), StreamReset::POSITION_EXPIRED);
}

TEST_F(HubTest, AnotherEpochResetsAllReaders) {
  const auto id = hub_.Add({"EURUSD"}, std::nullopt, client_);
  Serve(id, *client_);
  market_.Restart("e2");
  market_.Tick({"EURUSD"});
  hub_.Flush(kNow);
  EXPECT_FALSE(client_->Take()) << "held until the new snapshot is complete";
  hub_.Loaded();
  hub_.Flush(kNow);
  EXPECT_TRUE(client_->Take());
  Serve(id, *client_);
  EXPECT_THAT(client_->resets, ElementsAre(StreamReset::SOURCE_RESET));
  EXPECT_EQ(client_->quotes["EURUSD"].sequence(), 1);
  EXPECT_EQ(client_->position->epoch(), "e2");
}

TEST_F(HubTest, OnlySilentReadersGetHeartbeats) {
  const auto id = hub_.Add({"EURUSD"}, std::nullopt, client_);
  Serve(id, *client_);
  type::v1::StreamHeartbeat heartbeat;
  heartbeat.mutable_feed_age()->set_seconds(9);
  hub_.Beat(kNow - absl::Seconds(1), heartbeat, kNow);
  EXPECT_FALSE(client_->Take());
  market_.Tick({"XAUUSD"});
  hub_.Beat(kNow, heartbeat, kNow + absl::Seconds(4));
  EXPECT_TRUE(client_->Take());
  EXPECT_EQ(client_->heartbeats, 1);
  EXPECT_EQ(client_->position->sequence(), 4);
}

TEST_F(HubTest, TellsLastQuotesByName) {
  bool more = false;
  const auto first = hub_.List("", 2, &more);
  EXPECT_TRUE(more);
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[1].symbol(), "GBPUSD");
  EXPECT_EQ(hub_.List("GBPUSD", 2, &more).size(), 1u);
  EXPECT_FALSE(more);
  EXPECT_FALSE(hub_.Last("USDJPY").has_value());
}

// Readers that are slow, stall, leave and resume, and a source that begins anew: everyone ends with the same
// quotes, and no tick is left out in silence (see Client::Follow).
TEST(HubPropertyTest, EveryReaderEndsWithTheLastQuotes) {
  std::mt19937_64 random(testing::TestSeed());
  for (int round = 0; round < 20; ++round) {
    Hub hub({.history_max = 200, .snapshot_part = 3});
    Market market(hub);
    std::vector<std::string> symbols;
    for (int i = 0; i < 12; ++i) symbols.push_back(absl::StrCat("S", i));
    market.Tick(symbols);
    hub.Loaded();
    struct Peer {
      std::vector<std::string> symbols;
      std::shared_ptr<Client> client;
      Hub::ReaderId id = 0;
      bool stalled = false;
    };
    std::vector<Peer> peers(15);
    const auto connect = [&](Peer& peer, bool resume) {
      // A stream that was cut off before the end of its snapshot starts again.
      auto sink = std::make_shared<Client>();
      if (resume) sink->quotes = peer.client->quotes;
      const auto position = resume ? peer.client->position : std::nullopt;
      peer.client = sink;
      peer.client->position = position;
      peer.id = hub.Add(peer.symbols, position, sink);
      if (hub.Writable(peer.id, kNow)) hub.Flush(kNow);
    };
    for (size_t i = 0; i < peers.size(); ++i) {
      if (i % 3 != 0) {
        for (const std::string& symbol : symbols) {
          if (random() % 3 == 0) peers[i].symbols.push_back(symbol);
        }
      }
      connect(peers[i], false);
    }
    const auto drain = [&](Peer& peer) {
      if (peer.client->Take() && hub.Writable(peer.id, kNow)) hub.Flush(kNow);
    };
    int epochs = 1;
    for (int step = 0; step < 1500; ++step) {
      Peer& peer = peers[random() % peers.size()];
      switch (random() % 10) {
        case 0:
          peer.stalled = !peer.stalled;
          break;
        case 1:
          if (random() % 4 == 0) {
            hub.Remove(peer.id);
            connect(peer, peer.client->position.has_value() && random() % 2 == 0);
          }
          break;
        case 2:
          if (random() % 60 == 0) {
            market.Restart(absl::StrCat("e", ++epochs));
            market.Tick(symbols);
            hub.Loaded();
          }
          break;
        case 3:
        case 4:
        case 5:
          market.Tick({symbols[random() % symbols.size()], symbols[random() % symbols.size()]});
          break;
        case 6:
          hub.Flush(kNow);
          break;
        default:
          if (!peer.stalled) drain(peer);
      }
    }
    for (int i = 0; i < 50; ++i) {
      hub.Flush(kNow);
      for (Peer& peer : peers) drain(peer);
    }
    for (const Peer& peer : peers) {
      const auto& wanted = peer.symbols.empty() ? symbols : peer.symbols;
      for (const std::string& symbol : std::set<std::string>(wanted.begin(), wanted.end())) {
        const auto found = peer.client->quotes.find(symbol);
        ASSERT_NE(found, peer.client->quotes.end()) << symbol;
        EXPECT_EQ(found->second.SerializeAsString(), hub.Last(symbol)->SerializeAsString());
      }
    }
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

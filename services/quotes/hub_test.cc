#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "services/quotes/hub_fixture.h"

namespace mtsuite::quotes {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using type::v1::StreamReset;

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

}  // namespace
}  // namespace mtsuite::quotes

// StreamTradeEvents over real gRPC.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/rpc_status.h"
#include "common/testing/matchers.h"
#include "gmock/gmock.h"
#include "services/orders/order_service_fixture.h"

namespace mtsuite::orders {
namespace {

using mtsuite::testing::HasMetadata;
using mtsuite::testing::HasReason;
using ::testing::ElementsAre;
using Message = v1::StreamTradeEventsResponse;
using Request = v1::StreamTradeEventsRequest;
using connector::v1::Event;

class TradeEventStreamTest : public OrderServiceFixture {
 protected:
  explicit TradeEventStreamTest(const TradeEventSession::Options& options = {})
      : OrderServiceFixture(options) {
    connector_.accounts.on_list_accounts = [](const auto&) {
      connector::v1::ListAccountsResponse page;
      page.add_accounts()->set_login(1);
      page.add_accounts()->set_login(2);
      return page;
    };
    connector_.accounts.on_get_accounts = [](const auto& request) {
      connector::v1::BatchGetAccountsResponse answer;
      for (const int64_t login : request.logins()) {
        answer.add_results()->mutable_account()->set_login(login);
      }
      return answer;
    };
    connector_.trading.on_list_orders = [](const auto& request) {
      connector::v1::ListOrdersResponse page;
      for (int64_t ticket = request.after_ticket() + 1; ticket <= 3; ++ticket) {
        v1::Order& order = *page.add_orders();
        order.set_ticket(ticket);
        order.set_login(request.logins().empty() ? 1 : request.logins(0));
        order.set_revision(ticket == 3 ? 103 : 7);
      }
      return page;
    };
    connector_.trading.on_list_positions = [](const auto&) {
      connector::v1::ListPositionsResponse page;
      page.mutable_read_at()->set_epoch("e1");
      page.mutable_read_at()->set_sequence(100);
      page.mutable_read_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) - 60);
      return page;
    };
  }

  // One stream, read by the test.
  struct Reading {
    grpc::ClientContext context;
    std::unique_ptr<v1::OrderService::Stub> stub;
    std::unique_ptr<grpc::ClientReader<Message>> reader;

    Message Next() {
      Message message;
      EXPECT_TRUE(reader->Read(&message)) << "the stream ended";
      return message;
    }
    absl::Status End() {
      Message message;
      while (reader->Read(&message)) {
      }
      return FromGrpc(reader->Finish());
    }
  };

  std::unique_ptr<Reading> Open(const Request& request, const std::string& key = rpc::TestServer::kAdmin) {
    auto reading = std::make_unique<Reading>();
    reading->stub = v1::OrderService::NewStub(server_.Channel(key));
    reading->reader = reading->stub->StreamTradeEvents(&reading->context, request);
    return reading;
  }

  static Request OfMask(const std::string& mask) {
    Request request;
    request.set_server("mt5-demo");
    request.set_group_mask(mask);
    return request;
  }

  static Event At(int64_t sequence, int64_t login, const std::string& group = "real\\a") {
    Event event;
    event.mutable_position()->set_epoch("e1");
    event.mutable_position()->set_sequence(sequence);
    event.set_login(login);
    event.set_group(group);
    return event;
  }
  static Event Deal(int64_t sequence, int64_t login, const std::string& group = "real\\a") {
    Event event = At(sequence, login, group);
    event.mutable_deal_booked()->set_ticket(sequence);
    return event;
  }
  static Event Moved(int64_t sequence, int64_t login, const std::string& group) {
    Event event = At(sequence, login, group);
    event.mutable_account_updated()->set_login(login);
    event.mutable_account_updated()->set_group(group);
    return event;
  }

  // "100 deal_booked, 101 order_placed" of a message with events.
  static std::string Told(const Message& message) {
    std::vector<std::string> parts;
    for (const v1::TradeEvent& event : message.events().events()) {
      const auto* field = v1::TradeEvent::descriptor()->FindFieldByNumber(event.event_case());
      parts.push_back(absl::StrCat(event.sequence(), " ", field->name()));
    }
    return absl::StrJoin(parts, ", ");
  }

  // Reads events until `count` have come.
  static std::string Told(Reading& reading, int count) {
    std::vector<std::string> parts;
    while (count > 0) {
      const Message message = reading.Next();
      if (!message.has_events()) continue;
      count -= message.events().events_size();
      parts.push_back(Told(message));
    }
    return absl::StrJoin(parts, ", ");
  }

  static void SkipSnapshot(Reading& reading) {
    while (!reading.Next().has_snapshot_end()) {
    }
  }
};

TEST_F(TradeEventStreamTest, StartsWithASnapshotAndItsEndThenEvents) {
  const auto reading = Open(OfMask("*"));
  const Message accounts = reading->Next();
  EXPECT_EQ(accounts.snapshot().accounts_size(), 2);
  EXPECT_FALSE(accounts.has_position());
  EXPECT_EQ(reading->Next().snapshot().orders_size(), 3);
  const Message end = reading->Next();
  ASSERT_TRUE(end.has_snapshot_end()) << end.ShortDebugString();
  EXPECT_EQ(end.position().sequence(), 100);
  EXPECT_EQ(end.previous_sequence(), 0);

  auto& upstream = connector_.accounts.events.Await(0);
  EXPECT_EQ(connector_.accounts.events.request(0).resume_after().sequence(), 100);
  // Order 3 was read when it had event 103 in it already.
  Event known = At(103, 1);
  known.mutable_order_updated()->set_ticket(3);
  upstream.Push(known);
  Event news = At(104, 1);
  news.mutable_order_updated()->set_ticket(3);
  upstream.Push(news);
  const Message told = reading->Next();
  EXPECT_EQ(Told(told), "104 order_updated");
  EXPECT_EQ(told.position().sequence(), 104);
  EXPECT_EQ(told.position().epoch(), "e1");
  EXPECT_EQ(told.previous_sequence(), 100);
}

TEST_F(TradeEventStreamTest, TellsOnlyTheAccountsAndTopicsThatWereAskedFor) {
  Request request;
  request.set_server("mt5-demo");
  request.add_logins(7);
  request.add_topics(Request::DEALS);
  const auto reading = Open(request, "reader");
  EXPECT_TRUE(reading->Next().has_snapshot_end());
  auto& upstream = connector_.accounts.events.Await(0);
  upstream.Push(Deal(101, 8));
  Event order = At(102, 7);
  order.mutable_order_placed()->set_ticket(1);
  upstream.Push(order);
  upstream.Push(Deal(103, 7));
  EXPECT_EQ(Told(*reading, 1), "103 deal_booked");
}

TEST_F(TradeEventStreamTest, FollowsAccountsIntoAndOutOfTheMask) {
  const auto reading = Open(OfMask("real\\*"));
  SkipSnapshot(*reading);
  auto& upstream = connector_.accounts.events.Await(0);
  upstream.Push(Moved(101, 1, "real\\b"));  // was in, stays in
  upstream.Push(Moved(102, 2, "demo\\b"));  // goes
  upstream.Push(Deal(103, 2, "demo\\b"));   // no longer ours
  upstream.Push(Moved(104, 9, "demo\\c"));  // never was
  upstream.Push(Moved(105, 9, "real\\b"));  // comes, with its orders
  upstream.Push(Deal(106, 9, "real\\b"));
  EXPECT_EQ(
      Told(*reading, 7),
      "101 account_updated, 102 account_removed, 105 account_added, 105 order_placed, 105 order_placed, "
      "105 order_placed, 106 deal_booked");
}

TEST_F(TradeEventStreamTest, ResumesWithoutASnapshot) {
  Request request = OfMask("*");
  request.mutable_resume_after()->set_epoch("e1");
  request.mutable_resume_after()->set_sequence(50);
  const auto reading = Open(request);
  auto& upstream = connector_.accounts.events.Await(0);
  EXPECT_EQ(connector_.accounts.events.request(0).resume_after().sequence(), 50);
  upstream.Push(Deal(51, 1));
  const Message told = reading->Next();
  EXPECT_EQ(Told(told), "51 deal_booked");
  EXPECT_EQ(told.previous_sequence(), 0);
}

// Just after its start the connector may not know the groups of accounts.
TEST_F(TradeEventStreamTest, AsksForGroupsThatEventsDoNotTell) {
  connector_.accounts.on_get_accounts = [](const auto& request) {
    connector::v1::BatchGetAccountsResponse answer;
    auto& result = *answer.add_results();
    const int64_t login = request.logins(0);
    if (login == 9) {
      *result.mutable_error() =
          ToRpcStatus(MakeError(absl::StatusCode::kNotFound, type::v1::ACCOUNT_NOT_FOUND, "no account 9"));
      return answer;
    }
    result.mutable_account()->set_login(login);
    result.mutable_account()->set_group(login == 7 ? "real\\a" : "demo\\a");
    return answer;
  };
  Request request = OfMask("real\\*");
  request.mutable_resume_after()->set_epoch("e1");
  request.mutable_resume_after()->set_sequence(50);
  const auto reading = Open(request);
  auto& upstream = connector_.accounts.events.Await(0);
  for (int64_t sequence = 51; sequence <= 56; ++sequence) upstream.Push(Deal(sequence, 7 + sequence % 3, ""));
  EXPECT_EQ(Told(*reading, 2), "51 deal_booked, 54 deal_booked");
  // It comes into the mask later: what it has is told all the same.
  upstream.Push(Moved(57, 7, "real\\b"));
  EXPECT_EQ(Told(*reading, 4), "57 account_added, 57 order_placed, 57 order_placed, 57 order_placed");
}

// Who loses the connection in the middle resumes before the account, and gets all that belongs to it.
TEST_F(TradeEventStreamTest, ThePositionMovesOnWhenAllOfAnAccountIsTold) {
  const auto reading = Open(OfMask("real\\*"));
  SkipSnapshot(*reading);
  auto& upstream = connector_.accounts.events.Await(0);
  upstream.Push(Moved(105, 9, "real\\b"));
  upstream.Push(Deal(106, 9, "real\\b"));
  for (int told = 0; told < 5;) {
    const Message message = reading->Next();
    if (!message.has_events()) continue;
    told += message.events().events_size();
    if (told < 4) {
      EXPECT_EQ(message.position().sequence(), 104);
    }
    if (told == 5) {
      EXPECT_EQ(message.position().sequence(), 106);
    }
  }
}

TEST_F(TradeEventStreamTest, AResetSaysWhyAndBringsASnapshot) {
  const struct {
    const char* epoch;
    int64_t sequence;
    type::v1::StreamReset::Reason reason;
  } kCases[] = {{"e1", 50, type::v1::StreamReset::POSITION_EXPIRED},
                {"e0", 50, type::v1::StreamReset::POSITION_UNKNOWN},
                {"e1", 5000, type::v1::StreamReset::POSITION_UNKNOWN}};
  size_t stream = 0;
  for (const auto& test : kCases) {
    Request request = OfMask("*");
    request.mutable_resume_after()->set_epoch(test.epoch);
    request.mutable_resume_after()->set_sequence(test.sequence);
    const auto reading = Open(request);
    Event reset = At(100, 0);
    reset.mutable_reset();
    connector_.accounts.events.Await(stream++).Push(reset);
    EXPECT_EQ(reading->Next().reset().reason(), test.reason);
    SkipSnapshot(*reading);
    auto& upstream = connector_.accounts.events.Await(stream++);
    upstream.Push(Deal(101, 1));
    EXPECT_EQ(Told(*reading, 1), "101 deal_booked");
    upstream.Push(reset);
    EXPECT_EQ(reading->Next().reset().reason(), type::v1::StreamReset::SOURCE_RESET);
    SkipSnapshot(*reading);
    connector_.accounts.events.Await(stream++);
    reading->context.TryCancel();
  }
}

TEST_F(TradeEventStreamTest, WhatTheConnectorCannotGoOnWithEndsTheStream) {
  const auto reading = Open(OfMask("*"));
  SkipSnapshot(*reading);
  auto& upstream = connector_.accounts.events.Await(0);
  upstream.Push(Deal(101, 1));
  upstream.Push(Deal(102, 1));
  EXPECT_EQ(Told(*reading, 2), "101 deal_booked, 102 deal_booked");
  upstream.End(MakeError(absl::StatusCode::kResourceExhausted, type::v1::SLOW_CONSUMER, "too far behind"));
  const absl::Status end = reading->End();
  EXPECT_THAT(end, HasReason(type::v1::SLOW_CONSUMER));
  EXPECT_THAT(end, HasMetadata("sequence", "102"));
  EXPECT_THAT(end, HasMetadata("epoch", "e1"));

  const auto cut = Open(OfMask("*"));
  SkipSnapshot(*cut);
  connector_.accounts.events.Await(1).End(absl::UnavailableError("connection reset"));
  EXPECT_THAT(cut->End(), HasReason(type::v1::SERVICE_UNAVAILABLE));
}

// Nobody reads: the connector is held back, and what waits here stays bounded. Then everything comes, in
// order.
TEST_F(TradeEventStreamTest, AStalledReaderHoldsTheConnectorBackAndLosesNothing) {
  const auto reading = Open(OfMask("*"));
  SkipSnapshot(*reading);
  auto& upstream = connector_.accounts.events.Await(0);
  constexpr int kCount = 20'000;
  for (int i = 1; i <= kCount; ++i) {
    Event event = Deal(100 + i, 1);
    event.mutable_deal_booked()->set_comment(std::string(100, 'x'));
    upstream.Push(event);
  }
  int64_t expected = 101;
  int64_t previous = 100;
  while (expected <= 100 + kCount) {
    const Message message = reading->Next();
    if (!message.has_events()) continue;
    EXPECT_EQ(message.previous_sequence(), previous);
    EXPECT_LE(message.events().events_size(), 500);
    for (const v1::TradeEvent& event : message.events().events()) ASSERT_EQ(event.sequence(), expected++);
    previous = message.position().sequence();
  }
}

TEST_F(TradeEventStreamTest, AReaderThatLeavesLetsTheConnectorGo) {
  const auto reading = Open(OfMask("*"));
  SkipSnapshot(*reading);
  auto& upstream = connector_.accounts.events.Await(0);
  reading->context.TryCancel();
  upstream.AwaitCancel();
}

TEST_F(TradeEventStreamTest, RefusesWhatItCannotServe) {
  EXPECT_THAT(Open(OfMask(""))->End(), HasReason(type::v1::FIELD_REQUIRED));
  Request both = OfMask("*");
  both.add_logins(1);
  EXPECT_THAT(Open(both)->End(), HasReason(type::v1::FIELD_INVALID));
  Request many;
  many.set_server("mt5-demo");
  for (int i = 1; i <= 1001; ++i) many.add_logins(i);
  EXPECT_THAT(Open(many)->End(), HasReason(type::v1::BATCH_TOO_LARGE));
  const absl::Status no_accounts = Open(OfMask("*"), "reader")->End();
  EXPECT_THAT(no_accounts, HasReason(type::v1::SCOPE_MISSING));
  EXPECT_THAT(no_accounts, HasMetadata("scope", "accounts.read"));
  EXPECT_THAT(Open(OfMask("*"), "elsewhere")->End(), HasReason(type::v1::SERVER_NOT_ALLOWED));
  connector_.trading.on_list_positions =
      [](const auto&) -> absl::StatusOr<connector::v1::ListPositionsResponse> {
    return MakeError(absl::StatusCode::kNotFound, type::v1::ACCOUNT_NOT_FOUND, "no account 7");
  };
  EXPECT_THAT(Open(OfMask("*"))->End(), HasReason(type::v1::ACCOUNT_NOT_FOUND));
}

class HeartbeatTest : public TradeEventStreamTest {
 protected:
  HeartbeatTest() : TradeEventStreamTest({.heartbeat_interval = absl::Milliseconds(40)}) {}
};

TEST_F(HeartbeatTest, SilenceIsHeard) {
  const auto reading = Open(OfMask("real\\*"));
  SkipSnapshot(*reading);
  // What is not told moves the position on all the same.
  connector_.accounts.events.Await(0).Push(Deal(101, 5, "demo\\x"));
  Message message;
  do {
    message = reading->Next();
    ASSERT_TRUE(message.has_heartbeat()) << message.ShortDebugString();
  } while (message.position().sequence() < 101);
  EXPECT_GE(message.heartbeat().feed_age().seconds(), 59);
}

}  // namespace
}  // namespace mtsuite::orders

// What becomes of commands over time: limits, deadlines, silence, cuts.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/connector/mt5/session_fixture.h"

namespace mtsuite::connector::mt5 {
namespace {

using ::testing::HasSubstr;
using Cause = Reply::Cause;
using Fate = Reply::Fate;

class SessionTimingTest : public SessionTest {};

INSTANTIATE_TEST_SUITE_P(PlainAndAes, SessionTimingTest, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "Aes" : "Plain"; });

TEST_P(SessionTimingTest, WhatWasNotTakenWasNotSent) {
  Open();
  ASSERT_TRUE(Send(1));
  const std::string taken = session_->TakeOutput(now_);
  ASSERT_FALSE(taken.empty());
  ASSERT_TRUE(Send(2));
  session_->Close("connection lost");
  EXPECT_EQ(session_->TakeOutput(now_), "");
  Collect();
  ASSERT_EQ(replies_.size(), 2u);
  for (const Reply& reply : replies_) {
    EXPECT_EQ(reply.fate, reply.id == 1 ? Fate::kUnconfirmed : Fate::kNotSent);
    EXPECT_EQ(reply.cause, Cause::kConnectionLost);
  }
}

TEST_P(SessionTimingTest, WhatIsBeyondTheInFlightLimitWaitsAndWasNotSent) {
  SessionOptions options = Options();
  options.in_flight_limit = 2;
  Open(options);
  for (uint64_t id = 1; id <= 4; ++id) ASSERT_TRUE(Send(id));
  ASSERT_EQ(Deliver().size(), 2u);
  peer_->Reply(peer_->commands()[0], {});
  Exchange();
  EXPECT_EQ(peer_->commands().size(), 3u);
  session_->Close("connection lost");
  Collect();
  ASSERT_EQ(replies_.size(), 4u);
  for (const Reply& reply : replies_) {
    EXPECT_EQ(reply.fate, reply.id == 1   ? Fate::kAnswered
                          : reply.id == 4 ? Fate::kNotSent
                                          : Fate::kUnconfirmed)
        << reply.id;
  }
}

TEST_P(SessionTimingTest, TheQueueHasALimit) {
  SessionOptions options = Options();
  options.queue_limit = 3;
  Open(options);
  for (uint64_t id = 1; id <= 3; ++id) ASSERT_TRUE(Send(id));
  EXPECT_FALSE(Send(4));
}

TEST_P(SessionTimingTest, DeadlinesTellWhatWasSentFromWhatWasNot) {
  SessionOptions options = Options();
  options.in_flight_limit = 1;
  Open(options);
  ASSERT_TRUE(Send(1, absl::Seconds(2)));
  ASSERT_TRUE(Send(2, absl::Seconds(1)));
  ASSERT_EQ(Deliver().size(), 1u);
  EXPECT_EQ(session_->NextTimer(), kStart + absl::Seconds(1));
  PassTime(absl::Seconds(1));
  ASSERT_EQ(replies_.size(), 1u);
  EXPECT_EQ(replies_[0].id, 2u);
  EXPECT_EQ(replies_[0].fate, Fate::kNotSent);
  EXPECT_EQ(replies_[0].cause, Cause::kDeadline);
  PassTime(absl::Seconds(1));
  ASSERT_EQ(replies_.size(), 2u);
  EXPECT_EQ(replies_[1].fate, Fate::kUnconfirmed);
  EXPECT_EQ(replies_[1].cause, Cause::kDeadline);
  EXPECT_TRUE(session_->ready());
  // What expired while it waited is not sent later.
  EXPECT_EQ(session_->TakeOutput(now_), "");
}

TEST_P(SessionTimingTest, AnExpiredCommandIsNeverSent) {
  Open();
  ASSERT_TRUE(Send(1, absl::ZeroDuration()));
  EXPECT_EQ(session_->TakeOutput(now_), "");
  Collect();
  ASSERT_EQ(replies_.size(), 1u);
  EXPECT_EQ(replies_[0].fate, Fate::kNotSent);
}

TEST_P(SessionTimingTest, LateAnswersMeetNoNewerCommand) {
  Open();
  ASSERT_TRUE(Send(1, absl::Seconds(1)));
  const TestPeer::Received late = Deliver()[0];
  PassTime(absl::Seconds(1));
  replies_.clear();
  // All numbers go round once; the abandoned one is left out.
  for (uint64_t id = 2; id < 0x4000; ++id) {
    ASSERT_TRUE(Send(id));
    peer_->commands().clear();
    ASSERT_NE(Deliver()[0].serial, late.serial);
    peer_->Reply(peer_->commands()[0], {});
    Exchange();
  }
  const size_t answered = replies_.size();
  peer_->Reply(late, {.body = "late"});
  Exchange();
  EXPECT_EQ(replies_.size(), answered);
  EXPECT_EQ(session_->ignored_messages(), 1);
  EXPECT_TRUE(session_->ready());
}

TEST_P(SessionTimingTest, TooManyUnansweredCommandsEndTheSession) {
  SessionOptions options = Options();
  options.abandoned_limit = 2;
  Open(options);
  for (uint64_t id = 1; id <= 3; ++id) ASSERT_TRUE(Send(id, absl::Seconds(static_cast<int>(id))));
  Deliver();
  PassTime(absl::Seconds(2));
  EXPECT_TRUE(session_->ready());
  PassTime(absl::Seconds(1));
  EXPECT_TRUE(session_->closed());
  EXPECT_THAT(session_->close_reason(), HasSubstr("3 commands unanswered"));
}

TEST_P(SessionTimingTest, PingsWhenItHasNothingElseToSend) {
  Open();
  EXPECT_EQ(session_->NextTimer(), kStart + absl::Seconds(20));
  PassTime(absl::Seconds(19));
  EXPECT_EQ(session_->TakeOutput(now_), "");
  PassTime(absl::Seconds(1));
  const std::string ping = session_->TakeOutput(now_);
  EXPECT_EQ(ping.size(), 9u);
  EXPECT_EQ(ping.substr(0, 4), "0000");
  ASSERT_TRUE(peer_->OnBytes(ping));
  EXPECT_EQ(peer_->pings(), 1);
  EXPECT_EQ(session_->TakeOutput(now_), "");
  PassTime(absl::Seconds(20));
  EXPECT_EQ(session_->TakeOutput(now_).size(), 9u);
}

TEST_P(SessionTimingTest, PingsOfTheServerKeepItAlive) {
  Open();
  for (int i = 0; i < 20; ++i) {
    PassTime(absl::Seconds(20));
    peer_->Ping();
    Exchange();
  }
  EXPECT_TRUE(session_->ready());
  EXPECT_TRUE(peer_->commands().empty());
}

TEST_P(SessionTimingTest, ASilentServerIsAskedAndThenGivenUp) {
  Open();
  PassTime(absl::Seconds(45));
  ASSERT_EQ(Deliver().size(), 1u);
  EXPECT_EQ(peer_->commands()[0].name, "TEST_ACCESS");
  PassTime(absl::Seconds(14));
  EXPECT_TRUE(session_->ready());
  PassTime(absl::Seconds(1));
  EXPECT_TRUE(session_->closed());
  EXPECT_TRUE(replies_.empty());
}

TEST_P(SessionTimingTest, AnAnswerToTheProbeIsASignOfLife) {
  Open();
  for (int round = 0; round < 3; ++round) {
    PassTime(absl::Seconds(45));
    peer_->commands().clear();
    ASSERT_EQ(Deliver().size(), 1u);
    peer_->Reply(peer_->commands()[0], {.retcode = 12002, .text = "Not supported"});
    Exchange();
    ASSERT_TRUE(session_->ready());
  }
  EXPECT_TRUE(replies_.empty());
}

TEST_P(SessionTimingTest, EveryCutOfAnAnswerLeavesDoubt) {
  for (size_t keep : {0u, 5u, 9u, 20u, 60u}) {
    replies_.clear();
    Open();
    ASSERT_TRUE(Send(1));
    peer_->Reply(Deliver()[0], {.body = "{}"});
    session_->OnBytes(peer_->TakeOutput().substr(0, keep), now_);
    session_->Close("connection lost");
    Collect();
    ASSERT_EQ(replies_.size(), 1u);
    EXPECT_EQ(replies_[0].fate, Fate::kUnconfirmed) << keep;
  }
}

}  // namespace
}  // namespace mtsuite::connector::mt5

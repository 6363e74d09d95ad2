#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/connector/mt5/session_fixture.h"

namespace mtsuite::connector::mt5 {
namespace {

using ::testing::HasSubstr;
using Fate = Reply::Fate;

INSTANTIATE_TEST_SUITE_P(PlainAndAes, SessionTest, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "Aes" : "Plain"; });

TEST_P(SessionTest, LogsInAndTellsTheBuild) {
  Open();
  EXPECT_TRUE(session_->ready()) << session_->close_reason();
  EXPECT_TRUE(peer_->logged_in());
  EXPECT_EQ(peer_->encrypted(), GetParam());
  EXPECT_EQ(session_->build(), 3662);
  EXPECT_EQ(session_->login_round_trip(), absl::ZeroDuration());
}

TEST_P(SessionTest, TheFirstBytesAreThePrefixAndAuthStart) {
  Session session(Options());
  session.OnConnected(now_);
  const std::string output = session.TakeOutput(now_);
  EXPECT_EQ(output.substr(0, 9), "MT5WEBAPI");
  EXPECT_EQ(output.substr(13, 5), "00010");
  EXPECT_EQ(session.TakeOutput(now_), "");
}

TEST_P(SessionTest, RefusedLoginsCloseAndSaySo) {
  Open(Options(), {.refuse_login_with = 1001});
  EXPECT_TRUE(session_->closed());
  EXPECT_TRUE(session_->login_refused());
  EXPECT_THAT(session_->close_reason(), HasSubstr("1001 Invalid account"));
}

TEST_P(SessionTest, AServerThatDoesNotKnowThePasswordIsNotTrusted) {
  Open(Options(), {.know_password = false});
  EXPECT_TRUE(session_->closed());
  EXPECT_TRUE(session_->login_refused());
  EXPECT_THAT(session_->close_reason(), HasSubstr("could not prove"));
}

TEST_P(SessionTest, DamagedKeyMaterialEndsOnlyEncryptedSessions) {
  Open(Options(), {.damage_key = true});
  EXPECT_EQ(session_->closed(), GetParam());
}

TEST_P(SessionTest, ALoginWithoutAnAnswerTimesOut) {
  Open(Options(), {.answer_login = false});
  EXPECT_EQ(session_->NextTimer(), kStart + absl::Seconds(10));
  PassTime(absl::Seconds(9));
  EXPECT_FALSE(session_->closed());
  PassTime(absl::Seconds(1));
  EXPECT_TRUE(session_->closed());
  EXPECT_FALSE(session_->login_refused());
}

TEST_P(SessionTest, CommandsBeforeTheLoginAreNotTaken) {
  Session session(Options());
  session.OnConnected(now_);
  EXPECT_FALSE(session.Send({1, "USER_GET", "USER_GET|\r\n", now_ + absl::Seconds(1)}, now_));
}

TEST_P(SessionTest, PairsAnswersInAnyOrder) {
  Open();
  ASSERT_TRUE(Send(11));
  ASSERT_TRUE(Send(12));
  ASSERT_TRUE(Send(13));
  auto& commands = Deliver();
  ASSERT_EQ(commands.size(), 3u);
  EXPECT_NE(commands[0].serial, commands[1].serial);
  now_ += absl::Milliseconds(30);
  peer_->Reply(commands[2], {.body = "{\"Login\" : \"13\"}"});
  peer_->Reply(commands[0], {.retcode = 13, .text = "Not found"});
  Exchange();
  ASSERT_EQ(replies_.size(), 2u);
  EXPECT_EQ(replies_[0].id, 13u);
  EXPECT_EQ(replies_[0].fate, Fate::kAnswered);
  EXPECT_EQ(replies_[0].answer.body, "{\"Login\" : \"13\"}");
  EXPECT_EQ(replies_[0].round_trip, absl::Milliseconds(30));
  EXPECT_EQ(replies_[1].id, 11u);
  EXPECT_EQ(replies_[1].answer.retcode, 13);
  EXPECT_EQ(session_->load(), 1u);
}

TEST_P(SessionTest, SurvivesAnySplitOfTheStream) {
  Open();
  for (uint64_t id = 1; id <= 3; ++id) ASSERT_TRUE(Send(id));
  for (TestPeer::Received& command : Deliver()) {
    peer_->Ping();
    peer_->Reply(command, {.body = "{\"Name\" : \"Zoë 漢😀\"}"});
  }
  for (const char byte : peer_->TakeOutput()) session_->OnBytes({&byte, 1}, now_);
  Collect();
  ASSERT_EQ(replies_.size(), 3u) << session_->close_reason();
  for (const Reply& reply : replies_) EXPECT_EQ(reply.answer.body, "{\"Name\" : \"Zoë 漢😀\"}");
}

TEST_P(SessionTest, AnswersOfManyPacketsWithPingsInBetween) {
  Open();
  ASSERT_TRUE(Send(1));
  const std::string body(300'000, 'x');
  peer_->Reply(Deliver()[0], {.body = body});
  std::string bytes = peer_->TakeOutput();
  // Behind the first packet, whose body is 65534 bytes.
  bytes.insert(9 + 65534, "000042680");
  session_->OnBytes(bytes, now_);
  Collect();
  ASSERT_EQ(replies_.size(), 1u) << session_->close_reason();
  EXPECT_EQ(replies_[0].answer.body.size(), body.size());
}

TEST_P(SessionTest, AnswersBeyondTheLimitEndTheSession) {
  SessionOptions options = Options();
  options.max_answer_bytes = 100'000;
  Open(options);
  ASSERT_TRUE(Send(1));
  peer_->Reply(Deliver()[0], {.body = std::string(300'000, 'x')});
  Exchange();
  EXPECT_TRUE(session_->closed());
  ASSERT_EQ(replies_.size(), 1u);
  EXPECT_EQ(replies_[0].fate, Fate::kUnconfirmed);
}

TEST_P(SessionTest, DuplicateAndUnknownAnswersAreCountedAndDropped) {
  Open();
  ASSERT_TRUE(Send(1));
  const TestPeer::Received command = Deliver()[0];
  peer_->Reply(command, {});
  peer_->Reply(command, {});
  peer_->ReplyRaw(0x2222, "USER_GET|RETCODE=0 Done|\r\n");
  peer_->ReplyRaw(0x8001, "HELLO|\r\n");
  Exchange();
  EXPECT_EQ(replies_.size(), 1u);
  EXPECT_EQ(session_->ignored_messages(), 3);
  EXPECT_TRUE(session_->ready());
  ASSERT_TRUE(Send(2));
  peer_->Reply(Deliver()[1], {});
  Exchange();
  EXPECT_EQ(replies_.size(), 2u) << "the stream is out of step";
}

TEST_P(SessionTest, DamagedAnswersLeaveDoubtAndEndTheSession) {
  const std::vector<std::string> damaged = {
      "USER_GIT|RETCODE=0 Done|\r\n",  // another name
      "USER_GET|RETCODE=8 Done|\r\n",  // a refusal with the text of success
      "USER_GET|RETCODE=x Done|\r\n",  // no number
      "USER_GET|\r\n",                 // no return code
      "USER_GET|RETCODE=0 Dönë|\r\n",  // not plain
      "\xC3\xA4|RETCODE=0 Done|\r\n",  // no name
  };
  for (const std::string& text : damaged) {
    replies_.clear();
    Open();
    ASSERT_TRUE(Send(1));
    peer_->ReplyRaw(Deliver()[0].serial, text);
    Exchange();
    EXPECT_TRUE(session_->closed()) << text;
    ASSERT_EQ(replies_.size(), 1u) << text;
    EXPECT_EQ(replies_[0].fate, Fate::kUnconfirmed) << text;
  }
}

TEST_P(SessionTest, GarbageEndsTheSession) {
  Open();
  ASSERT_TRUE(Send(1));
  Deliver();
  session_->OnBytes("HTTP/1.1 400 Bad Request\r\n", now_);
  Collect();
  EXPECT_TRUE(session_->closed());
  EXPECT_THAT(session_->close_reason(), HasSubstr("garbage"));
  ASSERT_EQ(replies_.size(), 1u);
  EXPECT_EQ(replies_[0].fate, Fate::kUnconfirmed);
  // Whatever follows is ignored.
  session_->OnBytes("000042680", now_);
  session_->OnTimer(now_ + absl::Hours(1));
  EXPECT_EQ(session_->NextTimer(), absl::InfiniteFuture());
}

}  // namespace
}  // namespace mtsuite::connector::mt5

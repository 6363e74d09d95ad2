#include "services/mtsim/mt5/session.h"

#include <algorithm>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/mt5wire/hex.h"
#include "common/mt5wire/text.h"
#include "common/testing/matchers.h"
#include "gtest/gtest.h"
#include "services/mtsim/testing/client_codec.h"

namespace mtsuite::mtsim {
namespace {

using ::testing::HasSubstr;

class Directory final : public ManagerDirectory {
 public:
  Directory() {
    Manager open{.login = 1000, .password = "Password1"};
    Manager disabled = open;
    disabled.login = 1001;
    disabled.enabled = false;
    Manager elsewhere = open;
    elsewhere.login = 1002;
    elsewhere.addresses = {"10.0.0.1"};
    Manager no_api = open;
    no_api.login = 1003;
    no_api.web_api = false;
    managers_ = {open, disabled, elsewhere, no_api};
  }
  const Manager* FindManager(uint64_t login) const override {
    const auto found = std::find_if(managers_.begin(), managers_.end(),
                                    [&](const Manager& manager) { return manager.login == login; });
    return found == managers_.end() ? nullptr : &*found;
  }
  bool IsAccount(uint64_t login) const override { return login == 5000; }

 private:
  std::vector<Manager> managers_;
};

// A session with both ends in the test.
class SessionTest : public ::testing::Test {
 protected:
  void Connect(RandomSource random = mt5wire::FillSecureRandom) {
    session_ = std::make_unique<WebApiSession>(
        Handshake({.directory = &directory_, .peer_address = "127.0.0.1", .random = std::move(random)}),
        SessionOptions(), now_);
  }

  SessionEffects Feed(std::string_view bytes) {
    SessionEffects effects;
    session_->OnBytes(bytes, now_, effects);
    return effects;
  }
  SessionEffects FeedPlain(uint16_t serial, std::string_view text) {
    std::string bytes;
    mt5wire::MessageWriter().WriteText(serial, text, bytes);
    return Feed(bytes);
  }
  SessionEffects Tick(absl::Duration step) {
    now_ += step;
    SessionEffects effects;
    session_->OnTime(now_, effects);
    return effects;
  }

  // The messages in what the server sent.
  std::vector<ServerMessage> Decode(std::string_view bytes) {
    EXPECT_OK(client_->Append(bytes));
    std::vector<ServerMessage> messages;
    for (;;) {
      auto message = client_->Next();
      EXPECT_OK(message);
      if (!message.ok() || !message->has_value()) return messages;
      messages.push_back(**std::move(message));
    }
  }
  ServerMessage DecodeOne(std::string_view bytes) {
    const std::vector<ServerMessage> messages = Decode(bytes);
    EXPECT_EQ(messages.size(), 1u);
    return messages.empty() ? ServerMessage() : messages[0];
  }

  void LogIn(bool encrypt = true) {
    Connect();
    client_ = std::make_unique<ClientCodec>("Password1", encrypt);
    const ServerMessage start = DecodeOne(Feed(client_->AuthStart(1000)).bytes);
    ASSERT_OK_AND_ASSIGN(const std::string answer, client_->AuthAnswer(start));
    ASSERT_OK(client_->FinishLogin(DecodeOne(Feed(answer).bytes)));
    ASSERT_NE(session_->manager(), nullptr);
  }

  // What AUTH_START with these parameters is answered with; the connection must end when it is a refusal.
  int Refusal(std::string_view parameters) {
    Connect();
    client_ = std::make_unique<ClientCodec>("Password1");
    Feed(mt5wire::kConnectionPrefix);
    const SessionEffects effects = FeedPlain(1, absl::StrCat("AUTH_START|", std::string(parameters), "\r\n"));
    const int retcode = DecodeOne(effects.bytes).retcode();
    EXPECT_EQ(effects.close, retcode != 0) << effects.close_reason;
    return retcode;
  }

  Directory directory_;
  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
  std::unique_ptr<WebApiSession> session_;
  std::unique_ptr<ClientCodec> client_;
};

TEST_F(SessionTest, LogsInWithAndWithoutEncryption) {
  for (const bool encrypt : {true, false}) {
    LogIn(encrypt);
    const SessionEffects effects = Feed(client_->Encode(3, "TEST_ACCESS|\r\n"));
    ASSERT_EQ(effects.commands.size(), 1u);
    EXPECT_EQ(effects.commands[0].name(), "TEST_ACCESS");
    EXPECT_EQ(effects.commands[0].serial, 3);
    std::string bytes;
    session_->Answer(3, "TEST_ACCESS", Retcode::kDone, bytes);
    EXPECT_EQ(DecodeOne(bytes).text, "TEST_ACCESS|RETCODE=0 Done|\r\n");
  }
}

// The published vector: password Password1 and these challenges (reference of the protocol, section 3.5).
TEST_F(SessionTest, AnswersTheTestVector) {
  Connect([](std::span<uint8_t> out) {
    if (out.size() == 16) {
      ASSERT_TRUE(mt5wire::FromHex("73007dc7184747ce0f7c98516ef1c851", out));
    } else {
      for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<uint8_t>(i);
    }
  });
  client_ = std::make_unique<ClientCodec>("Password1");
  Feed(mt5wire::kConnectionPrefix);
  const std::string start =
      FeedPlain(1, "AUTH_START|VERSION=3661|AGENT=a|LOGIN=1000|TYPE=Manager|CRYPT_METHOD=AES256OFB|\r\n")
          .bytes;
  EXPECT_THAT(DecodeOne(start).text,
              "AUTH_START|RETCODE=0 Done|VERSION_ACCESS=3661|SRV_RAND=73007dc7184747ce0f7c98516ef1c851|\r\n");
  const SessionEffects answer = FeedPlain(2,
                                          "AUTH_ANSWER|SRV_RAND_ANSWER=77fe51827f7fa69dd80fbec9aa33f1bb|CLI_"
                                          "RAND=4db98fec17aab4dc5a240bdc659e8395|\r\n");
  const std::string text = DecodeOne(answer.bytes).text;
  EXPECT_THAT(text, HasSubstr("AUTH_ANSWER|RETCODE=0 Done|VERSION_ACCESS=3661|VERSION_TRADE=3661|"
                              "CLI_RAND_ANSWER=1732021b1b332f51660b2b315eed3a35|CRYPT_RAND=00010203"));
  // TIME_SERVER twice, then eight characters that fill a block, as the reference has them on the wire.
  const auto feed_hex = [&](std::string_view header, std::string_view hex) {
    std::string body(hex.size() / 2, '\0');
    EXPECT_TRUE(mt5wire::FromHex(hex, {reinterpret_cast<uint8_t*>(body.data()), body.size()}));
    return Feed(std::string(header) + body);
  };
  SessionEffects command = feed_hex("001c00030", "1ef546fe150c6454a300777b6b86f8b60f4db44cb60af1463cb77366");
  ASSERT_EQ(command.commands.size(), 1u);
  EXPECT_EQ(command.commands[0].name(), "TIME_SERVER");
  command = feed_hex("001C00040", "2ed701bf01511f4cfda0972758e5913bf03baa047b6d6a5df641f282");
  ASSERT_EQ(command.commands.size(), 1u);
  EXPECT_EQ(command.commands[0].name(), "TIME_SERVER");
  command = feed_hex("001000050", "441187a45da08266378eac966556eeae");
  ASSERT_EQ(command.commands.size(), 1u);
  EXPECT_EQ(command.commands[0].name(), "AB12CD34");
  std::string reply;
  session_->Answer(3, "TIME_SERVER", Reply::WithParameter("TIME", "1314700797 0"), reply);
  EXPECT_EQ(mt5wire::ToHex({reinterpret_cast<const uint8_t*>(reply.data()) + 9, reply.size() - 9}),
            "283bc03621e3bd0a3fbcb1cf13ece329f94871f2655061821087cdde14ec62333af27d4038cb83c38114d40e6afda060"
            "3339b8bd"
            "b7618a6229759f08094fd31f971b6e42f6b3ea0dda9c97b08479ad855538ac485919f568bbadc34dca12");
}

TEST_F(SessionTest, TakesBytesOneByOne) {
  Connect();
  client_ = std::make_unique<ClientCodec>("Password1");
  std::string sent;
  for (const char c : client_->AuthStart(1000)) sent += Feed(std::string(1, c)).bytes;
  EXPECT_EQ(DecodeOne(sent).retcode(), 0);
}

TEST_F(SessionTest, AcceptsUpperCaseHeadersAndLinesWithoutTheLastPipe) {
  Connect();
  client_ = std::make_unique<ClientCodec>("Password1");
  std::string bytes;
  mt5wire::MessageWriter().WriteText(
      0xB, "AUTH_START|CRYPT_METHOD=NONE|TYPE=manager|LOGIN=1000|AGENT=x|VERSION=484\r\n", bytes);
  std::transform(bytes.begin(), bytes.begin() + 9, bytes.begin(), absl::ascii_toupper);
  const ServerMessage answer = DecodeOne(Feed(std::string(mt5wire::kConnectionPrefix) + bytes).bytes);
  EXPECT_EQ(answer.serial, 0xB);
  EXPECT_EQ(answer.retcode(), 0);
}

TEST_F(SessionTest, RefusesLoginsWithTheRightCode) {
  const std::string tail = "|TYPE=MANAGER|CRYPT_METHOD=NONE|";
  EXPECT_EQ(Refusal("VERSION=484|AGENT=a|LOGIN=1000" + tail), 0);
  EXPECT_EQ(Refusal("VERSION=483|AGENT=a|LOGIN=1000" + tail), 1010);
  EXPECT_EQ(Refusal("AGENT=a|LOGIN=1000" + tail), 3);
  EXPECT_EQ(Refusal("VERSION=3661|AGENT=|LOGIN=1000" + tail), 3);
  EXPECT_EQ(Refusal("VERSION=3661|AGENT=a b|LOGIN=1000" + tail), 3);
  EXPECT_EQ(Refusal("VERSION=3661|AGENT=a|LOGIN=1000|TYPE=MANAGER|CRYPT_METHOD=ROT13|"), 3);
  EXPECT_EQ(Refusal("VERSION=3661|AGENT=a|LOGIN=1000|TYPE=CLIENT|CRYPT_METHOD=NONE|"), 1000);
  EXPECT_EQ(Refusal("VERSION=3661|AGENT=a|LOGIN=9" + tail), 1001);
  EXPECT_EQ(Refusal("VERSION=3661|AGENT=a|LOGIN=1001" + tail), 1002);
  EXPECT_EQ(Refusal("VERSION=3661|AGENT=a|LOGIN=5000" + tail), 1011);
  EXPECT_EQ(Refusal("VERSION=3661|AGENT=a|LOGIN=1002" + tail), 1012);
  EXPECT_EQ(Refusal("VERSION=3661|AGENT=a|LOGIN=1003" + tail), 1024);
}

TEST_F(SessionTest, RefusesAWrongPasswordAndCloses) {
  Connect();
  client_ = std::make_unique<ClientCodec>("Wrong-Pass1");
  const ServerMessage start = DecodeOne(Feed(client_->AuthStart(1000)).bytes);
  ASSERT_OK_AND_ASSIGN(const std::string answer, client_->AuthAnswer(start));
  const SessionEffects effects = Feed(answer);
  EXPECT_EQ(DecodeOne(effects.bytes).retcode(), 1001);
  EXPECT_TRUE(effects.close);
  EXPECT_EQ(session_->manager(), nullptr);
}

TEST_F(SessionTest, ClosesOnACommandBeforeTheLogin) {
  Connect();
  Feed(mt5wire::kConnectionPrefix);
  const SessionEffects effects = FeedPlain(1, "USER_GET|LOGIN=1|\r\n");
  EXPECT_TRUE(effects.close);
  EXPECT_TRUE(effects.commands.empty());
  EXPECT_EQ(effects.bytes, "");
}

TEST_F(SessionTest, DropsAClientThatIsSlowWithTheSecondStep) {
  Connect();
  client_ = std::make_unique<ClientCodec>("Password1");
  Feed(client_->AuthStart(1000));
  EXPECT_EQ(session_->NextTime(), now_ + absl::Seconds(10));
  EXPECT_FALSE(Tick(absl::Seconds(9)).close);
  EXPECT_TRUE(Tick(absl::Seconds(1)).close);
}

TEST_F(SessionTest, PingsEvery20SecondsAndDropsAfter180SecondsOfSilence) {
  LogIn();
  for (int i = 0; i < 8; ++i) {
    const SessionEffects effects = Tick(absl::Seconds(20));
    EXPECT_FALSE(effects.close);
    const ServerMessage ping = DecodeOne(effects.bytes);
    EXPECT_TRUE(ping.is_ping);
    EXPECT_EQ(ping.serial, 0x4000 + i);
  }
  EXPECT_TRUE(Tick(absl::Seconds(20)).close);
}

TEST_F(SessionTest, AnyPacketOfTheClientKeepsItAlive) {
  LogIn();
  Tick(absl::Seconds(170));
  EXPECT_EQ(Feed("000000640").bytes, "");
  EXPECT_FALSE(Tick(absl::Seconds(170)).close);
}

TEST_F(SessionTest, StaysSilentOnPingsOfBothKinds) {
  LogIn();
  for (const std::string& ping : {std::string("000000000"), client_->Encode(7, "|\r\n")}) {
    const SessionEffects effects = Feed(ping);
    EXPECT_TRUE(effects.commands.empty());
    EXPECT_EQ(effects.bytes, "");
    EXPECT_FALSE(effects.close);
  }
}

TEST_F(SessionTest, PutsSplitCommandsTogetherAlsoWhenInterleaved) {
  LogIn();
  const std::string comment(40'000, 'x');
  // More than one packet, an odd number of bytes in the first, and a ping between them.
  const std::string bytes = client_->Encode(5, absl::StrCat("MAIL_SEND|TO=1|SUBJECT=s|\r\n", comment));
  const size_t first = 9 + 0xFFFE;
  ASSERT_GT(bytes.size(), first);
  EXPECT_TRUE(Feed(bytes.substr(0, first)).commands.empty());
  EXPECT_TRUE(Feed("000000010").commands.empty());
  const SessionEffects effects = Feed(bytes.substr(first));
  ASSERT_EQ(effects.commands.size(), 1u);
  EXPECT_EQ(effects.commands[0].body, comment);
}

TEST_F(SessionTest, SplitsLongAnswersWithAPingInBetween) {
  LogIn();
  const std::string body(100'000, 'y');
  std::string bytes;
  session_->Answer(9, "USER_LOGINS", Reply::WithBody(body), bytes);
  EXPECT_EQ(bytes.substr(0, 9), "fffe00091");
  const std::vector<ServerMessage> messages = Decode(bytes);
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_TRUE(messages[0].is_ping);
  EXPECT_EQ(messages[1].serial, 9);
  EXPECT_EQ(messages[1].body(), body);
}

TEST_F(SessionTest, ClosesQuietlyOnAPlainQuitInAnEncryptedSession) {
  LogIn();
  const SessionEffects effects = FeedPlain(4, "QUIT|\r\n");
  EXPECT_TRUE(effects.close);
  EXPECT_EQ(effects.bytes, "");
  EXPECT_TRUE(effects.commands.empty());
}

TEST_F(SessionTest, ClosesOnAStreamThatIsNotTheWebApi) {
  Connect();
  EXPECT_TRUE(Feed("GET / HTTP/1.1\r\n").close);
  LogIn();
  EXPECT_TRUE(Feed("zzzz00010").close);
  // Nothing after the end is looked at.
  EXPECT_FALSE(Feed("anything").close);
}

TEST_F(SessionTest, TakesManyCommandsAtOnceInTheirOrder) {
  LogIn();
  std::string bytes;
  for (uint16_t i = 0; i < 500; ++i) bytes += client_->Encode(i, absl::StrCat("USER_GET|LOGIN=", i, "|\r\n"));
  const SessionEffects effects = Feed(bytes);
  ASSERT_EQ(effects.commands.size(), 500u);
  for (uint16_t i = 0; i < 500; ++i) EXPECT_EQ(effects.commands[i].Unsigned("LOGIN"), i);
}

}  // namespace
}  // namespace mtsuite::mtsim

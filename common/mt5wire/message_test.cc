#include "common/mt5wire/message.h"

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "common/mt5wire/text.h"
#include "common/testing/matchers.h"
#include "common/testing/seed.h"
#include "gtest/gtest.h"

namespace mtsuite::mt5wire {
namespace {

using ::mtsuite::testing::IsOkAndHolds;
using ::mtsuite::testing::StatusIs;
using ::testing::Eq;

constexpr std::array<uint8_t, 32> kKey = {1, 2, 3};
constexpr Block kIv = {4, 5, 6};

struct Received {
  uint16_t serial;
  std::string payload;
  bool operator==(const Received&) const = default;
};

absl::StatusOr<std::vector<Received>> ReadAll(MessageReader& reader) {
  std::vector<Received> messages;
  for (;;) {
    ASSIGN_OR_RETURN(const std::optional<Message> message, reader.Next());
    if (!message) return messages;
    messages.push_back({message->serial, message->is_ping ? "ping" : std::string(message->payload)});
  }
}

TEST(MessageWriterTest, WritesOnePacketForShortMessages) {
  MessageWriter writer;
  std::string out;
  writer.WriteText(1, "TEST", out);
  EXPECT_EQ(out, "000800010" + Utf8ToUtf16("TEST").value());
  writer.WritePing(0x4268, out);
  EXPECT_EQ(out.substr(17), "000042680");
}

TEST(MessageWriterTest, CutsLongMessagesAtEvenPositions) {
  MessageWriter writer;
  std::string out;
  writer.WriteBytes(5, std::string(kMaxSplitBody, 'a'), out);
  EXPECT_EQ(out.substr(0, 9), "fffe00050");
  out.clear();
  writer.WriteBytes(5, std::string(2 * kMaxSplitBody + 3, 'a'), out);
  EXPECT_EQ(out.size(), 2 * kMaxSplitBody + 3 + 3 * kFrameHeaderBytes);
  EXPECT_EQ(out.substr(0, 9), "fffe00051");
  EXPECT_EQ(out.substr(9 + kMaxSplitBody, 9), "fffe00051");
  EXPECT_EQ(out.substr(2 * (9 + kMaxSplitBody), 9), "000300050");
}

TEST(MessageTest, RandomMessagesRoundTripEncryptedInRandomPieces) {
  std::mt19937_64 random(testing::TestSeed());
  MessageWriter writer;
  MessageReader reader(FrameReader::Prefix::kNone);
  std::vector<Received> sent;
  std::string stream;
  for (uint16_t serial = 1; serial <= 60; ++serial) {
    if (serial == 10) writer.EnableEncryption(OfbStream(kKey, kIv));
    const size_t size = std::uniform_int_distribution<size_t>(1, serial % 10 == 0 ? 300000 : 2000)(random);
    std::string payload(size, '\0');
    for (char& c : payload) c = static_cast<char>(random());
    writer.WriteBytes(serial, payload, stream);
    sent.push_back({serial, payload});
    if (serial % 7 == 0) {
      writer.WritePing(serial, stream);
      sent.push_back({serial, "ping"});
    }
  }
  std::vector<Received> received;
  for (size_t i = 0; i < stream.size();) {
    const size_t piece = std::uniform_int_distribution<size_t>(1, 50000)(random);
    ASSERT_OK(reader.Append(std::string_view(stream).substr(i, piece)));
    i += piece;
    for (;;) {
      ASSERT_OK_AND_ASSIGN(const std::optional<Message> message, reader.Next());
      if (!message) break;
      received.push_back({message->serial, message->is_ping ? "ping" : std::string(message->payload)});
      // Switched on between two messages, even where both came in one piece.
      if (message->serial == 9) reader.EnableDecryption(OfbStream(kKey, kIv));
    }
  }
  EXPECT_EQ(received, sent);
}

TEST(MessageAssemblerTest, PiecesInterleaveWithOtherMessagesAndPings) {
  MessageReader reader(FrameReader::Prefix::kNone);
  ASSERT_OK(
      reader.Append("000200011ab"
                    "000042680"
                    "000100020x"
                    "000000010"
                    "000200031cd"
                    "000100011c"
                    "000100030e"
                    "000100010d"));
  EXPECT_THAT(ReadAll(reader), IsOkAndHolds(Eq(std::vector<Received>{
                                   {0x4268, "ping"}, {2, "x"}, {1, "ping"}, {3, "cde"}, {1, "abcd"}})));
}

TEST(MessageAssemblerTest, LimitsWhatUnfinishedMessagesHold) {
  MessageAssembler assembler({.max_message_bytes = 10, .max_partial_messages = 2});
  ASSERT_OK(assembler.Add({4, 1, 1}, "1234"));
  ASSERT_OK(assembler.Add({4, 2, 1}, "1234"));
  EXPECT_THAT(assembler.Add({1, 3, 1}, "1"), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(assembler.Add({3, 2, 1}, "123"), StatusIs(absl::StatusCode::kResourceExhausted));
  ASSERT_OK_AND_ASSIGN(const std::optional<Message> message, assembler.Add({2, 1, 0}, "56"));
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->payload, "123456");
  // Its bytes are free again.
  ASSERT_OK(assembler.Add({6, 2, 1}, "123456"));
  // Messages of one packet are not counted: they hold nothing.
  EXPECT_OK(assembler.Add({20, 9, 0}, "12345678901234567890"));
}

}  // namespace
}  // namespace mtsuite::mt5wire

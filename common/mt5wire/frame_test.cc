#include "common/mt5wire/frame.h"

#include <string>
#include <vector>

#include "common/mt5wire/text.h"
#include "common/testing/matchers.h"
#include "gtest/gtest.h"

namespace mtsuite::mt5wire {
namespace {

using ::mtsuite::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string HeaderText(const FrameHeader& header) {
  std::string text(kFrameHeaderBytes, '\0');
  WriteFrameHeader(header, text.data());
  return text;
}

// All packets that are complete, as "serial/flags:body".
std::vector<std::string> Drain(FrameReader& reader) {
  std::vector<std::string> frames;
  for (;;) {
    absl::StatusOr<std::optional<Frame>> frame = reader.Next();
    if (!frame.ok()) frames.push_back("error");
    if (!frame.ok() || !frame->has_value()) return frames;
    const FrameHeader& header = (*frame)->header;
    frames.push_back(std::to_string(header.serial) + "/" + std::to_string(header.flags) + ":" +
                     std::string((*frame)->body.begin(), (*frame)->body.end()));
  }
}

TEST(FrameHeaderTest, Examples) {
  EXPECT_EQ(HeaderText({8, 1, 0}), "000800010");
  EXPECT_EQ(HeaderText({0xA8, 1, 0}), "00a800010");
  EXPECT_EQ(HeaderText({0, 0x4268, 0}), "000042680");
  EXPECT_EQ(HeaderText({0xFFFF, 0xABCD, 1}), "ffffabcd1");
  for (const std::string text : {"ffffabcdf", "FFFFABCDF", "FfFfaBcDf"}) {
    ASSERT_OK_AND_ASSIGN(const FrameHeader header, ParseFrameHeader(text));
    EXPECT_EQ(header.body_size, 0xFFFF);
    EXPECT_EQ(header.serial, 0xABCD);
    EXPECT_EQ(header.flags, 0xF);
    EXPECT_TRUE(header.more());
  }
  ASSERT_OK_AND_ASSIGN(const FrameHeader ping, ParseFrameHeader("000062170"));
  EXPECT_TRUE(ping.is_ping());
  EXPECT_EQ(ping.serial, 0x6217);
  EXPECT_FALSE((FrameHeader{0, 1, 1}.is_ping()));
  for (const std::string text : {"", "00080001", "0008000100", "0008 0010", "-00800010", "00080001g"}) {
    EXPECT_THAT(ParseFrameHeader(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
}

TEST(FrameReaderTest, CutsTheStreamHoweverItArrives) {
  std::string stream = "MT5WEBAPI000800010";
  ASSERT_OK(AppendUtf16("TEST", stream));
  stream +=
      "000000640"
      "0003000A1abc"
      "0001000a0d";
  const std::string test("T\0E\0S\0T\0", 8);
  for (size_t piece = 1; piece <= stream.size(); ++piece) {
    FrameReader reader(FrameReader::Prefix::kExpected);
    std::vector<std::string> frames;
    for (size_t i = 0; i < stream.size(); i += piece) {
      ASSERT_OK(reader.Append(std::string_view(stream).substr(i, piece)));
      for (std::string& frame : Drain(reader)) frames.push_back(std::move(frame));
    }
    EXPECT_THAT(frames, ElementsAre("1/0:" + test, "100/0:", "10/1:abc", "10/0:d")) << "pieces of " << piece;
  }
}

TEST(FrameReaderTest, TellsGarbageAtTheFirstWrongByte) {
  FrameReader tls(FrameReader::Prefix::kExpected);
  ASSERT_OK(tls.Append("\x16"));
  EXPECT_THAT(tls.Next(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\\x16")));

  FrameReader reader(FrameReader::Prefix::kNone);
  ASSERT_OK(reader.Append("000100010x00G"));
  EXPECT_THAT(Drain(reader), ElementsAre("1/0:x", "error"));
  // Final, whatever follows.
  EXPECT_FALSE(reader.Append("000000010").ok());
  EXPECT_FALSE(reader.Next().ok());

  FrameReader prefixed(FrameReader::Prefix::kNone);
  ASSERT_OK(prefixed.Append("MT5WEBAPI"));
  EXPECT_FALSE(prefixed.Next().ok());
}

TEST(FrameReaderTest, HoldsABoundedNumberOfBytes) {
  FrameReader reader(FrameReader::Prefix::kNone);
  const std::string frame = HeaderText({0xFFFF, 7, 0}) + std::string(0xFFFF, 'x');
  for (int i = 0; i < 50; ++i) {
    ASSERT_OK(reader.Append(frame));
    ASSERT_EQ(Drain(reader).size(), 1u);
  }
  ASSERT_OK(reader.Append(std::string(FrameReader::kMaxBuffered, '0')));
  EXPECT_THAT(reader.Append("0"), StatusIs(absl::StatusCode::kResourceExhausted));
}

}  // namespace
}  // namespace mtsuite::mt5wire

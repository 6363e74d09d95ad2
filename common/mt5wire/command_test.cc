#include "common/mt5wire/command.h"

#include <string>
#include <vector>

#include "common/mt5wire/retcode.h"
#include "common/mt5wire/text.h"
#include "common/testing/matchers.h"
#include "gtest/gtest.h"

namespace mtsuite::mt5wire {
namespace {

using ::mtsuite::testing::StatusIs;
using ::testing::HasSubstr;

std::string Wire(std::string_view text) { return Utf8ToUtf16(text).value(); }

TEST(CommandTest, ReadsNameParametersAndBody) {
  const std::string payload = Wire("USER_ADD|LOGIN=0|NAME=J\xC3\xB6rg|RIGHTS=|\r\n{\"Login\" : \"0\"}\r\n");
  ASSERT_OK_AND_ASSIGN(const Command command, ParseCommand(payload));
  EXPECT_EQ(command.line.name(), "USER_ADD");
  ASSERT_EQ(command.line.size(), 3u);
  EXPECT_EQ(command.line.parameter(1).name, "NAME");
  EXPECT_EQ(command.line.parameter(1).value, "J\xC3\xB6rg");
  EXPECT_EQ(command.line.Find("LOGIN"), "0");
  EXPECT_EQ(command.line.Find("RIGHTS"), "");
  EXPECT_EQ(command.line.Find("GROUP"), std::nullopt);
  EXPECT_EQ(command.line.Get("GROUP"), "");
  EXPECT_EQ(command.BodyText(), "{\"Login\" : \"0\"}\r\n");
  EXPECT_EQ(command.body, std::string_view(payload).substr(payload.size() - 2 * 17));
}

TEST(CommandTest, AcceptsAllShapesOfLines) {
  for (const char* const text : {"TIME_SERVER|\r\n", "TIME_SERVER\r\n", "TIME_SERVER", "time_server|\r\n"}) {
    ASSERT_OK_AND_ASSIGN(const Command command, ParseCommand(Wire(text)));
    EXPECT_EQ(command.line.name(), "TIME_SERVER") << text;
    EXPECT_EQ(command.line.size(), 0u);
    EXPECT_EQ(command.body, "");
  }
  for (const char* const text : {"X|a=1|B=2|\r\n", "X|A=1|B=2\r\n", "X|A=1||B=2|\r\n", "X|a=1|b=2|=3|\r\n"}) {
    ASSERT_OK_AND_ASSIGN(const Command command, ParseCommand(Wire(text)));
    ASSERT_EQ(command.line.size(), 2u) << text;
    EXPECT_EQ(command.line.Find("A"), "1");
    EXPECT_EQ(command.line.Find("B"), "2");
  }
  for (const char* const text : {"|\r\n", "\r\n", ""}) {
    ASSERT_OK_AND_ASSIGN(const Command ping, ParseCommand(Wire(text)));
    EXPECT_EQ(ping.line.name(), "");
  }
  ASSERT_OK_AND_ASSIGN(const Command flag, ParseCommand(Wire("X|FLAG|A=b=c|\r\n")));
  EXPECT_EQ(flag.line.Find("FLAG"), "");
  EXPECT_EQ(flag.line.Find("A"), "b=c");
}

TEST(CommandTest, UnescapesValues) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"demo\\forex", "demo\\forex"},
      {"demo\\\\forex", "demo\\forex"},
      {"a\\|b", "a|b"},
      {"a\\=b", "a=b"},
      {"two\\\nlines", "two\nlines"},
      {"two\r\\\nlines", "two\r\nlines"},
      {"\\\\\\|", "\\|"},
      {"end\\\\", "end\\"},
      {"\\n", "\\n"},
  };
  for (const auto& [wire, value] : cases) {
    const std::string payload = Wire("X|V=" + wire + "|W=1|\r\n");
    ASSERT_OK_AND_ASSIGN(const Command command, ParseCommand(payload));
    EXPECT_EQ(command.line.Find("V"), value) << wire;
    EXPECT_EQ(command.line.Find("W"), "1") << wire;
  }
  // One client escapes in the wrong order (a|b becomes a\\|b), which ends the value early.
  ASSERT_OK_AND_ASSIGN(const Command wrong, ParseCommand(Wire("X|V=a\\\\|b|W=1|\r\n")));
  EXPECT_EQ(wrong.line.Find("V"), "a\\");
  EXPECT_EQ(wrong.line.Find("W"), "1");
  // A backslash as the very last character has nothing to escape.
  ASSERT_OK_AND_ASSIGN(const Command last, ParseCommand(Wire("X|V=a\\")));
  EXPECT_EQ(last.line.Find("V"), "a\\");
}

TEST(CommandTest, BuildsWhatItReads) {
  const std::string value = "a\\b|c=d\r\ne\\";
  const std::string text = CommandBuilder("TRADE_BALANCE")
                               .Add("LOGIN", uint64_t{18446744073709551615u})
                               .Add("BALANCE", "-12.50")
                               .Add("TYPE", -2)
                               .Add("COMMENT", std::string_view(value))
                               .Finish();
  EXPECT_EQ(text,
            "TRADE_BALANCE|LOGIN=18446744073709551615|BALANCE=-12.50|TYPE=-2|COMMENT=a\\\\b\\|c\\="
            "d\r\\\ne\\\\|\r\n");
  const std::string payload = Wire(text + "body");
  ASSERT_OK_AND_ASSIGN(const Command command, ParseCommand(payload));
  EXPECT_EQ(command.line.Find("COMMENT"), value);
  EXPECT_EQ(command.BodyText(), "body");
}

TEST(CommandTest, BinaryBodiesStayAsTheyAre) {
  const std::string binary("\x00\xD8\xFF\x0D\x00\x0A\x00", 7);
  const std::string payload = Wire("CUSTOM|\r\n") + binary;
  ASSERT_OK_AND_ASSIGN(const Command command, ParseCommand(payload));
  EXPECT_EQ(command.body, binary);
  // CR LF across code units is no line end: U+0D41 U+0A00 U+4100.
  const std::string odd = Wire("A|V=") + std::string("\x41\x0D\x00\x0A\x00\x41", 6) + Wire("|\r\nrest");
  ASSERT_OK_AND_ASSIGN(const Command wide, ParseCommand(odd));
  EXPECT_EQ(wide.BodyText(), "rest");
}

TEST(CommandTest, RefusesGarbage) {
  for (const std::string& payload : {Wire("HELLO WORLD|\r\n"), Wire("{\"a\":1}"), std::string("QUIT|\r\n"),
                                     std::string("\x8A\x11\x97"), Wire(std::string(65, 'A') + "|\r\n")}) {
    EXPECT_THAT(ParseCommand(payload), StatusIs(absl::StatusCode::kInvalidArgument));
  }
  EXPECT_THAT(ParseCommand(std::string(kMaxCommandLineBytes + 2, '\0')),
              StatusIs(absl::StatusCode::kInvalidArgument));
  std::string many = "X|";
  for (size_t i = 0; i < kMaxCommandParameters; ++i) many += "A=1|";
  EXPECT_OK(ParseCommand(Wire(many + "\r\n")));
  EXPECT_THAT(ParseCommand(Wire(many + "A=1|\r\n")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("more than 256")));
}

TEST(AnswerTest, SplitsTheReturnCode) {
  const std::string payload =
      Wire(CommandBuilder::Answer("USER_GET", kRetNotFound, RetcodeText(kRetNotFound)).Finish());
  EXPECT_EQ(payload, Wire("USER_GET|RETCODE=13 Not found|\r\n"));
  EXPECT_EQ(payload.size(), 0x40u);  // the example of mt5-webapi §7
  ASSERT_OK_AND_ASSIGN(const Answer answer, ParseAnswer(payload));
  EXPECT_EQ(answer.line.name(), "USER_GET");
  EXPECT_EQ(answer.retcode, kRetNotFound);
  EXPECT_EQ(answer.RetcodeText(), "Not found");

  ASSERT_OK_AND_ASSIGN(const Answer start,
                       ParseAnswer(Wire("AUTH_START|RETCODE=0 Done|VERSION_ACCESS=3320|"
                                        "SRV_RAND=7a69e44f6d214cacd7a1d144d0b2f039|\r\n")));
  EXPECT_EQ(start.retcode, 0);
  EXPECT_EQ(start.line.Find("SRV_RAND"), "7a69e44f6d214cacd7a1d144d0b2f039");
  ASSERT_OK_AND_ASSIGN(const Answer bare, ParseAnswer(Wire("X|RETCODE=3006\r\n")));
  EXPECT_EQ(bare.retcode, 3006);
  EXPECT_EQ(bare.RetcodeText(), "");
}

TEST(AnswerTest, NeedsAReturnCode) {
  for (const char* const text : {"USER_GET|\r\n", "USER_GET|RETCODE=|\r\n", "USER_GET|RETCODE=Done|\r\n",
                                 "USER_GET|RETCODE=1x|\r\n", "USER_GET|RETCODE=99999999999 x|\r\n"}) {
    EXPECT_THAT(ParseAnswer(Wire(text)), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("USER_GET")))
        << text;
  }
}

TEST(RetcodeTest, HasTexts) {
  EXPECT_EQ(RetcodeText(kRetOk), "Done");
  EXPECT_EQ(RetcodeText(kRetUserInvalidPassword), "Invalid account password");
  EXPECT_EQ(RetcodeText(424242), "Unknown code");
}

}  // namespace
}  // namespace mtsuite::mt5wire

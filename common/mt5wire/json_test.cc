#include "common/mt5wire/json.h"

#include <string>
#include <vector>

#include "common/mt5wire/json_writer.h"
#include "common/testing/matchers.h"
#include "gtest/gtest.h"

namespace mtsuite::mt5wire {
namespace {

using ::mtsuite::testing::IsOkAndHolds;
using ::mtsuite::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

JsonDocument Parse(std::string_view text) {
  absl::StatusOr<JsonDocument> document = JsonDocument::Parse(text);
  EXPECT_OK(document);
  return document.ok() ? *std::move(document) : JsonDocument();
}

TEST(JsonTest, ReadsQuotedAndBareNumbers) {
  const JsonDocument document = Parse(
      R"({"Login" : "1000", "Bare":1001, "Balance" : "1000.10", "BareBalance": 1000.10, "Exp":1e-05,
          "Empty" : "",
          "Null":null, "Negative":-5, "Big":"18446744073709551615", "BareBig":18446744073709551615,
          "Whole":1.0, "True":true, "Precise":0.123456789012345678})");
  const JsonView root = document.root();
  EXPECT_TRUE(root.IsObject());
  EXPECT_THAT(root.GetInt64("Login"), IsOkAndHolds(1000));
  EXPECT_THAT(root.GetInt64("Bare"), IsOkAndHolds(1001));
  EXPECT_EQ(root.GetText("Bare"), "1001");
  EXPECT_THAT(root.GetInt64("Whole"), IsOkAndHolds(1));
  EXPECT_THAT(root.GetInt64("Negative"), IsOkAndHolds(-5));
  EXPECT_THAT(root.GetUint64("Big"), IsOkAndHolds(18446744073709551615u));
  EXPECT_THAT(root.GetUint64("BareBig"), IsOkAndHolds(18446744073709551615u));
  EXPECT_THAT(root.GetDecimal("Balance"), IsOkAndHolds(Decimal::FromScaled(100010, 2)));
  EXPECT_THAT(root.GetDecimal("BareBalance"), IsOkAndHolds(Decimal::FromScaled(100010, 2)));
  EXPECT_THAT(root.GetDecimal("Precise"), IsOkAndHolds(Decimal::FromScaled(123456789012345678, 18)));
  EXPECT_THAT(root.GetDecimal("Exp"), IsOkAndHolds(Decimal::FromScaled(1, 5)));
  EXPECT_EQ(root.GetText("True"), "true");
}

TEST(JsonTest, UnsetIsNotAnError) {
  const JsonDocument document = Parse(R"({"Empty" : "", "Null":null})");
  for (const char* const key : {"Empty", "Null", "Missing"}) {
    EXPECT_THAT(document.root().GetInt64(key), IsOkAndHolds(std::nullopt));
    EXPECT_THAT(document.root().GetUint64(key), IsOkAndHolds(std::nullopt));
    EXPECT_THAT(document.root().GetDecimal(key), IsOkAndHolds(std::nullopt));
    EXPECT_EQ(document.root().GetText(key), "");
    EXPECT_TRUE(document.root().Get(key).IsUnset());
  }
  EXPECT_TRUE(document.root().Get("Empty").exists());
  EXPECT_EQ(document.root().Get("Empty").Text(), "");
  EXPECT_FALSE(document.root().Get("Missing").exists());
  EXPECT_FALSE(document.root().Get("Missing").Get("Deeper").exists());
  EXPECT_FALSE(JsonView().Get("x").exists());
}

TEST(JsonTest, WrongTypesAreErrorsWithTheName) {
  const JsonDocument document =
      Parse(R"({"Text" : "abc", "List":[], "Half":0.5, "Minus":"-1", "Huge":"1e17", "Space":" 1"})");
  const JsonView root = document.root();
  EXPECT_THAT(root.GetInt64("Text"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("Text: not an integer: \"abc\"")));
  EXPECT_THAT(root.GetInt64("List"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("List: an array or object")));
  EXPECT_THAT(root.GetInt64("Half"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(root.GetUint64("Minus"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(root.GetInt64("Space"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(root.GetDecimal("Text"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("Text: ")));
  EXPECT_THAT(root.GetDecimal("List"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(root.GetInt64("Huge"), IsOkAndHolds(100000000000000000));
}

TEST(JsonTest, ReadsArraysAndNestedValues) {
  const JsonDocument logins = Parse("[\r\n\"1000\",\r\n\"1001\"\r\n]\r\n");
  std::vector<std::string> texts;
  for (const JsonView login : logins.root()) texts.emplace_back(login.Text().value_or("?"));
  EXPECT_THAT(texts, ElementsAre("1000", "1001"));
  EXPECT_EQ(Parse("[]").root().size(), 0u);

  const JsonDocument symbol =
      Parse(R"({"Symbol" : "X", "Sessions" : [[{"Open":"1","Close":"2"}],[]], "Digits" : "5"})");
  EXPECT_EQ(symbol.root().GetText("Digits"), "5");
  const JsonView days = symbol.root().Get("Sessions");
  ASSERT_EQ(days.size(), 2u);
  EXPECT_EQ((*days.begin()).size(), 1u);
  EXPECT_EQ((*(*days.begin()).begin()).GetText("Close"), "2");
  EXPECT_EQ(symbol.root().size(), 0u) << "an object has members, no elements";
}

TEST(JsonTest, ListsMembers) {
  const absl::StatusOr<JsonDocument> document = JsonDocument::Parse(R"({"7":[1,{"a":2}],"x":"y","":{}})");
  ASSERT_OK(document);
  const auto members = document->root().Members();
  ASSERT_EQ(members.size(), 3u);
  EXPECT_EQ(members[0].first, "7");
  EXPECT_EQ(members[0].second.size(), 2u);
  EXPECT_EQ(members[1].second.Text(), "y");
  EXPECT_EQ(members[2].first, "");
  EXPECT_TRUE(members[2].second.Members().empty());
  EXPECT_TRUE(members[0].second.Members().empty());
}

TEST(JsonTest, FindsMembersInAnyOrder) {
  const JsonDocument document = Parse(R"({"A":"1","B":{"A":"x","C":"y"},"C":"3"})");
  const JsonView root = document.root();
  for (const char* const order : {"ABC", "CBA", "BCA", "CCA", "AAB"}) {
    for (const char* key = order; *key != '\0'; ++key) {
      const std::string name(1, *key);
      EXPECT_TRUE(root.Get(name).exists()) << order << name;
      EXPECT_FALSE(root.Get("a").exists());
      EXPECT_NE(root.GetText(name), "y");
    }
  }
}

TEST(JsonTest, UnescapedBackslashesOfOldServers) {
  EXPECT_EQ(Parse(R"({"Group" : "demo\\forex"})").root().GetText("Group"), "demo\\forex");
  EXPECT_EQ(Parse(R"({"Group" : "demo\standard\x"})").root().GetText("Group"), "demo\\standard\\x");
  EXPECT_EQ(Parse(R"({"Name" : "\u00e4\ud83d\ude00"})").root().GetText("Name"), "\xC3\xA4\xF0\x9F\x98\x80");
}

TEST(JsonTest, RefusesWhatIsNoJson) {
  for (const char* const text :
       {"", " ", "{", "{\"a\":}", "[1,]", "{\"a\":1}x", "\"\\q", "nul", "\"\xFF\"", "01", "1."}) {
    EXPECT_THAT(JsonDocument::Parse(text), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("JSON")))
        << text;
  }
  EXPECT_OK(JsonDocument::Parse(std::string(16, '[') + std::string(16, ']')));
  EXPECT_THAT(JsonDocument::Parse(std::string(17, '[') + std::string(17, ']')),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("deeper than 16")));
  EXPECT_THAT(JsonDocument::Parse(std::string(1000000, '[')), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(JsonDocument::Parse("[1,2,3]", {.max_bytes = 6}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("7 bytes, allowed are 6")));
}

TEST(JsonWriterTest, WritesInTheServersStyle) {
  std::string out;
  JsonWriter(out)
      .BeginObject()
      .Member("Login", 1023)
      .Member("Group", "demo\\forex")
      .Member("Balance", Decimal::FromInteger(5), 2)
      .EndObject();
  EXPECT_EQ(
      out, "{\r\n\"Login\" : \"1023\",\r\n\"Group\" : \"demo\\\\forex\",\r\n\"Balance\" : \"5.00\"\r\n}\r\n");

  out.clear();
  JsonWriter(out).BeginArray().Value("1000").Value(1001).EndArray();
  EXPECT_EQ(out, "[\r\n\"1000\",\r\n\"1001\"\r\n]\r\n");

  out.clear();
  JsonWriter(out).BeginArray().EndArray();
  EXPECT_EQ(out, "[]\r\n");

  out.clear();
  JsonWriter json(out);
  json.BeginObject().Key("Days").BeginArray().BeginArray().EndArray().BeginObject().EndObject().EndArray();
  json.Member("Text", "a\"b\r\n\t\x01").EndObject();
  EXPECT_EQ(out, "{\r\n\"Days\" : [\r\n[],\r\n{}\r\n],\r\n\"Text\" : \"a\\\"b\\r\\n\\t\\u0001\"\r\n}\r\n");
  EXPECT_EQ(Parse(out).root().GetText("Text"), "a\"b\r\n\t\x01");
}

}  // namespace
}  // namespace mtsuite::mt5wire

#include "services/risk/certificate/canonical.h"

#include <string>

#include "common/testing/matchers.h"
#include "common/testing/proto_matchers.h"
#include "mtsuite/risk/v1/certificate.pb.h"

namespace mtsuite::risk {
namespace {

using ::testing::HasSubstr;
using testing::IsOkAndHolds;
using testing::ParseTextProto;
using testing::StatusIs;
using v1::BreachRecord;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

TEST(CanonicalJson, SortsAndLeavesOutSpacesAndDefaults) {
  const auto record = ParseTextProto<BreachRecord>(R"(
      server: "b<\"\n\001/ü€" sequence: 12 hash: ""
      evidence { login: 7 mode: SHADOW breach_time { seconds: 1 nanos: 500000000 } currency_digits: 2 })");
  EXPECT_THAT(CanonicalJson(record),
              IsOkAndHolds("{\"evidence\":{\"breachTime\":\"1970-01-01T00:00:01.500Z\",\"currencyDigits\":2,"
                           "\"login\":\"7\",\"mode\":\"SHADOW\"},\"sequence\":\"12\","
                           "\"server\":\"b<\\\"\\n\\u0001/ü€\"}"));
  EXPECT_THAT(CanonicalJsonWithout(ParseTextProto<BreachRecord>("hash: 'x' server: 's'"), "hash"),
              IsOkAndHolds("{\"server\":\"s\"}"));
}

TEST(CanonicalJson, OfTextIsThatOfTheMessage) {
  EXPECT_THAT(CanonicalJson(std::string_view(" { \"b\" : [1 , \"x\"],\n\"a\":{} }")),
              IsOkAndHolds("{\"a\":{},\"b\":[1,\"x\"]}"));
}

TEST(CanonicalJson, RefusesWhatReadersUnderstandDifferently) {
  EXPECT_THAT(CanonicalJson(std::string_view("{\"a\":1,\"a\":2}")), StatusIs(kInvalid, HasSubstr("twice")));
  EXPECT_THAT(CanonicalJson(std::string_view("{\"x\":{\"a\":1},\"y\":{\"a\":1}}")), testing::IsOk());
  EXPECT_THAT(CanonicalJson(std::string_view("{\"a\":1")), StatusIs(kInvalid));
  EXPECT_THAT(CanonicalJson(std::string_view("")), StatusIs(kInvalid));
  EXPECT_THAT(CanonicalJson(std::string_view("{\"a\":\"\xff\"}")), StatusIs(kInvalid));
  EXPECT_THAT(CanonicalJson(std::string_view(std::string(100'000, '['))),
              StatusIs(kInvalid, HasSubstr("deep")));
  BreachRecord record;
  record.set_server("\xff");
  EXPECT_THAT(CanonicalJson(record), StatusIs(kInvalid));
}

TEST(ParseStrictJson, TakesOnlyTheOneWayOfWriting) {
  BreachRecord record;
  EXPECT_OK(ParseStrictJson("{ \"sequence\": \"12\", \"evidence\": {\"mode\": \"SHADOW\"} }", record));
  EXPECT_THAT(record, testing::EqualsProto("sequence: 12 evidence { mode: SHADOW }"));
  for (const char* json : {
           "{\"sequence\": 12}",                               // a number
           "{\"sequence\": \"012\"}",                          // another notation
           "{\"unknown\": \"12\"}",                            // a field from elsewhere
           "{\"record_time\": \"1970-01-01T00:00:01Z\"}",      // the field's other name
           "{\"recordTime\": \"1970-01-01T01:00:01+01:00\"}",  // another zone
           "{\"server\": \"\"}",                               // a default
           "{\"evidence\": {\"mode\": 2}}",                    // an enum's number
           "{\"server\": null}",                               //
           "[]",                                               //
           "{\"evidence\": {}, \"outcome\": {}}",              // both of a oneof
       }) {
    EXPECT_THAT(ParseStrictJson(json, record), StatusIs(kInvalid)) << json;
  }
}

TEST(Sha256Hex, IsSha256) {
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace mtsuite::risk

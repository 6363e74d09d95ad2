#include "services/orders/validation.h"

#include <string>

#include "common/testing/matchers.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace mtsuite::orders {
namespace {

using ::testing::ElementsAre;

v1::Order Parse(const std::string& text) {
  v1::Order order;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &order)) << text;
  return order;
}

// The field and the reason that an error complains about: "order.price INVALID_PRICE"; "ok" without one.
std::string Complaint(const absl::Status& status) {
  if (status.ok()) return "ok";
  const google::rpc::BadRequest bad = GetBadRequest(status);
  const std::string field = bad.field_violations_size() == 1 ? bad.field_violations(0).field() : "?";
  return field + " " + type::v1::ErrorReason_Name(GetErrorReason(status).value_or(type::v1::INTERNAL));
}

TEST(ValidateNewOrder, SaysWhatIsWrongWhere) {
  const struct {
    const char* order;
    const char* complaint;
  } kCases[] = {
      {"symbol: 'EURUSD' side: BUY type: MARKET volume: '0.10'", "ok"},
      {"symbol: 'EURUSD' side: SELL type: LIMIT volume: '1' price: '1.1' stop_loss: '1.2'", "ok"},
      {"symbol: 'X' side: BUY type: STOP_LIMIT volume: '1' price: '1.1' trigger_price: '1.2'", "ok"},
      {"symbol: 'X' side: BUY type: STOP volume: '1' price: '1' time_in_force: GOOD_TILL_TIME "
       "expire_time { seconds: 1800000000 }",
       "ok"},
      {"side: BUY type: MARKET volume: '0.10'", "order.symbol FIELD_REQUIRED"},
      {"symbol: 'X' type: MARKET volume: '0.10'", "order.side FIELD_REQUIRED"},
      {"symbol: 'X' side: BUY volume: '0.10'", "order.type FIELD_REQUIRED"},
      {"symbol: 'X' side: BUY type: CLOSE_BY volume: '0.10'", "order.type FIELD_INVALID"},
      {"symbol: 'X' side: BUY type: MARKET", "order.volume FIELD_REQUIRED"},
      {"symbol: 'X' side: BUY type: MARKET volume: '0'", "order.volume FIELD_INVALID"},
      {"symbol: 'X' side: BUY type: MARKET volume: '-1'", "order.volume FIELD_INVALID"},
      {"symbol: 'X' side: BUY type: MARKET volume: '1e2'", "order.volume FIELD_INVALID"},
      {"symbol: 'X' side: BUY type: LIMIT volume: '1'", "order.price INVALID_PRICE"},
      {"symbol: 'X' side: BUY type: LIMIT volume: '1' price: '0'", "order.price FIELD_INVALID"},
      {"symbol: 'X' side: BUY type: LIMIT volume: '1' price: '1' trigger_price: '2'",
       "order.trigger_price INVALID_PRICE"},
      {"symbol: 'X' side: BUY type: STOP_LIMIT volume: '1' price: '1'", "order.trigger_price INVALID_PRICE"},
      {"symbol: 'X' side: BUY type: MARKET volume: '1' stop_loss: 'low'", "order.stop_loss FIELD_INVALID"},
      {"symbol: 'X' side: BUY type: MARKET volume: '1' time_in_force: DAY",
       "order.time_in_force INVALID_EXPIRATION"},
      {"symbol: 'X' side: BUY type: STOP volume: '1' price: '1' time_in_force: GOOD_TILL_DAY",
       "order.expire_time INVALID_EXPIRATION"},
      {"symbol: 'X' side: BUY type: STOP volume: '1' price: '1' expire_time { seconds: 1800000000 }",
       "order.expire_time INVALID_EXPIRATION"},
      {"symbol: 'X' side: BUY type: MARKET volume: '1' comment: '1234567890123456789'",
       "order.comment COMMENT_TOO_LONG"},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(Complaint(ValidateNewOrder(Parse(test.order))), test.complaint) << test.order;
  }
}

TEST(ResolveUpdate, ChangesWhatTheMaskNamesOrWhatIsThere) {
  google::protobuf::FieldMask mask;
  EXPECT_THAT(*ResolveUpdate(Parse("ticket: 1 price: '1.1' stop_loss: '1.0'"), mask),
              ElementsAre("price", "stop_loss"));
  mask.add_paths("take_profit");
  EXPECT_THAT(*ResolveUpdate(Parse("ticket: 1 price: '1.1'"), mask), ElementsAre("take_profit"));
}

TEST(ResolveUpdate, RefusesWhatCannotBeChanged) {
  const auto complaint = [](const std::string& path, const std::string& order) {
    google::protobuf::FieldMask mask;
    if (!path.empty()) mask.add_paths(path);
    return Complaint(ResolveUpdate(Parse(order), mask).status());
  };
  EXPECT_EQ(complaint("volume", "volume: '2'"), "order.volume FIELD_NOT_MUTABLE");
  EXPECT_EQ(complaint("colour", ""), "update_mask UPDATE_MASK_INVALID");
  EXPECT_EQ(complaint("", "ticket: 1"), "update_mask UPDATE_MASK_INVALID");
  EXPECT_EQ(complaint("price", ""), "order.price INVALID_PRICE");
  EXPECT_EQ(complaint("stop_loss", "stop_loss: ''"), "ok");
  EXPECT_EQ(complaint("stop_loss", "stop_loss: '-1'"), "order.stop_loss FIELD_INVALID");
  google::protobuf::FieldMask mask;
  mask.add_paths("volume");
  EXPECT_EQ(Complaint(ResolveUpdate(v1::Position(), mask).status()), "position.volume FIELD_NOT_MUTABLE");
}

TEST(ValidateLogins, BoundsAndChecksThem) {
  v1::ListServerOrdersRequest request;
  EXPECT_OK(ValidateLogins(request.logins(), 2));
  request.add_logins(5);
  request.add_logins(-1);
  EXPECT_EQ(Complaint(ValidateLogins(request.logins(), 2)), "logins[1] FIELD_INVALID");
  request.add_logins(7);
  EXPECT_EQ(Complaint(ValidateLogins(request.logins(), 2)), "logins BATCH_TOO_LARGE");
}

}  // namespace
}  // namespace mtsuite::orders

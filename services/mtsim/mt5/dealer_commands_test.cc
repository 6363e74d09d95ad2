#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "services/mtsim/mt5/command_fixture.h"

namespace mtsuite::mtsim {
namespace {

using ::testing::HasSubstr;

class DealerCommandTest : public CommandTest {
 protected:
  DealerCommandTest() {
    EXPECT_EQ(engine_->feed().SetRatePercent(0), Retcode::kDone);
    SetPrice("EURUSD", "1.10000"_fx, "1.10010"_fx);
  }

  // A market order with some members changed or added.
  std::string BuyBody(const std::map<std::string, std::string>& changes = {}) {
    std::map<std::string, std::string> members = changes;
    members.insert({{"Action", "200"},
                    {"Login", absl::StrCat(login_)},
                    {"Symbol", "EURUSD"},
                    {"Volume", "1000"},
                    {"TypeFill", "0"},
                    {"Type", "0"},
                    {"PriceOrder", "1.10010"},
                    {"Digits", "5"}});
    return absl::StrCat("{",
                        absl::StrJoin(members, ",",
                                      [](std::string* out, const auto& member) {
                                        absl::StrAppend(out, "\"", member.first, "\":\"", member.second,
                                                        "\"");
                                      }),
                        "}");
  }
  // Sends a request that must be queued; returns its id.
  std::string Send(std::string_view body) {
    const Reply reply = Run("DEALER_SEND|", body);
    EXPECT_EQ(reply.retcode, 0) << reply.text;
    return Parameter(reply, "ID");
  }
  // A member of the update with index `update` of the request `id`: of "result" when even, of "answer" when
  // odd.
  static std::string Update(const Reply& reply, std::string_view id, size_t update, std::string_view member) {
    const auto document = mt5wire::JsonDocument::Parse(reply.body);
    if (!document.ok()) return std::string(document.status().message());
    const mt5wire::JsonView updates = document->root().Get(id);
    if (!updates.exists()) return "(missing)";
    auto it = updates.begin();
    for (size_t i = 0; i < update && it != updates.end(); ++i) ++it;
    if (it == updates.end()) return "(none)";
    return std::string(
        (*it).Get(update % 2 == 0 ? "result" : "answer").Get(member).Text().value_or("(no member)"));
  }
  int SendCode(std::string_view body) { return Run("DEALER_SEND|", body).retcode; }

  const uint64_t login_ = AddAccount("demo\\retail-usd", "1000"_fx);
};

TEST_F(DealerCommandTest, TellsEveryStateOnceAndThenForgets) {
  const std::string id = Send(BuyBody({{"Comment", "tag"}}));
  const Reply updates = Run(absl::StrCat("DEALER_UPDATES|ID=", id, "|"));
  EXPECT_EQ(Update(updates, id, 0, "Retcode"), "10002");
  EXPECT_EQ(Update(updates, id, 1, "ResultRetcode"), "10002");
  EXPECT_EQ(Update(updates, id, 2, "Retcode"), "10009");
  EXPECT_EQ(Update(updates, id, 2, "Price"), "1.10010");
  EXPECT_EQ(Update(updates, id, 2, "VolumeExt"), "10000000");
  EXPECT_EQ(Update(updates, id, 3, "IDClient"), id);
  EXPECT_NE(Update(updates, id, 3, "ID"), id);
  EXPECT_EQ(Update(updates, id, 3, "SourceLogin"), "1000");
  EXPECT_EQ(Update(updates, id, 3, "Comment"), "tag");
  EXPECT_EQ(Update(updates, id, 3, "ResultVolume"), "1000");
  EXPECT_EQ(Update(updates, id, 4, "Retcode"), "(none)");
  EXPECT_EQ(Run(absl::StrCat("DEALER_UPDATES|ID=", id, "|")).body, "{}\r\n");
  const std::string order = Update(updates, id, 2, "OrderID");
  EXPECT_EQ(order, Update(updates, id, 3, "ResultOrder"));
  EXPECT_EQ(Member(Run(absl::StrCat("HISTORY_GET|TICKET=", order, "|")), "Comment"), "tag");
  EXPECT_EQ(Member(Run(absl::StrCat("POSITION_GET_BATCH|TICKET=", order, "|")), "Comment"), "tag");
  EXPECT_EQ(Member(Run(absl::StrCat("POSITION_GET_BATCH|TICKET=", order, "|")), "Reason"), "2");
  const Reply deal = Run(absl::StrCat("DEAL_GET|TICKET=", Update(updates, id, 2, "DealID"), "|"));
  EXPECT_EQ(Member(deal, "Comment"), "tag");
  EXPECT_EQ(Member(deal, "PositionID"), order);
}

// Go clients panic when one of these is missing or no string.
TEST_F(DealerCommandTest, AnswersHaveAllMembersAsStrings) {
  const std::string id = Send(BuyBody());
  const Reply updates = Run("DEALER_UPDATES|");
  for (const char* member : {"ID",
                             "Login",
                             "ExternalAccount",
                             "Group",
                             "Symbol",
                             "Digits",
                             "Action",
                             "TimeExpiration",
                             "Type",
                             "TypeFill",
                             "TypeTime",
                             "Flags",
                             "Volume",
                             "VolumeExt",
                             "Order",
                             "OrderExternalID",
                             "PriceOrder",
                             "PriceTrigger",
                             "PriceSL",
                             "PriceTP",
                             "PriceDeviation",
                             "PriceDeviationTop",
                             "PriceDeviationBottom",
                             "Comment",
                             "ResultRetcode",
                             "ResultDealer",
                             "ResultDeal",
                             "ResultOrder",
                             "ResultVolume",
                             "ResultVolumeExt",
                             "ResultPrice",
                             "ResultDealerBid",
                             "ResultDealerAsk",
                             "ResultDealerLast",
                             "ResultMarketBid",
                             "ResultMarketAsk",
                             "ResultMarketLast",
                             "ResultComment",
                             "IDClient",
                             "IP",
                             "SourceLogin",
                             "Position",
                             "PositionBy",
                             "PositionExternalID",
                             "PositionByExternalID"}) {
    EXPECT_NE(Update(updates, id, 3, member), "(no member)") << member;
  }
  for (const char* member :
       {"ID", "DealID", "OrderID", "PositionExternalID", "Retcode", "ExternalRetcode", "Volume", "VolumeExt",
        "Price", "PriceGateway", "TickBid", "TickAsk", "TickLast", "Flags", "Comment"}) {
    EXPECT_NE(Update(updates, id, 2, member), "(no member)") << member;
  }
  EXPECT_THAT(updates.body, HasSubstr("\"ApiData\" : []"));
}

TEST_F(DealerCommandTest, RefusesToQueueWhatIsMalformed) {
  EXPECT_EQ(SendCode(""), 3);
  EXPECT_EQ(SendCode("[]"), 3);
  EXPECT_EQ(SendCode("{not json"), 3);
  EXPECT_EQ(SendCode("{}"), 3);
  EXPECT_EQ(SendCode(R"({"Action":200})"), 3);
  EXPECT_EQ(SendCode(absl::StrCat(R"({"Action":3,"Login":)", login_, "}")), 10013) << "an action of clients";
  EXPECT_EQ(SendCode(absl::StrCat(R"({"Action":256,"Login":)", login_, "}")), 10013);
  EXPECT_EQ(SendCode(absl::StrCat(R"({"Action":220,"Login":)", login_, "}")), 12002);
  EXPECT_EQ(SendCode(R"({"Action":200,"Login":5,"Symbol":"EURUSD"})"), 13);
  EXPECT_EQ(SendCode(absl::StrCat(R"({"Action":200,"Login":)", login_, R"(,"Symbol":"NOPE"})")), 10013);
  EXPECT_EQ(SendCode(absl::StrCat(R"({"Action":200,"Login":)", login_, "}")), 10013) << "no symbol";
  EXPECT_EQ(SendCode(BuyBody({{"PriceSL", "abc"}})), 3);
  EXPECT_EQ(SendCode(BuyBody({{"Position", "-1"}})), 3);
  EXPECT_EQ(SendCode(BuyBody({{"Type", "256"}})), 3);
  EXPECT_EQ(SendCode(BuyBody({{"TypeTime", "4"}})), 10022);
  EXPECT_EQ(desk_.in_flight(), 0u);
  EXPECT_EQ(Run("DEALER_UPDATES|").body, "{}\r\n");
  EXPECT_EQ(Run("DEALER_UPDATES|ID=x|").retcode, 3);
}

TEST_F(DealerCommandTest, NeedsItsRight) {
  manager_.rights = kAllManagerRights & ~kTradeAsDealer;
  EXPECT_EQ(SendCode(BuyBody()), 8);
  EXPECT_EQ(Run("DEALER_UPDATES|").retcode, 8);
  manager_.rights = kTradeAsDealer;
  Send(BuyBody());
  EXPECT_EQ(SendCode(absl::StrCat(R"({"Action":206,"Type":2,"PriceOrder":1,"Login":)", login_, "}")), 8);
  manager_.groups = MaskList("real*");
  EXPECT_EQ(SendCode(BuyBody()), 13);
}

TEST_F(DealerCommandTest, EmptyMembersAreUnset) {
  const std::string id = Send(BuyBody({{"VolumeExt", ""}, {"PriceSL", ""}, {"Position", ""}, {"Flags", ""}}));
  EXPECT_EQ(Update(Run("DEALER_UPDATES|"), id, 2, "Retcode"), "10009");
}

TEST_F(DealerCommandTest, TheExtendedVolumeWins) {
  const std::string id = Send(BuyBody({{"VolumeExt", "20000000"}}));
  EXPECT_EQ(Update(Run("DEALER_UPDATES|"), id, 2, "Volume"), "2000");
}

TEST_F(DealerCommandTest, ARefusedTradeIsQueuedAndThenAnswered) {
  const std::string id = Send(BuyBody({{"Volume", "15"}}));
  const Reply updates = Run("DEALER_UPDATES|");
  EXPECT_EQ(Update(updates, id, 0, "Retcode"), "10002");
  EXPECT_EQ(Update(updates, id, 2, "Retcode"), "10014");
  EXPECT_EQ(Update(updates, id, 2, "OrderID"), "");
  EXPECT_EQ(Update(updates, id, 3, "ResultComment"), "Invalid volume");
}

TEST_F(DealerCommandTest, SlowExecutionShowsItsStates) {
  disturbance_.delay = absl::Seconds(5);
  const std::string id = Send(BuyBody());
  ASSERT_EQ(delayed_.size(), 1u);
  EXPECT_EQ(delayed_[0].delay, absl::Seconds(5));
  EXPECT_EQ(Update(Run("DEALER_UPDATES|"), id, 0, "Retcode"), "10002");
  EXPECT_EQ(Run("DEALER_UPDATES|").body, absl::StrCat("{\r\n\"", id, "\" : []\r\n}\r\n"));
  EXPECT_EQ(engine_->state().positions.size(), 0u);
  SetPrice("EURUSD", "1.10100"_fx, "1.10110"_fx);
  desk_.Execute(delayed_[0].id, now_);
  desk_.Execute(delayed_[0].id, now_);
  EXPECT_EQ(engine_->state().positions.size(), 1u);
  const Reply updates = Run("DEALER_UPDATES|");
  EXPECT_EQ(Update(updates, id, 0, "Retcode"), "10009");
  EXPECT_EQ(Update(updates, id, 0, "Price"), "1.10110");
  EXPECT_EQ(Run("DEALER_UPDATES|").body, "{}\r\n");
}

TEST_F(DealerCommandTest, SubscriptionsBelongToTheirConnectionForThreeMinutes) {
  const std::string id = Send(BuyBody());
  session_ = 2;
  EXPECT_EQ(Run("DEALER_UPDATES|").body, "{}\r\n");
  EXPECT_EQ(Run(absl::StrCat("DEALER_UPDATES|ID=", id, "|")).body, "{}\r\n");
  session_ = 1;
  now_ += absl::Minutes(3) - absl::Seconds(1);
  const std::string second = Send(BuyBody());
  now_ += absl::Seconds(1);
  const Reply updates = Run("DEALER_UPDATES|");
  EXPECT_EQ(Update(updates, id, 0, "Retcode"), "(missing)");
  EXPECT_EQ(Update(updates, second, 2, "Retcode"), "10009");
  Send(BuyBody());
  desk_.Forget(1);
  EXPECT_EQ(Run("DEALER_UPDATES|").body, "{}\r\n");
}

TEST_F(DealerCommandTest, ALostConnectionDoesNotStopTheRequest) {
  disturbance_.delay = absl::Seconds(5);
  Send(BuyBody());
  desk_.Forget(1);
  desk_.Execute(delayed_[0].id, now_);
  EXPECT_EQ(engine_->state().positions.size(), 1u);
  EXPECT_EQ(desk_.in_flight(), 0u);
}

TEST_F(DealerCommandTest, QueuesSoManyPerConnection) {
  disturbance_.delay = absl::Seconds(5);
  std::vector<DelayedTrade> delayed;
  for (size_t i = 0; i < DealerDesk::kInFlightMax; ++i) {
    Send(BuyBody());
    delayed.push_back(delayed_[0]);
  }
  EXPECT_EQ(SendCode(BuyBody()), 10024);
  session_ = 2;
  Send(BuyBody());
  session_ = 1;
  desk_.Execute(delayed[0].id, now_);
  Send(BuyBody());
}

TEST_F(DealerCommandTest, DisturbedRequestsEndAsTold) {
  for (const Retcode retcode : {Retcode::kRequote, Retcode::kRequestRejected, Retcode::kMarketClosed,
                                Retcode::kPriceChanged, Retcode::kNoPrices}) {
    disturbance_.retcode = retcode;
    const std::string id = Send(BuyBody());
    const Reply updates = Run("DEALER_UPDATES|");
    EXPECT_EQ(Update(updates, id, 2, "Retcode"), absl::StrCat(static_cast<int>(retcode)));
    EXPECT_EQ(Update(updates, id, 2, "TickAsk"), "1.10010");
  }
  EXPECT_EQ(engine_->state().positions.size(), 0u);
  disturbance_ = {.fill_percent = 50};
  const std::string id = Send(BuyBody({{"TypeFill", "1"}}));
  const Reply updates = Run("DEALER_UPDATES|");
  EXPECT_EQ(Update(updates, id, 2, "Retcode"), "10010");
  EXPECT_EQ(Update(updates, id, 2, "Volume"), "500");
}

TEST_F(DealerCommandTest, PendingOrdersLiveInOrderCommands) {
  const std::string id = Send(
      absl::StrCat(R"({"Action":201,"Login":)", login_,
                   R"(,"Symbol":"EURUSD","Type":6,"Volume":1000,"PriceOrder":1.11,"PriceTrigger":1.105,)",
                   R"("PriceSL":1.09,"TypeTime":2,"TimeExpiration":1705503600,"Comment":"wait"})"));
  const Reply updates = Run("DEALER_UPDATES|");
  EXPECT_EQ(Update(updates, id, 2, "Retcode"), "10008");
  const std::string ticket = Update(updates, id, 2, "OrderID");
  const Reply order = Run(absl::StrCat("ORDER_GET|TICKET=", ticket, "|"));
  EXPECT_EQ(Member(order, "Type"), "6");
  EXPECT_EQ(Member(order, "State"), "1");
  EXPECT_EQ(Member(order, "PriceTrigger"), "1.10500");
  EXPECT_EQ(Member(order, "PriceCurrent"), "1.10010");
  EXPECT_EQ(Member(order, "TimeExpiration"), "1705503600");
  EXPECT_EQ(Member(order, "Comment"), "wait");
  EXPECT_EQ(Size(Run("ORDER_GET_BATCH|GROUP=demo*|")), 1u);
  EXPECT_EQ(Size(Run("ORDER_GET_BATCH|GROUP=demo*|SYMBOL=GBPUSD|")), 0u);
  EXPECT_EQ(Size(Run(absl::StrCat("ORDER_GET_BATCH|TICKET=", ticket, ",7|"))), 1u);
  const std::string removal =
      Send(absl::StrCat(R"({"Action":204,"Login":)", login_, R"(,"Order":)", ticket, "}"));
  EXPECT_EQ(Update(Run("DEALER_UPDATES|"), removal, 3, "Symbol"), "EURUSD");
  EXPECT_EQ(Run(absl::StrCat("ORDER_GET|TICKET=", ticket, "|")).retcode, 13);
  EXPECT_EQ(Member(Run(absl::StrCat("HISTORY_GET|TICKET=", ticket, "|")), "State"), "2");
  EXPECT_EQ(Size(Run("HISTORY_GET_BATCH|GROUP=*|FROM=0|TO=4000000000|")), 1u);
  EXPECT_EQ(Run("HISTORY_GET_BATCH|GROUP=*|").retcode, 3);
}

}  // namespace
}  // namespace mtsuite::mtsim

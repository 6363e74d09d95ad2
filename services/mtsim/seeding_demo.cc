#include <array>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "services/mtsim/seeding.h"

namespace mtsuite::mtsim {
namespace {

constexpr int kHistoryDays = 90;

struct DemoPosition {
  std::string_view symbol;
  Side side = Side::kBuy;
  Fixed volume;
};

struct DemoAccount {
  std::string_view first_name;
  std::string_view last_name;
  std::string_view country;
  std::string_view city;
  std::string_view group;
  int leverage = 100;
  Fixed deposit;
  int trades = 0;
  // Unused places have no symbol.
  std::array<DemoPosition, 2> open = {};
};

constexpr std::string_view kUsd = "demo\\retail-usd";
constexpr std::string_view kEur = "demo\\retail-eur";
constexpr std::string_view kNetting = "demo\\netting-usd";

// Large and small, busy and idle, hedging and netting, with and without open positions.
constexpr std::array kAccounts = {
    DemoAccount{"Anna",
                "Schneider",
                "Germany",
                "Berlin",
                kEur,
                100,
                "10000"_fx,
                60,
                {{{"EURUSD", Side::kBuy, "0.50"_fx}, {"XAUUSD", Side::kSell, "0.10"_fx}}}},
    DemoAccount{"James",
                "Smith",
                "United Kingdom",
                "London",
                kUsd,
                100,
                "25000"_fx,
                120,
                {{{"GBPUSD", Side::kSell, "1.00"_fx}, {"EURUSD", Side::kBuy, "0.30"_fx}}}},
    DemoAccount{
        "Sofia", "Rossi", "Italy", "Milan", kEur, 50, "5000"_fx, 40, {{{"DE40", Side::kBuy, "1.0"_fx}, {}}}},
    DemoAccount{"Omar",
                "Haddad",
                "United Arab Emirates",
                "Dubai",
                kUsd,
                200,
                "100000"_fx,
                200,
                {{{"XAUUSD", Side::kBuy, "2.00"_fx}, {"US500", Side::kBuy, "10.0"_fx}}}},
    DemoAccount{"Mei",
                "Chen",
                "Singapore",
                "Singapore",
                kUsd,
                100,
                "50000"_fx,
                150,
                {{{"USDJPY", Side::kBuy, "1.50"_fx}, {"BTCUSD", Side::kBuy, "0.20"_fx}}}},
    DemoAccount{"Lucas",
                "Silva",
                "Brazil",
                "Sao Paulo",
                kUsd,
                500,
                "1000"_fx,
                30,
                {{{"EURUSD", Side::kSell, "0.05"_fx}, {}}}},
    DemoAccount{"Priya", "Sharma", "India", "Mumbai", kUsd, 100, "7500"_fx, 80, {}},
    DemoAccount{"Jonas",
                "Berg",
                "Norway",
                "Oslo",
                kNetting,
                30,
                "20000"_fx,
                50,
                {{{"EURUSD", Side::kBuy, "0.40"_fx}, {}}}},
    DemoAccount{"Elena",
                "Petrova",
                "Cyprus",
                "Limassol",
                kNetting,
                100,
                "15000"_fx,
                70,
                {{{"AUDUSD", Side::kSell, "0.80"_fx}, {}}}},
    DemoAccount{"Chloe", "Dubois", "France", "Paris", kEur, 30, "3000"_fx, 20, {}},
    DemoAccount{"Mateo", "Garcia", "Spain", "Madrid", kUsd, 100, "12000"_fx, 0, {}},
    DemoAccount{"Yuki",
                "Tanaka",
                "Japan",
                "Tokyo",
                kUsd,
                25,
                "200000"_fx,
                100,
                {{{"EURJPY", Side::kSell, "2.00"_fx}, {}}}},
};

absl::StatusOr<uint64_t> Open(Engine& engine, const DemoAccount& demo) {
  NewAccount account;
  account.group = demo.group;
  account.leverage = demo.leverage;
  AccountDetails& details = account.details;
  details.first_name = demo.first_name;
  details.last_name = demo.last_name;
  details.name = absl::StrCat(details.first_name, " ", details.last_name);
  details.country = demo.country;
  details.city = demo.city;
  details.email =
      absl::AsciiStrToLower(absl::StrCat(details.first_name, ".", details.last_name, "@clients.example"));
  details.phone = "+1 202 555 0100";
  account.main_password = kSeededPassword;
  account.investor_password = kSeededPassword;
  const Result<const Account*> opened = engine.accounts().Add(account);
  if (!opened.ok()) return ToStatus(opened.retcode(), details.name);
  return (*opened)->login;
}

absl::Status Fund(Engine& engine, uint64_t login, Fixed amount) {
  BalanceRequest deposit;
  deposit.login = login;
  deposit.amount = amount;
  deposit.comment = "Initial deposit";
  deposit.time = engine.state().Now() - absl::Hours(24 * (kHistoryDays + 1));
  return ToStatus(engine.balances().Apply(deposit).retcode(), "initial deposit");
}

}  // namespace

absl::Status BuildDemoWorld(Engine& engine) {
  for (const DemoAccount& demo : kAccounts) {
    ASSIGN_OR_RETURN(const uint64_t login, Open(engine, demo));
    RETURN_IF_ERROR(Fund(engine, login, demo.deposit));
    if (demo.trades > 0) {
      RETURN_IF_ERROR(WriteSeededHistory(engine, {.login = login,
                                                  .trade_count = demo.trades,
                                                  .days = kHistoryDays,
                                                  .seed = engine.state().options.seed})
                          .status());
    }
    for (const DemoPosition& position : demo.open) {
      if (position.symbol.empty()) continue;
      OpenRequest open;
      open.login = login;
      open.symbol = position.symbol;
      open.side = position.side;
      open.volume = position.volume;
      open.reason = TradeReason::kClient;
      RETURN_IF_ERROR(ToStatus(engine.trades().Open(open).retcode(), absl::StrCat("position of ", login)));
    }
  }
  return absl::OkStatus();
}

}  // namespace mtsuite::mtsim

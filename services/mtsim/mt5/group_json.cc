#include "services/mtsim/mt5/group_json.h"

#include <array>
#include <utility>

#include "services/mtsim/mt5/commission_json.h"
#include "services/mtsim/mt5/request.h"

namespace mtsuite::mtsim {
namespace {

// What a group inherits from the symbol.
constexpr std::string_view kInherited = "default";

// Members of a group's symbol that are always inherited, in the order of the platform's record.
constexpr std::array kBeforeSpread = {"ExecMode", "FillFlags", "ExpirFlags", "OrderFlags"};
constexpr std::array kAfterSpread = {
    "StopsLevel",
    "FreezeLevel",
    "VolumeMin",
    "VolumeMinExt",
    "VolumeMax",
    "VolumeMaxExt",
    "VolumeStep",
    "VolumeStepExt",
    "VolumeLimit",
    "VolumeLimitExt",
    "MarginFlags",
    "MarginInitial",
    "MarginMaintenance",
    "MarginInitialBuy",
    "MarginInitialSell",
    "MarginInitialBuyLimit",
    "MarginInitialSellLimit",
    "MarginInitialBuyStop",
    "MarginInitialSellStop",
    "MarginInitialBuyStopLimit",
    "MarginInitialSellStopLimit",
    "MarginMaintenanceBuy",
    "MarginMaintenanceSell",
    "MarginMaintenanceBuyLimit",
    "MarginMaintenanceSellLimit",
    "MarginMaintenanceBuyStop",
    "MarginMaintenanceSellStop",
    "MarginMaintenanceBuyStopLimit",
    "MarginMaintenanceSellStopLimit",
    "MarginLiquidity",
    "MarginHedged",
    "MarginCurrency",
    "SwapMode",
    "SwapLong",
    "SwapShort",
    "Swap3Day",
    "REFlags",
    "RETimeout",
    "IEFlags",
    "IECheckMode",
    "IETimeout",
    "IESlipProfit",
    "IESlipLosing",
    "IEVolumeMax",
    "IEVolumeMaxExt",
};

void WriteGroupSymbol(const GroupSymbol& symbol, JsonWriter& json) {
  json.BeginObject();
  json.Member("Path", symbol.path);
  if (symbol.trade_mode.has_value()) {
    json.Member("TradeMode", static_cast<int>(*symbol.trade_mode));
  } else {
    json.Member("TradeMode", kInherited);
  }
  for (const char* name : kBeforeSpread) json.Member(name, kInherited);
  json.Member("SpreadDiff", symbol.spread_diff);
  json.Member("SpreadDiffBalance", symbol.spread_diff_balance);
  for (const char* name : kAfterSpread) json.Member(name, kInherited);
  json.Member("PermissionsFlags", 0);
  json.Member("PermissionsBookdepth", 0);
  json.EndObject();
}

void WriteCompany(const Group& group, JsonWriter& json) {
  json.Member("Company", group.company);
  json.Member("CompanyPage", group.company_page);
  json.Member("CompanyEmail", group.company_email);
  json.Member("CompanySupportPage", group.company_support_page);
  json.Member("CompanySupportEmail", group.company_support_email);
  json.Member("CompanyCatalog", group.company_catalog);
}

void WriteReportsAndNews(const Group& group, JsonWriter& json) {
  json.Member("ReportsMode", group.reports_mode);
  json.Member("ReportsFlags", group.reports_flags);
  for (const char* name : {"ReportsSMTP", "ReportsSMTPLogin", "ReportsSMTPPass"}) json.Member(name, "");
  json.Member("NewsMode", group.news_mode);
  json.Member("NewsCategory", group.news_category);
  json.Key("NewsLangs");
  json.BeginArray();
  for (const uint32_t language : group.news_languages) json.Element(language);
  json.EndArray();
  json.Member("MailMode", group.mail_mode);
}

void WriteMargin(const Group& group, JsonWriter& json) {
  json.Member("MarginMode", static_cast<int>(group.margin_mode));
  json.Member("MarginSOMode", static_cast<int>(group.stop_out_mode));
  json.Member("MarginFreeMode", static_cast<int>(group.free_margin_mode));
  json.Member("MarginCall", group.margin_call, 2);
  json.Member("MarginStopOut", group.stop_out, 2);
  json.Member("MarginFreeProfitMode", group.free_profit_mode);
  json.Member("MarginLeverageProfile", "");
}

void ReadGroupSymbols(const Fields& fields, Group& group) {
  if (!fields.IsArray("Symbols")) return;
  group.symbols.clear();
  for (const Fields& entry : fields.Objects("Symbols")) {
    GroupSymbol symbol;
    entry.Assign("Path", symbol.path);
    // "default" is no number and leaves the zero.
    entry.Assign("SpreadDiff", symbol.spread_diff);
    entry.Assign("SpreadDiffBalance", symbol.spread_diff_balance);
    const auto mode = entry.Unsigned("TradeMode");
    if (mode && *mode <= static_cast<uint64_t>(TradeMode::kFull)) {
      symbol.trade_mode = static_cast<TradeMode>(*mode);
    }
    if (!symbol.path.empty()) group.symbols.push_back(std::move(symbol));
  }
}

}  // namespace

void WriteGroup(const Group& group, JsonWriter& json) {
  json.BeginObject();
  json.Member("Group", group.name);
  json.Member("Server", group.server);
  json.Member("PermissionsFlags", group.permissions);
  json.Member("AuthMode", group.auth_mode);
  json.Member("AuthPasswordMin", group.password_min);
  json.Member("AuthOTPMode", group.otp_mode);
  WriteCompany(group, json);
  json.Member("Currency", group.currency);
  json.Member("CurrencyDigits", group.currency_digits);
  WriteReportsAndNews(group, json);
  json.Member("TradeFlags", group.trade_flags);
  json.Member("TradeTransferMode", group.transfer_mode);
  json.Member("TradeInterestrate", group.interest_rate, Fixed::kScale);
  json.Member("TradeVirtualCredit", group.virtual_credit, group.currency_digits);
  WriteMargin(group, json);
  json.Member("DemoLeverage", group.demo_leverage);
  json.Member("DemoDeposit", group.demo_deposit, group.currency_digits);
  json.Member("LimitHistory", group.limit_history);
  json.Member("LimitOrders", group.limit_orders);
  json.Member("LimitSymbols", group.limit_symbols);
  json.Member("LimitPositions", group.limit_positions);
  json.Member("LimitPositionsVolume", Fixed(), Fixed::kScale);
  json.Key("Commissions");
  json.BeginArray();
  for (const GroupCommission& commission : group.commissions) WriteCommission(commission, json);
  json.EndArray();
  json.Key("Symbols");
  json.BeginArray();
  for (const GroupSymbol& symbol : group.symbols) WriteGroupSymbol(symbol, json);
  json.EndArray();
  json.EndObject();
}

void ReadGroup(const Fields& fields, Group& group) {
  fields.Assign("Group", group.name);
  fields.Assign("Server", group.server);
  fields.Assign("PermissionsFlags", group.permissions);
  fields.Assign("AuthMode", group.auth_mode);
  fields.Assign("AuthPasswordMin", group.password_min);
  fields.Assign("AuthOTPMode", group.otp_mode);
  fields.Assign("Company", group.company);
  fields.Assign("CompanyPage", group.company_page);
  fields.Assign("CompanyEmail", group.company_email);
  fields.Assign("CompanySupportPage", group.company_support_page);
  fields.Assign("CompanySupportEmail", group.company_support_email);
  fields.Assign("CompanyCatalog", group.company_catalog);
  fields.Assign("Currency", group.currency);
  fields.Assign("CurrencyDigits", group.currency_digits);
  fields.Assign("ReportsMode", group.reports_mode);
  fields.Assign("ReportsFlags", group.reports_flags);
  fields.Assign("NewsMode", group.news_mode);
  fields.Assign("NewsCategory", group.news_category);
  if (fields.IsArray("NewsLangs")) {
    group.news_languages.clear();
    for (const std::string& text : fields.Elements("NewsLangs")) {
      const auto language = ParseUnsigned(text);
      if (language && std::in_range<uint32_t>(*language)) group.news_languages.push_back(*language);
    }
  }
  fields.Assign("MailMode", group.mail_mode);
  fields.Assign("TradeFlags", group.trade_flags);
  fields.Assign("TradeTransferMode", group.transfer_mode);
  fields.Assign("TradeInterestrate", group.interest_rate);
  fields.Assign("TradeVirtualCredit", group.virtual_credit);
  fields.Assign("MarginMode", group.margin_mode, MarginMode::kHedging);
  fields.Assign("MarginSOMode", group.stop_out_mode, StopOutMode::kMoney);
  fields.Assign("MarginFreeMode", group.free_margin_mode, FreeMarginMode::kLossOnly);
  fields.Assign("MarginCall", group.margin_call);
  fields.Assign("MarginStopOut", group.stop_out);
  fields.Assign("MarginFreeProfitMode", group.free_profit_mode);
  fields.Assign("DemoLeverage", group.demo_leverage);
  fields.Assign("DemoDeposit", group.demo_deposit);
  fields.Assign("LimitHistory", group.limit_history);
  fields.Assign("LimitOrders", group.limit_orders);
  fields.Assign("LimitSymbols", group.limit_symbols);
  fields.Assign("LimitPositions", group.limit_positions);
  ReadGroupSymbols(fields, group);
  if (!fields.IsArray("Commissions")) return;
  group.commissions.clear();
  for (const Fields& entry : fields.Objects("Commissions"))
    group.commissions.push_back(ReadCommission(entry));
}

}  // namespace mtsuite::mtsim

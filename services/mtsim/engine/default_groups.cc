#include <string_view>

#include "services/mtsim/engine/default_market.h"

namespace mtsuite::mtsim {
namespace {

Group MakeGroup(std::string_view name, std::string_view currency) {
  Group group;
  group.name = name;
  group.company = "Simulated Markets Ltd";
  group.company_page = "https://www.simulated-markets.example";
  group.company_email = "info@simulated-markets.example";
  group.company_support_page = "https://support.simulated-markets.example";
  group.company_support_email = "support@simulated-markets.example";
  group.currency = currency;
  group.margin_call = "100"_fx;
  group.stop_out = "50"_fx;
  group.limit_orders = 500;
  group.limit_positions = 1000;
  return group;
}

Group MakeDemo(std::string_view name, std::string_view currency) {
  Group group = MakeGroup(name, currency);
  group.demo_deposit = "10000"_fx;
  return group;
}

}  // namespace

std::vector<Group> DefaultGroups() {
  Group netting = MakeDemo("demo\\netting-usd", "USD");
  netting.margin_mode = MarginMode::kNetting;
  Group standard_usd = MakeGroup("real\\standard-usd", "USD");
  Group standard_eur = MakeGroup("real\\standard-eur", "EUR");
  for (Group* group : {&standard_usd, &standard_eur}) {
    group->leverage_max = 500;
    group->password_min = 10;
    group->stop_out = "30"_fx;
    group->symbols = {{.path = "Forex\\*", .spread_diff = 4, .spread_diff_balance = 2}};
  }
  Group managers = MakeGroup("managers\\administrators", "USD");
  managers.trade_flags = 0;
  managers.limit_positions = 0;
  managers.limit_orders = 0;
  return {MakeDemo("demo\\retail-usd", "USD"),
          MakeDemo("demo\\retail-eur", "EUR"),
          netting,
          standard_usd,
          standard_eur,
          managers};
}

}  // namespace mtsuite::mtsim

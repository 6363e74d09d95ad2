#include "services/mtsim/mt5/commission_json.h"

#include <utility>

namespace mtsuite::mtsim {
namespace {

void WriteTier(const CommissionTier& tier, JsonWriter& json) {
  json.BeginObject();
  json.Member("Mode", static_cast<int>(tier.unit));
  json.Member("Type", static_cast<int>(tier.per));
  json.Member("Value", tier.value, Fixed::kScale);
  json.Member("Minimal", tier.minimal, Fixed::kScale);
  json.Member("Maximal", tier.maximal, Fixed::kScale);
  json.Member("RangeFrom", tier.range_from, Fixed::kScale);
  json.Member("RangeTo", tier.range_to, Fixed::kScale);
  json.Member("Currency", tier.currency);
  json.EndObject();
}

CommissionTier ReadTier(const Fields& fields) {
  CommissionTier tier;
  fields.Assign("Mode", tier.unit, CommissionUnit::kPercentOfProfit);
  fields.Assign("Type", tier.per, CommissionPer::kLot);
  fields.Assign("Value", tier.value);
  fields.Assign("Minimal", tier.minimal);
  fields.Assign("Maximal", tier.maximal);
  fields.Assign("RangeFrom", tier.range_from);
  fields.Assign("RangeTo", tier.range_to);
  fields.Assign("Currency", tier.currency);
  return tier;
}

}  // namespace

void WriteCommission(const GroupCommission& commission, JsonWriter& json) {
  json.BeginObject();
  json.Member("Name", commission.name);
  json.Member("Description", commission.description);
  json.Member("Path", commission.path);
  json.Member("Mode", static_cast<int>(commission.mode));
  json.Member("RangeMode", static_cast<int>(commission.range));
  json.Member("ChargeMode", commission.charge_mode);
  json.Member("TurnoverCurrency", "");
  json.Member("EntryMode", static_cast<int>(commission.entry));
  json.Member("ActionMode", static_cast<int>(commission.action));
  json.Member("ProfitMode", static_cast<int>(commission.profit));
  json.Member("ReasonMode", commission.reasons);
  json.Key("Tiers");
  json.BeginArray();
  for (const CommissionTier& tier : commission.tiers) WriteTier(tier, json);
  json.EndArray();
  json.EndObject();
}

GroupCommission ReadCommission(const Fields& fields) {
  GroupCommission commission;
  fields.Assign("Name", commission.name);
  fields.Assign("Description", commission.description);
  fields.Assign("Path", commission.path);
  fields.Assign("Mode", commission.mode, CommissionMode::kFee);
  fields.Assign("RangeMode", commission.range, CommissionRange::kValue);
  fields.Assign("ChargeMode", commission.charge_mode);
  fields.Assign("EntryMode", commission.entry, CommissionEntry::kOut);
  fields.Assign("ActionMode", commission.action, CommissionAction::kSell);
  fields.Assign("ProfitMode", commission.profit, CommissionProfit::kLoss);
  fields.Assign("ReasonMode", commission.reasons);
  for (const Fields& tier : fields.Objects("Tiers")) commission.tiers.push_back(ReadTier(tier));
  return commission;
}

}  // namespace mtsuite::mtsim

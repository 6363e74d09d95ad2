#include "services/mtsim/engine/commission.h"

#include <algorithm>
#include <optional>

#include "services/mtsim/engine/mask.h"

namespace mtsuite::mtsim {
namespace {

// Lots of the deal that the commission applies to.
Fixed ChargedVolume(const Deal& deal, CommissionEntry entry) {
  if (deal.entry == DealEntry::kOutBy) return Fixed();
  switch (entry) {
    case CommissionEntry::kAll:
      return deal.volume;
    case CommissionEntry::kIn:
      return deal.volume - deal.volume_closed;
    case CommissionEntry::kOut:
      return deal.volume_closed;
  }
  return Fixed();
}

// The bits of the platform's reason mask; reasons that the mask cannot name are charged by masks of all.
uint32_t ReasonBit(TradeReason reason) {
  switch (reason) {
    case TradeReason::kClient:
      return 0x1;
    case TradeReason::kExpert:
      return 0x2;
    case TradeReason::kDealer:
      return 0x4;
    case TradeReason::kMobile:
      return 0x10;
    case TradeReason::kWeb:
      return 0x20;
    default:
      return 0;
  }
}

bool Applies(const GroupCommission& commission, const Deal& deal) {
  if (!SymbolMaskList(commission.path).Matches(deal.symbol->name, deal.symbol->path)) return false;
  if (commission.reasons != 0 && (commission.reasons & ReasonBit(deal.reason)) == 0) return false;
  if (commission.action == CommissionAction::kBuy && deal.action != DealAction::kBuy) return false;
  if (commission.action == CommissionAction::kSell && deal.action != DealAction::kSell) return false;
  if (commission.profit == CommissionProfit::kProfit && !deal.profit.IsPositive()) return false;
  return commission.profit != CommissionProfit::kLoss || deal.profit.IsNegative();
}

const CommissionTier* TierFor(const GroupCommission& commission, Fixed size) {
  const auto found = std::ranges::find_if(commission.tiers, [size](const CommissionTier& tier) {
    return size >= tier.range_from && (tier.range_to.IsZero() || size <= tier.range_to);
  });
  return found == commission.tiers.end() ? nullptr : &*found;
}

// A share of an amount of the deal, for the part of its volume that is charged.
Fixed PercentOf(Fixed amount, Fixed percent, Fixed charged, Fixed volume) {
  return Multiply(Divide(Multiply(amount, percent), Fixed::FromInteger(100)), Divide(charged, volume));
}

// Deposit currency, not rounded.
std::optional<Fixed> Charge(const CommissionTier& tier, const Deal& deal, Fixed charged, const Group& group,
                            const CurrencyConverter& converter) {
  const Symbol& symbol = *deal.symbol;
  Fixed amount = tier.per == CommissionPer::kLot ? Multiply(tier.value, charged) : tier.value;
  std::string_view currency = group.currency;
  switch (tier.unit) {
    case CommissionUnit::kDepositCurrency:
      return amount;
    case CommissionUnit::kPercent:
      return PercentOf(deal.value.Abs(), tier.value, charged, deal.volume);
    case CommissionUnit::kPercentOfProfit:
      return PercentOf(deal.profit.Abs(), tier.value, charged, deal.volume);
    case CommissionUnit::kBaseCurrency:
      currency = symbol.currency_base;
      break;
    case CommissionUnit::kProfitCurrency:
      currency = symbol.currency_profit;
      break;
    case CommissionUnit::kMarginCurrency:
      currency = symbol.currency_margin;
      break;
    case CommissionUnit::kPoints:
      // So many points of the volume.
      amount = Multiply(Multiply(tier.value, symbol.point()), symbol.contract_size, charged);
      currency = symbol.currency_profit;
      break;
    case CommissionUnit::kSpecifiedCurrency:
      currency = tier.currency;
      break;
  }
  const std::optional<Rate> rate = converter.Find(currency, group.currency, Side::kBuy);
  if (!rate.has_value()) return std::nullopt;
  return rate->Convert(amount, group.currency_digits);
}

}  // namespace

Commission CommissionOf(const Deal& deal, const Group& group, const CurrencyConverter& converter) {
  Commission total;
  for (const GroupCommission& commission : group.commissions) {
    const Fixed charged = ChargedVolume(deal, commission.entry);
    if (!charged.IsPositive() || !Applies(commission, deal)) continue;
    const CommissionTier* tier =
        TierFor(commission, commission.range == CommissionRange::kVolume ? charged : deal.value.Abs());
    if (tier == nullptr) continue;
    std::optional<Fixed> charge = Charge(*tier, deal, charged, group, converter);
    if (!charge.has_value()) continue;
    if (tier->minimal.IsPositive()) charge = std::max(*charge, tier->minimal);
    if (tier->maximal.IsPositive()) charge = std::min(*charge, tier->maximal);
    (commission.mode == CommissionMode::kFee ? total.fee : total.commission) -=
        charge->Round(group.currency_digits);
  }
  return total;
}

}  // namespace mtsuite::mtsim

#include "services/mtsim/engine/group_book.h"

#include <algorithm>
#include <memory>

#include "common/strings/view.h"
#include "services/mtsim/engine/mask.h"
#include "services/mtsim/engine/password.h"

namespace mtsuite::mtsim {
namespace {

constexpr size_t kCommissionsMax = 64;
constexpr size_t kTiersMax = 64;

bool HasSupportedCharge(const GroupCommission& commission) {
  constexpr uint32_t kInstant = 2;
  return commission.charge_mode == kInstant && commission.mode != CommissionMode::kAgent &&
         (commission.range == CommissionRange::kVolume || commission.range == CommissionRange::kValue) &&
         commission.tiers.size() <= kTiersMax;
}

bool IsValid(const Group& group) {
  // Masks could not name a group with these characters.
  const bool valid_name =
      !group.name.empty() && group.name.size() <= 255 && group.name.find_first_of(",*!") == std::string::npos;
  return valid_name && !group.currency.empty() && group.currency.size() <= 31 && group.currency_digits >= 0 &&
         group.currency_digits <= Fixed::kScale && group.password_min >= 0 &&
         group.password_min <= kPasswordLengthMax && !group.margin_call.IsNegative() &&
         !group.stop_out.IsNegative() && group.leverage_max >= 0 && group.demo_leverage >= 0 &&
         group.commissions.size() <= kCommissionsMax &&
         std::ranges::all_of(group.commissions, HasSupportedCharge);
}

}  // namespace

Result<const Group*> GroupBook::Put(Group group) {
  if (!IsValid(group)) return Retcode::kInvalidParameters;
  const auto found = groups_.find(group.name);
  if (found != groups_.end()) {
    *found->second = std::move(group);
    return static_cast<const Group*>(found->second.get());
  }
  if (groups_.size() >= kGroupsMax) return Retcode::kConfigLimit;
  auto owned = std::make_unique<Group>(std::move(group));
  Group* const stored = owned.get();
  groups_.emplace(stored->name, std::move(owned));
  order_.push_back(stored);
  return static_cast<const Group*>(stored);
}

Retcode GroupBook::Delete(std::string_view name) {
  const auto found = groups_.find(AbslView(name));
  if (found == groups_.end()) return Retcode::kNotFound;
  std::erase(order_, found->second.get());
  groups_.erase(found);
  return Retcode::kDone;
}

const Group* GroupBook::Find(std::string_view name) const {
  const auto found = groups_.find(AbslView(name));
  return found == groups_.end() ? nullptr : found->second.get();
}

const Group* GroupBook::At(size_t index) const { return index < order_.size() ? order_[index] : nullptr; }

std::vector<const Group*> GroupBook::Select(std::string_view masks) const {
  const MaskList list(masks);
  std::vector<const Group*> selected;
  for (const Group* group : order_) {
    if (list.Matches(group->name)) selected.push_back(group);
  }
  return selected;
}

}  // namespace mtsuite::mtsim

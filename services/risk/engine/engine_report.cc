#include <cstddef>
#include <utility>

#include "services/risk/engine/engine.h"

namespace mtsuite::risk {

void Engine::AddPoint(Account& account) {
  const Tracker& tracker = *account.tracker;
  const PathPoint point{tracker.state().time, tracker.equity(), tracker.state().balance};
  if (account.path.size() < kMaxPathPoints) {
    account.path.push_back(point);
    return;
  }
  account.path[account.path_next] = point;
  account.path_next = (account.path_next + 1) % kMaxPathPoints;
}

void Engine::Report(AccountId id, const Tick* tick, Detections& detections) {
  const Account& account = *accounts_[id];
  const Tracker& tracker = *account.tracker;
  for (Finding& finding : findings_) {
    Detection& detection = detections.emplace_back();
    detection.account = id;
    detection.login = account.spec.login;
    detection.rule_set = tracker.rules().name;
    detection.rule_set_version = tracker.rules().version;
    detection.balance = tracker.state().balance;
    detection.credit = tracker.state().credit;
    detection.floating = tracker.state().floating;
    detection.equity = tracker.equity();
    if (tick != nullptr) {
      detection.tick = *tick;
      detection.tick_symbol = market_.symbol(tick->symbol).name;
    }
    detection.finding = std::move(finding);
    if (detection.finding.kind != Finding::kBreach) continue;
    detection.state = tracker.state();
    for (const Position& position : account.positions) {
      detection.positions.push_back({position, market_.symbol(position.symbol).name,
                                     ValueOf(market_, position, account.spec.currency_digits)});
    }
    const auto oldest = account.path.begin() + static_cast<std::ptrdiff_t>(account.path_next);
    detection.path.assign(oldest, account.path.end());
    detection.path.insert(detection.path.end(), account.path.begin(), oldest);
  }
  findings_.clear();
}

size_t Engine::MemoryBytes() const {
  size_t bytes = estimates_.MemoryBytes() + accounts_.capacity() * sizeof(accounts_[0]);
  for (const std::unique_ptr<Account>& account : accounts_) {
    if (account == nullptr) continue;
    bytes += sizeof(Account) + account->positions.capacity() * sizeof(Position) +
             account->path.capacity() * sizeof(PathPoint);
    const State& state = account->tracker->state();
    bytes += state.rules.capacity() * sizeof(RuleState) +
             state.holdings.symbols.capacity() * sizeof(Holdings::Symbol);
  }
  return bytes + due_.size() * sizeof(Due);
}

}  // namespace mtsuite::risk

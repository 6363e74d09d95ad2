#include "services/connector/commands/symbol_cache.h"

#include "common/status/error.h"
#include "services/connector/base/order_errors.h"

namespace mtsuite::connector {

using quotes::v1::Symbol;

void SymbolCache::Find(const std::string& symbol, const std::string& group, absl::Time deadline,
                       Done<Symbol> done) {
  std::shared_ptr<const Symbol> known;
  {
    absl::MutexLock lock(&mutex_);
    const auto found = entries_.find({symbol, group});
    if (found != entries_.end() && scheduler_.MonotonicNow() - found->second.read_at < max_age_) {
      known = found->second.symbol;
    }
  }
  if (known != nullptr) return done(*known);
  server_.GetSymbol(
      symbol, group, deadline,
      [weak = weak_from_this(), symbol, group, done = std::move(done)](absl::StatusOr<Symbol> read) mutable {
        if (GetErrorReason(read.status()) == type::v1::SYMBOL_NOT_FOUND) {
          return done(order_errors::SymbolNotFound(symbol));
        }
        if (!read.ok()) return done(WithOutcome(read.status(), type::v1::NOT_SENT));
        if (const auto self = weak.lock()) {
          absl::MutexLock lock(&self->mutex_);
          if (self->entries_.size() >= kEntriesMax) self->entries_.clear();
          self->entries_[{symbol, group}] = {std::make_shared<const Symbol>(*read),
                                             self->scheduler_.MonotonicNow()};
        }
        done(*std::move(read));
      });
}

}  // namespace mtsuite::connector

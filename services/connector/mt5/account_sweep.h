#ifndef SERVICES_CONNECTOR_MT5_ACCOUNT_SWEEP_H_
#define SERVICES_CONNECTOR_MT5_ACCOUNT_SWEEP_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "services/connector/mt5/calls/call_context.h"
#include "services/connector/trade_server.h"

namespace mtsuite::connector::mt5 {

// Reads all accounts of a server once, in portions, and tells them. Keeps itself alive until it is done.
class AccountSweep : public std::enable_shared_from_this<AccountSweep> {
 public:
  // `observer` must outlive the sweep. `done` is called once; OK when every portion was read.
  AccountSweep(const CallContext& context, const Mt5Options& options, TradeServerObserver& observer,
               DoneStatus done)
      : context_(context), options_(options), observer_(observer), done_(std::move(done)) {}

  void Start();

 private:
  void OnLogins(absl::StatusOr<std::vector<int64_t>> logins);
  void ReadNext();
  absl::Time Deadline() const { return context_.clock.TimeNow() + options_.poll_timeout; }

  const CallContext context_;
  const Mt5Options& options_;
  TradeServerObserver& observer_;
  DoneStatus done_;
  absl::Time started_;
  std::vector<int64_t> logins_;
  size_t next_ = 0;
};

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_ACCOUNT_SWEEP_H_

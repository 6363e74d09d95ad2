#ifndef SERVICES_CONNECTOR_COMMANDS_TRADE_COMMANDS_H_
#define SERVICES_CONNECTOR_COMMANDS_TRADE_COMMANDS_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/clock/clock.h"
#include "services/connector/base/scheduler.h"
#include "services/connector/commands/group_cache.h"
#include "services/connector/commands/order_commands.h"
#include "services/connector/commands/symbol_cache.h"
#include "services/connector/directory/directory.h"
#include "services/connector/directory/login_allocator.h"
#include "services/connector/journal/commands.h"
#include "services/connector/trade_server.h"

namespace mtsuite::connector {

// The journal's commands on a TradeServer: the checks before, the sending, and the search for traces
// afterwards. Thread-safe; calls in progress keep it alive.
class TradeCommands final : public Commands, public std::enable_shared_from_this<TradeCommands> {
 public:
  struct Options {
    std::string server;
    // Traces are looked for from this long before the operation was recorded: covers any difference of clocks
    // and zones.
    absl::Duration search_margin = absl::Hours(24);
    // Deals read in one search before it is given up as failed.
    int64_t search_deals_max = 200'000;
  };
  // What it works with; all outlive it.
  struct Tools {
    Clock& clock;
    Scheduler& scheduler;
    TradeServer& server;
    const Directory& directory;
    LoginAllocator& logins;
    GroupCache& groups;
    SymbolCache& symbols;
    const TickHub& ticks;
    // Told about accounts that own mutations changed or deleted, before their callers are.
    std::function<void(const accounts::v1::Account&)> on_account;
    std::function<void(int64_t login)> on_deleted;
    // Whether this process owns the server; always when unset.
    std::function<bool()> may_send;
  };

  static std::shared_ptr<TradeCommands> Create(const Options& options, const Tools& tools);

  // Whether mutations may be sent: the server is connected and this process owns it. False at first.
  void SetAvailable(bool available, const std::string& why) ABSL_LOCKS_EXCLUDED(mutex_);

  absl::Status CheckAvailable() const override ABSL_LOCKS_EXCLUDED(mutex_);
  void Prepare(const OperationRecord& record, const Command& command, absl::Time deadline,
               Done<Preparation> done) override;
  void Send(const OperationRecord& record, const Command& command, absl::Time deadline,
            Done<OperationResult> done) override;
  void Search(const OperationRecord& record, const Command& command, absl::Time deadline,
              Done<Evidence> done) override;
  void Resume(const OperationRecord& record) override;
  void Release(const OperationRecord& record) override;

  // Whether a booking would find the money it takes, as far as can be told now. For dry runs: the trading
  // server decides.
  void CheckFunds(const Command& command, absl::Time deadline, DoneStatus done);

  // The commands that trade.
  OrderCommands& orders() { return *orders_; }

 private:
  TradeCommands(const Options& options, const Tools& tools);

  // prepare.cc
  void PrepareCreate(const OperationRecord& record, const Command& command, absl::Time deadline,
                     Done<Preparation> done);
  void ChooseLogin(const OperationRecord& record, int tries, absl::Time deadline, Done<Preparation> done);
  void PrepareUpdate(const OperationRecord& record, absl::Time deadline, Done<Preparation> done);
  void PrepareDelete(const OperationRecord& record, absl::Time deadline, Done<Preparation> done);
  void PreparePassword(const OperationRecord& record, const Command& command, absl::Time deadline,
                       Done<Preparation> done);
  void NotePasswordTime(const OperationRecord& record, const accounts::v1::Account& account,
                        Done<Preparation> done);
  void PrepareBooking(const OperationRecord& record, absl::Time deadline, Done<Preparation> done);
  void CheckDigits(const OperationRecord& record, const std::string& group, absl::Time deadline,
                   Done<Preparation> done);
  // search.cc
  void SearchCreated(const OperationRecord& record, absl::Time deadline, Done<Evidence> done);
  void SearchUpdated(const OperationRecord& record, absl::Time deadline, Done<Evidence> done);
  void SearchDeleted(const OperationRecord& record, absl::Time deadline, Done<Evidence> done);
  void SearchPassword(const OperationRecord& record, const Command& command, absl::Time deadline,
                      Done<Evidence> done);
  void SearchPasswordTime(const OperationRecord& record, absl::Time deadline, Done<Evidence> done);
  void SearchDeals(const OperationRecord& record, int64_t offset, absl::Time deadline, Done<Evidence> done);

  const Options options_;
  const Tools tools_;
  const std::shared_ptr<OrderCommands> orders_;

  mutable absl::Mutex mutex_;
  bool available_ ABSL_GUARDED_BY(mutex_) = false;
  std::string why_not_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_COMMANDS_TRADE_COMMANDS_H_

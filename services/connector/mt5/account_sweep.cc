#include "services/connector/mt5/account_sweep.h"

#include <algorithm>
#include <utility>

#include "services/connector/mt5/calls/account_reads.h"
#include "services/connector/mt5/commands/user_commands.h"

namespace mtsuite::connector::mt5 {
namespace {

constexpr int kNotFound = 13;

}  // namespace

void AccountSweep::Start() {
  started_ = context_.clock.TimeNow();
  Request request = ListLogins(options_.group_mask);
  const CommandContext command = request.context;
  context_.pool.Call(
      ConnectionPool::Lane::kPoll, std::move(request), Deadline(),
      [self = shared_from_this(), command](absl::StatusOr<Answer> answer) {
        // A server without accounts in these groups.
        const bool none = answer.ok() && answer->retcode == kNotFound;
        self->OnLogins(none ? std::vector<int64_t>() : ReadResult(answer, command, &ParseLogins));
      });
}

void AccountSweep::OnLogins(absl::StatusOr<std::vector<int64_t>> logins) {
  if (!logins.ok()) return done_(logins.status());
  logins_ = *std::move(logins);
  ReadNext();
}

void AccountSweep::ReadNext() {
  if (next_ >= logins_.size()) {
    observer_.OnAllLogins(logins_, started_);
    return done_(absl::OkStatus());
  }
  const size_t end = std::min(logins_.size(), next_ + static_cast<size_t>(std::max(options_.sweep_chunk, 1)));
  const std::vector<int64_t> portion(logins_.begin() + static_cast<ptrdiff_t>(next_),
                                     logins_.begin() + static_cast<ptrdiff_t>(end));
  next_ = end;
  PollAccounts(context_, portion, Deadline(),
               [self = shared_from_this()](absl::StatusOr<std::vector<accounts::v1::Account>> accounts) {
                 if (!accounts.ok()) return self->done_(accounts.status());
                 if (!accounts->empty()) self->observer_.OnAccounts(*accounts);
                 self->ReadNext();
               });
}

}  // namespace mtsuite::connector::mt5

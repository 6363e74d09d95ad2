#ifndef SERVICES_CONNECTOR_MT5_CALLS_HISTORY_READER_H_
#define SERVICES_CONNECTOR_MT5_CALLS_HISTORY_READER_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/connector/mt5/calls/call_context.h"
#include "services/connector/mt5/commands/deal_commands.h"
#include "services/connector/trade_server.h"

namespace mtsuite::connector::mt5 {

// One page of a caller's query of past records, put together from the server's smaller ones. The server
// counts in whole seconds and in its own order of time and ticket; records of the first second that lie
// before the caller's start are counted first, and skipped. Keeps itself alive until it is done.
//
// `Traits` says what is read: the record `Item`, the request `Page(login, span, offset, count)` of at most
// `kMaxPage`, how its answer is read, and a record's time.
template <typename Traits>
class HistoryReader : public std::enable_shared_from_this<HistoryReader<Traits>> {
 public:
  using Item = typename Traits::Item;
  // The records, and whether none of the span follows.
  using DonePage = absl::AnyInvocable<void(absl::StatusOr<std::pair<std::vector<Item>, bool>>)>;

  static void Read(const CallContext& context, const DealQuery& query, absl::Time deadline, DonePage done) {
    const std::shared_ptr<HistoryReader> reader(new HistoryReader(context, query, deadline, std::move(done)));
    reader->Start();
  }

 private:
  static constexpr int64_t kOpenEnd = 0x7FFF'FFFF;

  HistoryReader(const CallContext& context, const DealQuery& query, absl::Time deadline, DonePage done)
      : context_(context), query_(query), deadline_(deadline), done_(std::move(done)) {
    span_.from = std::max<int64_t>(0, context.time.FromUtc(Floor(query.start)));
    // The last second whose meaning lies before the end, be it in part.
    span_.to = query.end == absl::InfiniteFuture() ? kOpenEnd
                                                   : std::min(kOpenEnd, context.time.FromUtc(query.end) - 1);
    next_ = query.offset;
  }

  static absl::Time Floor(absl::Time time) {
    return absl::UnixEpoch() + absl::Floor(time - absl::UnixEpoch(), absl::Seconds(1));
  }

  void Start() {
    if (query_.end <= query_.start || query_.limit < 1) return Finish(true);
    if (Floor(query_.start) == query_.start) return ReadPage();
    SkipFirstSecond(0);
  }

  void Ask(const ServerSpan& span, int64_t offset, int32_t count,
           absl::AnyInvocable<void(std::vector<Item>)> then) {
    Request request = Traits::Page(query_.login, span, offset, count);
    const CommandContext command = request.context;
    context_.pool.Call(ConnectionPool::Lane::kCommand, std::move(request), deadline_,
                       [self = this->shared_from_this(), command,
                        then = std::move(then)](absl::StatusOr<Answer> answer) mutable {
                         absl::StatusOr<std::vector<Item>> items = ReadResult(
                             answer, command,
                             [&](const Answer& a) { return Traits::Parse(a, self->context_.time); });
                         if (!items.ok()) return self->done_(items.status());
                         then(*std::move(items));
                       });
  }

  void SkipFirstSecond(int64_t offset) {
    Ask({span_.from, span_.from}, offset, Traits::kMaxPage,
        [self = this->shared_from_this(), offset](const std::vector<Item>& items) {
          for (const Item& item : items) self->next_ += Traits::TimeOf(item) < self->query_.start;
          if (items.size() < static_cast<size_t>(Traits::kMaxPage)) return self->ReadPage();
          self->SkipFirstSecond(offset + Traits::kMaxPage);
        });
  }

  void ReadPage() {
    const int32_t missing = query_.limit - static_cast<int32_t>(page_.size());
    const int32_t count = std::min(missing, Traits::kMaxPage);
    Ask(span_, next_, count, [self = this->shared_from_this(), count](std::vector<Item> items) {
      self->OnPage(std::move(items), count);
    });
  }

  void OnPage(std::vector<Item> items, int32_t asked) {
    if (items.size() > static_cast<size_t>(asked)) items.resize(static_cast<size_t>(asked));
    next_ += static_cast<int64_t>(items.size());
    for (Item& item : items) {
      // Only the last second can reach beyond the end.
      if (Traits::TimeOf(item) >= query_.end) return Finish(true);
      page_.push_back(std::move(item));
    }
    if (items.size() < static_cast<size_t>(asked)) return Finish(true);
    if (page_.size() >= static_cast<size_t>(query_.limit)) return Finish(false);
    ReadPage();
  }

  void Finish(bool end_reached) { done_(std::make_pair(std::move(page_), end_reached)); }

  const CallContext context_;
  const DealQuery query_;
  const absl::Time deadline_;
  DonePage done_;
  ServerSpan span_;
  int64_t next_ = 0;
  std::vector<Item> page_;
};

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_CALLS_HISTORY_READER_H_

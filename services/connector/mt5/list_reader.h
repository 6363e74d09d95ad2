#ifndef SERVICES_CONNECTOR_MT5_LIST_READER_H_
#define SERVICES_CONNECTOR_MT5_LIST_READER_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/strings/view.h"
#include "services/connector/mt5/call_errors.h"
#include "services/connector/mt5/commands/config_commands.h"
#include "services/connector/mt5/commands/symbol_commands.h"
#include "services/connector/mt5/connection_pool.h"

namespace mtsuite::connector::mt5 {

// Reads a list that the server gives out one item at a time by index (groups, symbols), several at once.
// Items that disappear meanwhile are left out. Keeps itself alive until `done` was called.
template <typename Item>
class ListReader : public std::enable_shared_from_this<ListReader<Item>> {
 public:
  struct Commands {
    Request count;
    Request (*at)(int64_t index);
    absl::StatusOr<Item> (*parse)(const Answer& answer);
  };
  using DoneItems = absl::AnyInvocable<void(absl::StatusOr<std::vector<Item>>)>;

  static void Read(ConnectionPool& pool, ConnectionPool::Lane lane, Commands commands, absl::Time deadline,
                   DoneItems done) {
    const std::shared_ptr<ListReader> reader(new ListReader(pool, lane, std::move(commands), deadline));
    reader->done_ = std::move(done);
    reader->Count();
  }

 private:
  // Items asked for at the same time.
  static constexpr int kWindow = 16;
  static constexpr int kNotFound = 13;

  ListReader(ConnectionPool& pool, ConnectionPool::Lane lane, Commands commands, absl::Time deadline)
      : pool_(pool), lane_(lane), commands_(std::move(commands)), deadline_(deadline) {}

  void Count() {
    pool_.Call(lane_, commands_.count, deadline_,
               [self = this->shared_from_this()](absl::StatusOr<Answer> answer) {
                 absl::StatusOr<int64_t> count =
                     self->template Read<int64_t>(answer, self->commands_.count, &ParseCount);
                 if (!count.ok()) return self->Finish(count.status());
                 self->items_.resize(*count);
                 if (*count == 0) return self->Finish(absl::OkStatus());
                 for (int i = 0; i < kWindow; ++i) self->Next();
               });
  }

  void Next() {
    if (next_ >= static_cast<int64_t>(items_.size())) return;
    const int64_t index = next_++;
    ++open_;
    pool_.Call(lane_, commands_.at(index), deadline_,
               [self = this->shared_from_this(), index](absl::StatusOr<Answer> answer) {
                 --self->open_;
                 self->OnItem(index, answer);
               });
  }

  void OnItem(int64_t index, const absl::StatusOr<Answer>& answer) {
    if (done_ == nullptr) return;
    if (!answer.ok() || answer->retcode != kNotFound) {
      absl::StatusOr<Item> item = Read<Item>(answer, commands_.at(index), commands_.parse);
      if (!item.ok()) return Finish(item.status());
      items_[index] = *std::move(item);
    }
    Next();
    if (open_ == 0) Finish(absl::OkStatus());
  }

  template <typename T>
  absl::StatusOr<T> Read(const absl::StatusOr<Answer>& answer, const Request& request,
                         absl::StatusOr<T> (*parse)(const Answer&)) {
    if (!answer.ok()) return answer.status();
    absl::Status status = StatusOfRetcode(answer->retcode, answer->retcode_text, request.context);
    if (!status.ok()) return status;
    absl::StatusOr<T> value = parse(*answer);
    if (!value.ok()) return UnreadableAnswer(StdView(value.status().message()), request.context);
    return value;
  }

  void Finish(const absl::Status& status) {
    DoneItems done = std::exchange(done_, nullptr);
    if (!status.ok()) return done(status);
    std::vector<Item> found;
    for (std::optional<Item>& item : items_) {
      if (item) found.push_back(*std::move(item));
    }
    done(std::move(found));
  }

  ConnectionPool& pool_;
  const ConnectionPool::Lane lane_;
  const Commands commands_;
  const absl::Time deadline_;
  DoneItems done_;
  std::vector<std::optional<Item>> items_;
  int64_t next_ = 0;
  int open_ = 0;
};

inline void ReadGroups(ConnectionPool& pool, ConnectionPool::Lane lane, absl::Time deadline,
                       ListReader<accounts::v1::Group>::DoneItems done) {
  ListReader<accounts::v1::Group>::Read(pool, lane, {CountGroups(), &GetGroupAt, &ParseGroup}, deadline,
                                        std::move(done));
}

// `time` must outlive the reading.
inline void ReadSymbols(ConnectionPool& pool, ConnectionPool::Lane lane, const ServerTime& time,
                        absl::Time deadline, ListReader<quotes::v1::Symbol>::DoneItems done) {
  ListReader<SymbolRecord>::Read(
      pool, lane, {CountSymbols(), &GetSymbolAt, &ParseSymbol}, deadline,
      [&time, done = std::move(done)](absl::StatusOr<std::vector<SymbolRecord>> records) mutable {
        if (!records.ok()) return done(records.status());
        std::vector<quotes::v1::Symbol> symbols;
        for (SymbolRecord& record : *records) symbols.push_back(FinishSymbol(std::move(record), time));
        done(std::move(symbols));
      });
}

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_LIST_READER_H_

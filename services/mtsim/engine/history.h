#ifndef SERVICES_MTSIM_ENGINE_HISTORY_H_
#define SERVICES_MTSIM_ENGINE_HISTORY_H_

#include <algorithm>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "services/mtsim/engine/server_time.h"

namespace mtsuite::mtsim {

// An append-only log of records (deals, closed orders) with the look-ups that the platform offers: by ticket,
// by login within a time window with total and pages, and over all logins within a window. Results are
// ordered by time, then ticket. `Record` has ticket(), history_time() and a member login. Records may be
// added with times in the past. A look-up costs O(log n) plus the size of its answer. Not thread-safe;
// pointers stay valid for ever.
template <typename Record>
class History {
 public:
  // Tickets must be unique.
  const Record& Add(Record record) {
    const Record& stored = records_.emplace_back(std::move(record));
    by_ticket_.emplace(stored.ticket(), &stored);
    const Key key{absl::ToUnixMillis(stored.history_time()), stored.ticket()};
    Keys& keys = by_login_[stored.login];
    // Nearly always at the end.
    keys.insert(std::upper_bound(keys.begin(), keys.end(), key), key);
    by_time_.insert(key);
    return stored;
  }

  // Null when there is none.
  const Record* Find(uint64_t ticket) const {
    const auto found = by_ticket_.find(ticket);
    return found == by_ticket_.end() ? nullptr : found->second;
  }

  // How many records of `login` lie in `window`.
  size_t Count(uint64_t login, const TimeWindow& window) const { return Range(login, window).size(); }

  // The records of `login` in `window`, `limit` of them from `offset` on.
  std::vector<const Record*> Page(uint64_t login, const TimeWindow& window, size_t offset,
                                  size_t limit) const {
    absl::Span<const Key> range = Range(login, window);
    range.remove_prefix(std::min(offset, range.size()));
    std::vector<const Record*> page;
    page.reserve(std::min(limit, range.size()));
    for (const Key& key : range.subspan(0, limit)) page.push_back(Find(key.second));
    return page;
  }

  // All records of `login` in `window`.
  std::vector<const Record*> All(uint64_t login, const TimeWindow& window) const {
    return Page(login, window, 0, SIZE_MAX);
  }

  // Calls `visit` with the records of all logins in `window` until it returns false.
  void Scan(const TimeWindow& window, absl::FunctionRef<bool(const Record&)> visit) const {
    const Key last = LastKey(window);
    for (auto it = by_time_.lower_bound(FirstKey(window)); it != by_time_.end() && *it <= last; ++it) {
      if (!visit(*Find(it->second))) return;
    }
  }

  // Forgets which records belong to `login`; they stay readable by ticket and in Scan. For a deleted account,
  // whose login may be given to another one.
  void Detach(uint64_t login) { by_login_.erase(login); }

  size_t size() const { return records_.size(); }
  // In the order of addition.
  const std::deque<Record>& records() const { return records_; }

 private:
  // Milliseconds and ticket.
  using Key = std::pair<int64_t, uint64_t>;
  using Keys = std::vector<Key>;

  static Key FirstKey(const TimeWindow& window) { return {absl::ToUnixMillis(window.from), 0}; }
  static Key LastKey(const TimeWindow& window) { return {absl::ToUnixMillis(window.to), UINT64_MAX}; }

  absl::Span<const Key> Range(uint64_t login, const TimeWindow& window) const {
    const auto found = by_login_.find(login);
    if (found == by_login_.end()) return {};
    const Keys& keys = found->second;
    const auto begin = std::lower_bound(keys.begin(), keys.end(), FirstKey(window));
    const auto end = std::upper_bound(begin, keys.end(), LastKey(window));
    return absl::MakeConstSpan(keys).subspan(begin - keys.begin(), end - begin);
  }

  std::deque<Record> records_;
  absl::flat_hash_map<uint64_t, const Record*> by_ticket_;
  absl::flat_hash_map<uint64_t, Keys> by_login_;
  absl::btree_set<Key> by_time_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_HISTORY_H_

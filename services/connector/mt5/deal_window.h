#ifndef SERVICES_CONNECTOR_MT5_DEAL_WINDOW_H_
#define SERVICES_CONNECTOR_MT5_DEAL_WINDOW_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "absl/container/flat_hash_set.h"

namespace mtsuite::connector::mt5 {

// Decides which span of deals to ask for next, and which of the answered ones are new. Pure: all times are
// wall clock seconds of the trading server (see ServerTime), given by the caller.
//
// Spans begin a little before the newest deal seen, because a deal may become visible after one of a later
// second: how far is the caller's choice, so that frequent questions can be cheap. They have no end, so the
// server's clock may be ahead of ours. While the window lags behind (after a long time without connection) it
// goes forward in slices, so that no answer is unreasonably large; the slice adapts.
class DealWindow {
 public:
  struct Options {
    // Seconds that a span looks back from the second of the newest deal, by its reach.
    int64_t overlap = 2;
    int64_t deep_overlap = 300;
    // A deep span does not reach further than this many deals, so that its answer is never very large.
    size_t deep_deals_max = 10'000;
    int64_t first_slice = 3'600;    // Seconds.
    int64_t max_slice = 2'592'000;  // Seconds.
    // Tickets; the oldest are forgotten first, and may then be told twice.
    size_t remembered_max = 500'000;
  };
  struct Span {
    int64_t from = 0;  // Both included.
    int64_t to = 0;
  };
  // kNear: from the second of the newest deal.
  enum class Reach { kNear, kUsual, kDeep };

  // Watches deals of `since` and later.
  DealWindow(int64_t since, const Options& options);

  // The span to ask for when the server's wall clock shows about `now`. That clock may go back (autumn):
  // spans then start where it stands, not where deals were seen last.
  Span Next(int64_t now, Reach reach) const;

  // Whether Next(now, …) does not reach the present yet, so that the next span should be asked for at once.
  bool Lags(int64_t now) const;

  // Says whether a deal of this ticket and time is new, and remembers it.
  bool IsNew(int64_t ticket, int64_t time);

  // `span`, given by Next at `now`, was answered in full with `deal_count` deals, each of which went through
  // IsNew.
  void Answered(const Span& span, int64_t now, size_t deal_count);

  // Deals after those of the spans are known by other means, and went through IsNew: spans begin there now.
  void Advance() { position_ = std::max(position_, newest_); }

  // The span that Next gave at `now` could not be answered, perhaps because it holds too much: the next ones
  // have an end and are shorter, until they reach the present again.
  void Failed(int64_t now);

  // The latest second of a deal that IsNew was asked about; 0 before the first.
  int64_t newest() const { return newest_; }
  size_t remembered() const { return seen_.size(); }
  int64_t slice() const { return slice_; }

 private:
  // The latest end of a slice.
  int64_t Horizon(int64_t now) const;
  void Forget(int64_t before);

  const Options options_;
  int64_t position_;  // The newest deal seen, or the end of the last slice.
  int64_t newest_ = 0;
  bool cautious_ = false;  // Since a failure: no open spans before the present is reached in slices.
  int64_t slice_;
  absl::flat_hash_set<int64_t> seen_;
  std::multimap<int64_t, int64_t> seen_by_time_;
};

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_DEAL_WINDOW_H_

#ifndef SERVICES_CONNECTOR_MT5_DEAL_NUMBERS_H_
#define SERVICES_CONNECTOR_MT5_DEAL_NUMBERS_H_

#include <cstdint>
#include <map>
#include <vector>

#include "absl/time/time.h"

namespace mtsuite::connector::mt5 {

// Guesses the numbers of deals that are yet to come. A server numbers its deals one after another, and asking
// for the next numbers costs only what is new, while a span of time is never shorter than a second, with all
// that was known of it. Only a guess: several trade servers behind one access server number their deals
// apart, and deals of accounts that the manager may not see leave holes. What does not follow is found in
// spans of time, and shows that guessing is of no use here. Pure.
class DealNumbers {
 public:
  struct Options {
    // How many numbers after the newest one are asked for; a deal further ahead does not follow it.
    int64_t ahead = 128;
    // Numbers that were left out are asked for again so long, the newest ones first.
    size_t missing_max = 128;
    absl::Duration missing_age = absl::Seconds(10);
    // After a deal that did not follow, and after Refused, numbers are not guessed for so long.
    absl::Duration doubt = absl::Minutes(1);
  };

  explicit DealNumbers(const Options& options) : options_(options) {}

  // A deal was told, for the first time, at `now`. In the order of their numbers where several are told at
  // once.
  void Add(int64_t number, absl::Time now);
  // The server does not answer questions for numbers.
  void Refused(absl::Time now);

  // Whether the numbers of deals have followed each other lately.
  bool follow(absl::Time now) const { return newest_ != 0 && now >= doubted_until_; }
  // The numbers to ask for at `now`, ascending: those that were left out, and the next ones.
  std::vector<int64_t> Next(absl::Time now);
  // Whether, once what was found of `asked`, an answer of Next, has been added, so many of the next numbers
  // were taken that there may be more after them.
  bool MayBeMore(const std::vector<int64_t>& asked) const {
    return newest_ > asked.back() - options_.ahead / 2;
  }

 private:
  const Options options_;
  int64_t newest_ = 0;
  absl::Time doubted_until_ = absl::InfinitePast();
  // Since when each is missing.
  std::map<int64_t, absl::Time> missing_;
};

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_DEAL_NUMBERS_H_

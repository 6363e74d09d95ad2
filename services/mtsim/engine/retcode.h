#ifndef SERVICES_MTSIM_ENGINE_RETCODE_H_
#define SERVICES_MTSIM_ENGINE_RETCODE_H_

#include <optional>
#include <string_view>
#include <utility>

#include "common/status/check.h"

namespace mtsuite::mtsim {

// The answers of a trade server. The numbers are the platform's own, so a front sends them as they are.
enum class Retcode : int {
  kDone = 0,
  kNoData = 1,
  kError = 2,
  kInvalidParameters = 3,
  kInvalidData = 4,
  kNoPermission = 8,
  kNotFound = 13,
  kPartial = 14,
  kDuplicate = 17,
  kConfigNotEmpty = 2003,
  kConfigDuplicate = 2007,
  kConfigLimit = 2008,
  kLoginsExhausted = 3002,
  kLoginReserved = 3003,
  kAccountExists = 3004,
  kInvalidPassword = 3006,
  kUsersLimit = 3007,
  kHasOpenTrades = 3008,
  kDifferentCurrency = 3010,
  kOrderLimit = 4001,
  kMoneyLimit = 4005,
  // States of a trade request; kRequestPlaced, kRequestDone and kRequestPartial mean success.
  kRequestAccepted = 10002,
  kRequote = 10004,
  kRequestRejected = 10006,
  kRequestCancelled = 10007,
  kRequestPlaced = 10008,
  kRequestDone = 10009,
  kRequestPartial = 10010,
  kInvalidRequest = 10013,
  kInvalidVolume = 10014,
  kInvalidPrice = 10015,
  kInvalidStops = 10016,
  kTradeDisabled = 10017,
  kMarketClosed = 10018,
  kNoMoney = 10019,
  kPriceChanged = 10020,
  kNoPrices = 10021,
  kInvalidExpiration = 10022,
  kOrderChanged = 10023,
  kTooManyRequests = 10024,
  kNoChanges = 10025,
  kFrozen = 10029,
  kInvalidFilling = 10030,
  kOrdersLimit = 10033,
  kVolumeLimit = 10034,
  kInvalidOrderType = 10035,
  kPositionNotFound = 10036,
  kCloseVolumeTooBig = 10038,
  kPositionsLimit = 10040,
  kLongOnly = 10042,
  kShortOnly = 10043,
  kCloseOnly = 10044,
  kFifoClose = 10045,
  kHedgeProhibited = 10046,
};

// A short English meaning, "Done" for kDone.
std::string_view RetcodeText(Retcode retcode);

// Either a value or the retcode that says why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(Retcode retcode)
      : retcode_(retcode) {  // NOLINT(google-explicit-constructor): `return Retcode::kNotFound;`
    MTSUITE_CHECK(retcode != Retcode::kDone, "a result without a value needs a reason");
  }
  Result(T value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor): `return ticket;`

  bool ok() const { return retcode_ == Retcode::kDone; }
  Retcode retcode() const { return retcode_; }

  // Only when ok().
  const T& value() const& { return Checked(); }
  T value() && {
    Checked();
    return *std::move(value_);
  }
  const T& operator*() const { return Checked(); }
  const T* operator->() const { return &Checked(); }

 private:
  const T& Checked() const {
    MTSUITE_CHECK(value_.has_value(), "the value of a failed result was read");
    return *value_;
  }

  Retcode retcode_ = Retcode::kDone;
  std::optional<T> value_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_RETCODE_H_

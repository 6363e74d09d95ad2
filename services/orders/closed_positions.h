// Puts closed positions together from an account's deals. Pure.
#ifndef SERVICES_ORDERS_CLOSED_POSITIONS_H_
#define SERVICES_ORDERS_CLOSED_POSITIONS_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "common/decimal/decimal.h"
#include "google/protobuf/timestamp.pb.h"
#include "mtsuite/orders/v1/position.pb.h"
#include "mtsuite/type/v1/deal.pb.h"

namespace mtsuite::orders {

// Follows the positions of one account deal by deal, oldest first, and tells each one that closes. Keeps only
// what is open. All sums are exact: the net profits of all closed positions plus the deals of the open ones
// are the money of all trades.
class ClosedPositionBuilder {
 public:
  struct Options {
    int64_t login = 0;
    std::string currency_code;
    // Decimal places of money.
    int currency_digits = 2;
  };
  using OnClosed = std::function<void(v1::ClosedPosition)>;

  ClosedPositionBuilder(Options options, OnClosed on_closed)
      : options_(std::move(options)), on_closed_(std::move(on_closed)) {}

  // Takes the next deal; bookings of money are passed over. INTERNAL when a number of it cannot be read.
  //
  // A deal that closes a position whose opening is not among the deals (an archived history) tells a position
  // without what only the opening knows. A deal that reverses a position (IN_OUT) closes it with all of its
  // profit and swap; its commission and fee are shared with the new position by volume.
  absl::Status Add(const type::v1::Deal& deal);

  size_t open_count() const { return open_.size(); }

 private:
  struct Open {
    type::v1::Side side = type::v1::SIDE_UNSPECIFIED;
    std::string symbol;
    Decimal open_volume;  // what is open now
    Decimal volume_in;
    Decimal volume_out;
    Decimal value_in;  // sum of price times volume
    Decimal value_out;
    Decimal profit;
    Decimal swap;
    Decimal commission;
    Decimal fee;
    google::protobuf::Timestamp open_time;
    type::v1::Deal::Origin open_origin = type::v1::Deal::ORIGIN_UNSPECIFIED;
    int price_digits = 0;  // the most that a price of it was written with
    int deal_count = 0;
  };
  // A deal's numbers.
  struct Amounts {
    Decimal volume;
    Decimal price;
    Decimal profit;
    Decimal swap;
    Decimal commission;
    Decimal fee;
    int price_digits = 0;
  };

  static absl::StatusOr<Amounts> Read(const type::v1::Deal& deal);
  static void Enter(const type::v1::Deal& deal, const Amounts& amounts, Open& open);
  static void Leave(const Amounts& amounts, Open& open);
  void Reverse(const type::v1::Deal& deal, const Amounts& amounts, Open& open);
  void Tell(const type::v1::Deal& last, const Open& position);

  const Options options_;
  const OnClosed on_closed_;
  absl::flat_hash_map<int64_t, Open> open_;
};

}  // namespace mtsuite::orders

#endif  // SERVICES_ORDERS_CLOSED_POSITIONS_H_

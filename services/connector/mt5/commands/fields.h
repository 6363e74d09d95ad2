#ifndef SERVICES_CONNECTOR_MT5_COMMANDS_FIELDS_H_
#define SERVICES_CONNECTOR_MT5_COMMANDS_FIELDS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/decimal/decimal.h"
#include "common/mt5wire/json.h"
#include "google/protobuf/timestamp.pb.h"

namespace mtsuite::connector::mt5 {

// Reads the members of one JSON object and remembers the first that is unreadable, so that a record is read
// member by member and checked once. What is missing or unset reads as 0 or "".
class FieldReader {
 public:
  explicit FieldReader(mt5wire::JsonView object) : object_(object) {}

  std::string Text(std::string_view key) const { return std::string(object_.GetText(key)); }
  int64_t Integer(std::string_view key) { return Keep(object_.GetInt64(key), int64_t{0}); }
  uint64_t Unsigned(std::string_view key) { return Keep(object_.GetUint64(key), uint64_t{0}); }
  Decimal Number(std::string_view key) { return Keep(object_.GetDecimal(key), Decimal()); }
  // Within the range, else unreadable.
  int32_t Small(std::string_view key, int32_t min, int32_t max);
  bool Has(std::string_view key) const { return !object_.Get(key).IsUnset(); }

  // Marks the record as unreadable.
  void Fail(std::string_view message);

  const absl::Status& status() const { return status_; }

 private:
  template <typename Value, typename Result>
  Value Keep(const Result& result, Value unset) {
    if (!result.ok()) {
      status_.Update(result.status());
      return unset;
    }
    return result->value_or(unset);
  }

  mt5wire::JsonView object_;
  absl::Status status_;
};

// Plain notation with at least `digits` fraction digits; a value that has more keeps them.
std::string AtLeastDigits(Decimal value, int digits);

// To whole microseconds, as far as Timestamps reach.
google::protobuf::Timestamp ToTimestamp(absl::Time time);

// Most digits after the point of money and of prices that is believed.
inline constexpr int32_t kMaxDigits = 12;

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_COMMANDS_FIELDS_H_

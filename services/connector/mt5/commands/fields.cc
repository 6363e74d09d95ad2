#include "services/connector/mt5/commands/fields.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/strings/view.h"

namespace mtsuite::connector::mt5 {

int32_t FieldReader::Small(std::string_view key, int32_t min, int32_t max) {
  const int64_t value = Integer(key);
  if (value < min || value > max) {
    Fail(absl::StrCat(AbslView(key), " is ", value, ", not ", min, " to ", max));
    return min;
  }
  return static_cast<int32_t>(value);
}

void FieldReader::Fail(std::string_view message) {
  status_.Update(absl::InvalidArgumentError(AbslView(message)));
}

std::string AtLeastDigits(Decimal value, int digits) {
  return value.ToString(std::max(digits, value.digits()));
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  // Years 1 to 9999.
  const int64_t micros = std::clamp(absl::ToUnixMicros(time), int64_t{-62'135'596'800'000'000},
                                    int64_t{253'402'300'799'999'999});
  int64_t seconds = micros / 1'000'000;
  int64_t rest = micros % 1'000'000;
  if (rest < 0) {
    rest += 1'000'000;
    --seconds;
  }
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<int32_t>(rest * 1000));
  return timestamp;
}

}  // namespace mtsuite::connector::mt5

#ifndef SERVICES_RISK_CERTIFICATE_CHAIN_H_
#define SERVICES_RISK_CERTIFICATE_CHAIN_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "mtsuite/risk/v1/certificate.pb.h"

namespace mtsuite::risk {

// `previous_hash` of the first record of a chain.
inline constexpr std::string_view kNoHash =
    "0000000000000000000000000000000000000000000000000000000000000000";

// The end of a chain: where the next record is joined.
struct ChainHead {
  int64_t sequence = 0;
  std::string hash = std::string(kNoHash);
};

// Makes `record` the next one after `head`: sets its sequence, previous hash and hash, and moves `head` on to
// it. Everything else must be set. INVALID_ARGUMENT when it holds a text that is not UTF-8.
absl::Status Seal(v1::BreachRecord& record, ChainHead& head);

// DATA_LOSS when the record's hash is not that of its content.
absl::Status CheckHash(const v1::BreachRecord& record);

// Checks a whole chain, record by record, in the order of recording.
class ChainCheck {
 public:
  // DATA_LOSS when the record is not the one that follows, or was changed.
  absl::Status Next(const v1::BreachRecord& record);
  const ChainHead& head() const { return head_; }

 private:
  std::string server_;
  ChainHead head_;
};

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_CERTIFICATE_CHAIN_H_

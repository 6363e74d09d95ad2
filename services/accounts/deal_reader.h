// Reads an account's deals page by page, without blocking.
#ifndef SERVICES_ACCOUNTS_DEAL_READER_H_
#define SERVICES_ACCOUNTS_DEAL_READER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "common/rpc/unary_call.h"
#include "mtsuite/connector/v1/connector_service.pb.h"
#include "services/accounts/connector_client.h"

namespace mtsuite::accounts {

// What to read, and who looks at it.
struct DealScan {
  // Server, login, span, first offset; `limit` is the reader's.
  connector::v1::ListDealsRequest query;
  // Pages to read at most; then the scan ends as if its end were reached.
  int max_pages = 1;
  // Sees each page, in order. Returns whether to go on; an error ends the scan.
  absl::AnyInvocable<absl::StatusOr<bool>(const connector::v1::ListDealsResponse& page)> on_page;
  // Called once at the end: OK, or why the scan broke off.
  absl::AnyInvocable<void(absl::Status)> done;
};

// Starts a scan on behalf of `call`.
void ScanDeals(rpc::CallPtr call, ConnectorClient& connector, DealScan scan);

}  // namespace mtsuite::accounts

#endif  // SERVICES_ACCOUNTS_DEAL_READER_H_

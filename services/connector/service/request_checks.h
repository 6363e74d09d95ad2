#ifndef SERVICES_CONNECTOR_SERVICE_REQUEST_CHECKS_H_
#define SERVICES_CONNECTOR_SERVICE_REQUEST_CHECKS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "mtsuite/connector/v1/connector_service.pb.h"
#include "mtsuite/connector/v1/trading_service.pb.h"
#include "services/connector/journal/operation_record.h"
#include "services/connector/trade_server.h"

// What a request itself shows. Callers of the connector check it too, with their own words; here it keeps
// nonsense from being journaled. Errors say REJECTED.
namespace mtsuite::connector {

// 1 to 64 visible ASCII characters.
absl::Status CheckOperationId(const std::string& operation_id);
// Required fields, amounts, comment length, update mask.
absl::Status CheckCommand(const Command& command);
absl::Status CheckLogin(int64_t login);
absl::Status CheckDealQuery(const v1::ListDealsRequest& request);
absl::StatusOr<DealQuery> ToHistoryQuery(const v1::ListOrderHistoryRequest& request);

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_SERVICE_REQUEST_CHECKS_H_

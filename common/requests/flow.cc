#include "common/requests/flow.h"

#include "common/ids/uuid.h"
#include "common/requests/checks.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace mtsuite::requests {

absl::Status AdmitServer(const rpc::Call& call, std::string_view server) {
  RETURN_IF_ERROR(ValidateServer(server));
  return call.CheckServerAllowed(server);
}

absl::StatusOr<std::string> AdmitOperation(rpc::Call& call, std::string_view requested, int max_length) {
  RETURN_IF_ERROR(ValidateOperationId(requested, max_length));
  std::string id = requested.empty() ? NewUuid() : std::string(requested);
  call.AddInitialMetadata("operation-id", id);
  return id;
}

absl::Status AsRejected(const absl::Status& status) {
  return GetOutcome(status) == type::v1::OUTCOME_UNSPECIFIED ? WithOutcome(status, type::v1::REJECTED)
                                                             : status;
}

}  // namespace mtsuite::requests

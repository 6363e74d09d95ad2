#ifndef SERVICES_CONNECTOR_MT5_CALL_ERRORS_H_
#define SERVICES_CONNECTOR_MT5_CALL_ERRORS_H_

#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/connector/mt5/retcode_map.h"
#include "services/connector/mt5/session.h"

// The errors of calls that got no usable answer. Those of mutations carry the outcome that the facts allow.
namespace mtsuite::connector::mt5 {

// No connection to send it on; `why` is for people.
absl::Status NotConnected(std::string_view why, absl::Duration retry_after, bool mutation);
// Too much is waiting already.
absl::Status TooManyCalls(bool mutation);
// What became of a command that was not answered; `reply.fate` is not kAnswered.
absl::Status Unanswered(const Reply& reply, const CommandContext& context);
// The answer says success but cannot be read; `detail` says why.
absl::Status UnreadableAnswer(std::string_view detail, const CommandContext& context);

// `status` of a step before the mutation itself was sent: nothing has happened, and nothing will.
absl::Status BeforeMutation(const absl::Status& status);

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_CALL_ERRORS_H_

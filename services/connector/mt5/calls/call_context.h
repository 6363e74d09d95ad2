#ifndef SERVICES_CONNECTOR_MT5_CALLS_CALL_CONTEXT_H_
#define SERVICES_CONNECTOR_MT5_CALLS_CALL_CONTEXT_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/strings/view.h"
#include "services/connector/mt5/call_errors.h"
#include "services/connector/mt5/calls/keyed_queue.h"
#include "services/connector/mt5/connection_pool.h"
#include "services/connector/mt5/dealer_line.h"
#include "services/connector/mt5/group_catalog.h"
#include "services/connector/mt5/mt5_options.h"
#include "services/connector/mt5/server_time.h"

namespace mtsuite::connector::mt5 {

// What the calls of the trade server stand on. They run on the server's thread only, and end before it is
// gone.
struct CallContext {
  ConnectionPool& pool;
  GroupCatalog& catalog;
  const ServerTime& time;  // The current one; may change between two answers.
  KeyedQueue& updates;     // By login: changes that read before they write, one at a time.
  Clock& clock;
  DealerLine& dealer;
};

// OK when `answer` came and its return code says success.
inline absl::Status CheckAnswer(const absl::StatusOr<Answer>& answer, const CommandContext& command) {
  if (!answer.ok()) return answer.status();
  return StatusOfRetcode(answer->retcode, answer->retcode_text, command);
}

// The value that `parse(answer)` gives, or an error that callers understand.
template <typename Parse>
auto ReadResult(const absl::StatusOr<Answer>& answer, const CommandContext& command, Parse parse)
    -> decltype(parse(*answer)) {
  if (absl::Status status = CheckAnswer(answer, command); !status.ok()) return status;
  auto value = parse(*answer);
  if (!value.ok()) return UnreadableAnswer(StdView(value.status().message()), command);
  return value;
}

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_CALLS_CALL_CONTEXT_H_

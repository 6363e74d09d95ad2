#ifndef COMMON_RPC_METHOD_STATE_H_
#define COMMON_RPC_METHOD_STATE_H_

#include <array>
#include <string>

#include "common/auth/scopes.h"
#include "common/metrics/metrics.h"

namespace mtsuite::rpc {

// What a server keeps per rpc.
struct MethodState {
  std::string name;
  // Null for a method that the scope table does not have; such calls are refused.
  const auth::MethodRule* rule = nullptr;
  // By status code, 0 to 16.
  std::array<metrics::Counter, 17> handled;
  metrics::Histogram latency_seconds;
};

}  // namespace mtsuite::rpc

#endif  // COMMON_RPC_METHOD_STATE_H_

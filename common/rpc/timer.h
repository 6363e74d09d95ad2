#ifndef COMMON_RPC_TIMER_H_
#define COMMON_RPC_TIMER_H_

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"

namespace mtsuite::rpc {

// Calls `function` once `delay` has passed, on a thread of gRPC, where it must not block. It cannot be called
// off: let it hold weak pointers.
void CallAfter(absl::Duration delay, absl::AnyInvocable<void()> function);

}  // namespace mtsuite::rpc

#endif  // COMMON_RPC_TIMER_H_

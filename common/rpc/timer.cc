#include "common/rpc/timer.h"

#include <memory>
#include <utility>

#include "absl/time/clock.h"
#include "grpcpp/alarm.h"

namespace mtsuite::rpc {

void CallAfter(absl::Duration delay, absl::AnyInvocable<void()> function) {
  struct Pending {
    grpc::Alarm alarm;
    absl::AnyInvocable<void()> function;
  };
  // Owned by the alarm's callback; std::function cannot hold a unique_ptr.
  auto* pending = new Pending{.alarm = {}, .function = std::move(function)};
  pending->alarm.Set(absl::ToChronoTime(absl::Now() + delay), [pending](bool /*fired*/) {
    const std::unique_ptr<Pending> owned(pending);
    owned->function();
  });
}

}  // namespace mtsuite::rpc

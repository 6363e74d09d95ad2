#ifndef COMMON_RPC_SIGNALS_H_
#define COMMON_RPC_SIGNALS_H_

#include <atomic>
#include <thread>

#include "absl/synchronization/notification.h"

namespace mtsuite::rpc {

// Waits for SIGTERM and SIGINT on a thread of its own, because nothing useful may be called from a signal
// handler. The first signal is reported; the second ends the process at once with exit code 1.
class SignalWaiter {
 public:
  // Blocks both signals in the calling thread and in those that it starts later.
  SignalWaiter();
  ~SignalWaiter();
  SignalWaiter(const SignalWaiter&) = delete;
  SignalWaiter& operator=(const SignalWaiter&) = delete;

  // Returns when the first signal has come.
  void Wait();

 private:
  void Loop();

  absl::Notification signalled_;
  std::atomic<bool> closing_{false};
  std::thread thread_;
};

}  // namespace mtsuite::rpc

#endif  // COMMON_RPC_SIGNALS_H_

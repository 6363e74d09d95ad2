#include "common/rpc/signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <thread>

#include "common/log/log.h"

namespace mtsuite::rpc {
namespace {

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

}  // namespace

SignalWaiter::SignalWaiter() {
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  thread_ = std::thread([this] { Loop(); });
}

SignalWaiter::~SignalWaiter() {
  closing_ = true;
  // Wakes the thread out of sigwait; the signal is delivered to that thread alone.
  pthread_kill(thread_.native_handle(), SIGTERM);
  thread_.join();
}

void SignalWaiter::Wait() { signalled_.WaitForNotification(); }

void SignalWaiter::Loop() {
  const sigset_t signals = StopSignals();
  while (true) {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0) continue;
    if (closing_) return;
    if (signalled_.HasBeenNotified()) {
      LOG_EVENT(kWarning, "stopped_by_second_signal", {"signal", signal});
      _exit(1);
    }
    LOG_EVENT(kInfo, "signal", {"signal", signal});
    signalled_.Notify();
  }
}

}  // namespace mtsuite::rpc

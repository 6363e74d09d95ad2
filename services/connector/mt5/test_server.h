#ifndef SERVICES_CONNECTOR_MT5_TEST_SERVER_H_
#define SERVICES_CONNECTOR_MT5_TEST_SERVER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "asio/io_context.hpp"
#include "asio/ip/tcp.hpp"
#include "services/connector/mt5/test_peer.h"

namespace mtsuite::connector::mt5 {

// A scripted MT5 access server on a port of its own, for tests of the whole adapter over real sockets.
// Answers what polling asks for (an empty server with one group, demo\usd) and what the test teaches it.
class TestServer {
 public:
  enum class Then { kStay, kCut, kCutMidFrame };
  struct Reaction {
    std::optional<TestPeer::Answer> answer = std::nullopt;  // None: silence.
    Then then = Then::kStay;
    bool twice = false;
    // An answer to an earlier command, sent after this one's.
    std::optional<std::pair<TestPeer::Received, TestPeer::Answer>> belated = std::nullopt;
  };
  using Handler = std::function<Reaction(const TestPeer::Received&)>;

  explicit TestServer(const TestPeer::Options& peer_options = {});
  ~TestServer();
  // Reacts to nothing any more: what handlers use may go away.
  void Stop();

  uint16_t port() const { return port_; }

  // Replaces what is done about a command.
  void On(const std::string& command, Handler handler) ABSL_LOCKS_EXCLUDED(mutex_);
  // The same with a fixed answer.
  void Answer(const std::string& command, const TestPeer::Answer& answer);
  int count(const std::string& command) const ABSL_LOCKS_EXCLUDED(mutex_);
  // Waits until a command has come that often; false when it takes unreasonably long.
  bool AwaitCount(const std::string& command, int count) const ABSL_LOCKS_EXCLUDED(mutex_);
  int connections() const ABSL_LOCKS_EXCLUDED(mutex_);
  bool encrypted() const ABSL_LOCKS_EXCLUDED(mutex_);
  // Cuts all connections. While `refusing`, new ones are cut as soon as they are made.
  void CutAll(bool refusing);

 private:
  class Link;

  void Accept();
  Reaction React(const TestPeer::Received& command) ABSL_LOCKS_EXCLUDED(mutex_);

  const TestPeer::Options peer_options_;
  asio::io_context io_;
  asio::ip::tcp::acceptor acceptor_;
  uint16_t port_ = 0;
  std::set<std::shared_ptr<Link>> links_;  // On the thread only, like refusing_.
  bool refusing_ = false;

  mutable absl::Mutex mutex_;
  std::map<std::string, Handler> handlers_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, int> counts_ ABSL_GUARDED_BY(mutex_);
  int connections_ ABSL_GUARDED_BY(mutex_) = 0;
  bool encrypted_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_TEST_SERVER_H_

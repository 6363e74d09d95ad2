// The server's side of one Web API connection, without the socket: framing, login, encryption, pings, time
// limits.
#ifndef SERVICES_MTSIM_MT5_SESSION_H_
#define SERVICES_MTSIM_MT5_SESSION_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "common/mt5wire/cipher.h"
#include "common/mt5wire/message.h"
#include "services/mtsim/mt5/handshake.h"
#include "services/mtsim/mt5/manager.h"
#include "services/mtsim/mt5/reply.h"
#include "services/mtsim/mt5/request.h"

namespace mtsuite::mtsim {

struct SessionOptions {
  // Between the two steps of the login.
  absl::Duration login_timeout = absl::Seconds(10);
  // Silence of the client after which the connection is dropped.
  absl::Duration idle_timeout = absl::Seconds(180);
  absl::Duration ping_period = absl::Seconds(20);
};

// What a session wants done, in this order: send `bytes`, carry out `commands` and answer them with
// WebApiSession::Answer, then close if told so.
struct SessionEffects {
  std::string bytes;
  // Of a logged-in manager, in the order in which they came.
  std::vector<Request> commands;
  bool close = false;
  // Why, for the log; empty unless `close`.
  std::string close_reason;
};

// Time is a wall clock that runs with real time, not the simulated one: it decides about timeouts of the
// network. Not thread-safe.
class WebApiSession {
 public:
  // `handshake` knows who may log in. A connection begins at `now`.
  WebApiSession(Handshake handshake, const SessionOptions& options, absl::Time now);

  // Takes bytes as they came from the client; they may end anywhere.
  void OnBytes(std::string_view bytes, absl::Time now, SessionEffects& effects);

  // To be called at NextTime() or later: pings and time limits.
  void OnTime(absl::Time now, SessionEffects& effects);
  absl::Time NextTime() const;

  // Appends the packets of the answer to `command` with the serial number `serial` to `bytes`, which must be
  // sent in the order of the calls.
  void Answer(uint16_t serial, std::string_view command, const Reply& reply, std::string& bytes);

  // Null until the login is complete.
  const Manager* manager() const { return logged_in_ ? handshake_.manager() : nullptr; }

 private:
  // False when the connection is to be closed.
  bool OnMessage(const mt5wire::Message& message, absl::Time now, SessionEffects& effects);
  bool OnLogin(const mt5wire::Command& command, uint16_t serial, absl::Time now, SessionEffects& effects);
  void Ping(std::string& bytes);
  static bool Close(std::string reason, SessionEffects& effects);

  Handshake handshake_;
  const SessionOptions options_;
  mt5wire::MessageReader reader_;
  mt5wire::MessageWriter writer_;
  bool logged_in_ = false;
  bool closed_ = false;
  absl::Time last_received_;
  absl::Time last_ping_;
  // InfiniteFuture unless the first step of the login has been made and the second not.
  absl::Time login_deadline_ = absl::InfiniteFuture();
  uint16_t next_ping_serial_ = mt5wire::kFirstServerSerial;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_MT5_SESSION_H_

#ifndef SERVICES_CONNECTOR_MT5_MT5_OPTIONS_H_
#define SERVICES_CONNECTOR_MT5_MT5_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/time/time.h"

namespace mtsuite::connector::mt5 {

// How to reach one MT5 access server and how to treat it. The defaults fit a production server.
struct Mt5Options {
  enum class Encryption {
    kAes,   // AES256OFB: hides the session, does not protect it from tampering.
    kNone,  // Plain text; inside a tunnel only.
  };

  std::string server;  // Id in the API, for example "mt5-demo".
  std::string host;
  uint16_t port = 443;
  int64_t manager_login = 0;
  std::string manager_password;  // Read from a file by the caller; never logged.
  Encryption encryption = Encryption::kAes;
  std::string agent = "mtsuite";  // Shown in the server's journal; no spaces.

  // Each command connection answers in order, so a second one keeps a slow answer from delaying the others.
  // Polling has a connection of its own.
  int command_connections = 2;
  // Commands that one connection has sent and not seen answered; more wait.
  int in_flight_limit = 64;
  // Commands that may wait on one connection; beyond, calls fail at once.
  int queue_limit = 4096;
  // Calls of the server in progress, multi-step ones counted once; beyond, calls fail at once.
  int call_limit = 16384;
  // Answers that were given up on but may still come. Beyond, the server is taken for stuck and reconnected.
  int abandoned_limit = 64;
  // A longer answer ends the connection.
  size_t max_answer_bytes = size_t{256} << 20;

  absl::Duration connect_timeout = absl::Seconds(10);  // Name lookup and TCP.
  absl::Duration auth_timeout = absl::Seconds(10);     // Both steps; the server's own limit is 10 s.
  absl::Duration command_timeout = absl::Seconds(15);  // Upper bound; a call's deadline may be earlier.
  absl::Duration poll_timeout = absl::Seconds(60);     // For the large answers of polling.
  absl::Duration ping_period = absl::Seconds(20);      // Of silence on our side.
  // Of silence on the server's side before it is asked for a sign of life, which must come within
  // command_timeout.
  absl::Duration silence_limit = absl::Seconds(45);

  // Reconnection waits base, 2 base, 4 base … up to max, each shortened by a random part of at most `jitter`.
  absl::Duration reconnect_base = absl::Milliseconds(250);
  absl::Duration reconnect_max = absl::Seconds(15);
  double reconnect_jitter = 0.5;  // 0 to 1.
  uint64_t seed = 0;              // Of the jitter; 0 takes one from the system.

  // Which accounts and deals are watched, as a group mask.
  std::string group_mask = "*";
  absl::Duration deal_poll_interval = absl::Milliseconds(500);
  // Between two looks at all open orders and positions; those of accounts with new deals are looked at at
  // once.
  absl::Duration trade_poll_interval = absl::Seconds(1);
  // Between the beginnings of two questions for ticks, and which symbols: names or masks of paths.
  absl::Duration tick_poll_interval = absl::Milliseconds(50);
  std::string tick_symbols = "*";
  absl::Duration account_sweep_interval = absl::Seconds(30);
  absl::Duration group_refresh_interval = absl::Minutes(5);
  absl::Duration time_refresh_interval = absl::Minutes(10);
  int sweep_chunk = 100;  // Accounts per command; larger ones hold up other answers on the same thread.

  // IANA name of the server's zone. When empty, the present offset is read from the server, and times on the
  // other side of a change of clocks are an hour off.
  std::string time_zone;

  // Logins that new accounts may take; what Describe() tells.
  int64_t min_login = 0;
  int64_t max_login = 0;
};

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_MT5_OPTIONS_H_

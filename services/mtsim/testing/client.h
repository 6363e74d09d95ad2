// A client of the Web API over TCP for tests.
#ifndef SERVICES_MTSIM_TESTING_CLIENT_H_
#define SERVICES_MTSIM_TESTING_CLIENT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "asio/io_context.hpp"
#include "asio/ip/tcp.hpp"
#include "services/mtsim/testing/client_codec.h"

namespace mtsuite::mtsim {

// Blocking. Every wait ends after a while, with DEADLINE_EXCEEDED; the end of the connection is UNAVAILABLE.
class Client {
 public:
  Client(std::string_view password, bool encrypt) : codec_(password, encrypt) {}

  // Connects to the loopback and logs in; the server's refusal is INVALID_ARGUMENT with its text.
  absl::Status Login(int port, uint64_t login);

  // Sends without waiting.
  absl::Status Send(uint16_t serial, std::string_view command);
  absl::Status SendBytes(std::string_view bytes);
  // The next message that is no ping.
  absl::StatusOr<ServerMessage> Receive(absl::Duration patience = absl::Seconds(20));
  // Send and Receive; fails when the serial differs.
  absl::StatusOr<ServerMessage> Call(std::string_view command);

  // Pings that came in so far.
  int pings() const { return pings_; }
  ClientCodec& codec() { return codec_; }

 private:
  absl::Status ReadSome(absl::Duration patience);

  asio::io_context io_;
  asio::ip::tcp::socket socket_{io_};
  ClientCodec codec_;
  uint16_t serial_ = 2;
  int pings_ = 0;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_TESTING_CLIENT_H_

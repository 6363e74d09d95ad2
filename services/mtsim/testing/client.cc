#include "services/mtsim/testing/client.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "asio/read.hpp"
#include "asio/write.hpp"
#include "common/status/macros.h"

namespace mtsuite::mtsim {

using asio::ip::tcp;

absl::Status Client::Login(int port, uint64_t login) {
  asio::error_code error;
  socket_.connect(tcp::endpoint(asio::ip::address_v4::loopback(), static_cast<uint16_t>(port)), error);
  if (error) return absl::UnavailableError(error.message());
  RETURN_IF_ERROR(SendBytes(codec_.AuthStart(login)));
  ASSIGN_OR_RETURN(const ServerMessage start, Receive());
  ASSIGN_OR_RETURN(const std::string answer, codec_.AuthAnswer(start));
  RETURN_IF_ERROR(SendBytes(answer));
  ASSIGN_OR_RETURN(const ServerMessage done, Receive());
  return codec_.FinishLogin(done);
}

absl::Status Client::SendBytes(std::string_view bytes) {
  asio::error_code error;
  asio::write(socket_, asio::buffer(bytes.data(), bytes.size()), error);
  return error ? absl::UnavailableError(error.message()) : absl::OkStatus();
}

absl::Status Client::Send(uint16_t serial, std::string_view command) {
  return SendBytes(codec_.Encode(serial, command));
}

absl::Status Client::ReadSome(absl::Duration patience) {
  std::array<char, 64 * 1024> buffer;
  asio::error_code result = asio::error::would_block;
  size_t size = 0;
  socket_.async_read_some(asio::buffer(buffer), [&](const asio::error_code& error, size_t count) {
    result = error;
    size = count;
  });
  io_.restart();
  io_.run_for(absl::ToChronoNanoseconds(patience));
  if (result == asio::error::would_block) {
    socket_.cancel();
    io_.restart();
    io_.run();
    return absl::DeadlineExceededError("the server is silent");
  }
  if (result) return absl::UnavailableError(result.message());
  return codec_.Append(std::string_view(buffer.data(), size));
}

absl::StatusOr<ServerMessage> Client::Receive(absl::Duration patience) {
  for (;;) {
    ASSIGN_OR_RETURN(const std::optional<ServerMessage> message, codec_.Next());
    if (message && !message->is_ping) return *message;
    if (message) {
      ++pings_;
      continue;
    }
    RETURN_IF_ERROR(ReadSome(patience));
  }
}

absl::StatusOr<ServerMessage> Client::Call(std::string_view command) {
  const uint16_t serial = ++serial_;
  RETURN_IF_ERROR(Send(serial, command));
  ASSIGN_OR_RETURN(ServerMessage answer, Receive());
  if (answer.serial != serial) {
    return absl::DataLossError(absl::StrCat("an answer to ", answer.serial, " instead of ", serial));
  }
  return answer;
}

}  // namespace mtsuite::mtsim

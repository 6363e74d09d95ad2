#include "services/mtsim/mt5/session.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/mt5wire/command.h"

namespace mtsuite::mtsim {
namespace {

// Messages of a client are commands with at most one record as JSON.
constexpr mt5wire::MessageLimits kClientLimits{.max_message_bytes = 16 << 20, .max_partial_messages = 64};
// The reader takes this much before its packets must be fetched.
constexpr size_t kChunkMax = 256 << 10;

// The end of the first packet in `bytes` from `start` on; the packets are our own.
size_t EndOfPacket(std::string_view bytes, size_t start, bool& more) {
  const auto header = mt5wire::ParseFrameHeader(bytes.substr(start, mt5wire::kFrameHeaderBytes));
  more = header->more();
  return start + mt5wire::kFrameHeaderBytes + header->body_size;
}

}  // namespace

WebApiSession::WebApiSession(Handshake handshake, const SessionOptions& options, absl::Time now)
    : handshake_(std::move(handshake)),
      options_(options),
      reader_(mt5wire::FrameReader::Prefix::kExpected, kClientLimits),
      last_received_(now),
      last_ping_(now) {}

bool WebApiSession::Close(std::string reason, SessionEffects& effects) {
  effects.close = true;
  effects.close_reason = std::move(reason);
  return false;
}

void WebApiSession::OnBytes(std::string_view bytes, absl::Time now, SessionEffects& effects) {
  if (closed_) return;
  last_received_ = now;
  while (!bytes.empty() && !closed_) {
    const std::string_view chunk = bytes.substr(0, kChunkMax);
    bytes.remove_prefix(chunk.size());
    if (const absl::Status status = reader_.Append(chunk); !status.ok()) {
      closed_ = !Close(std::string(status.message()), effects);
      return;
    }
    for (;;) {
      const absl::StatusOr<std::optional<mt5wire::Message>> message = reader_.Next();
      if (!message.ok()) {
        closed_ = !Close(std::string(message.status().message()), effects);
        return;
      }
      if (!message->has_value()) break;
      if (!OnMessage(**message, now, effects)) {
        closed_ = true;
        return;
      }
    }
  }
}

bool WebApiSession::OnMessage(const mt5wire::Message& message, absl::Time now, SessionEffects& effects) {
  if (message.is_ping) return true;
  absl::StatusOr<mt5wire::Command> command = mt5wire::ParseCommand(message.payload);
  // Typically a QUIT that the client forgot to encrypt. There is nothing to answer it with.
  if (!command.ok()) return Close(std::string(command.status().message()), effects);
  // Some clients' pings are commands without a name, which get no answer.
  if (command->line.name().empty()) return true;
  if (!logged_in_) return OnLogin(*command, message.serial, now, effects);
  Request request;
  request.serial = message.serial;
  request.body = command->BodyText();
  request.line = std::move(command->line);
  effects.commands.push_back(std::move(request));
  return true;
}

bool WebApiSession::OnLogin(const mt5wire::Command& command, uint16_t serial, absl::Time now,
                            SessionEffects& effects) {
  std::optional<Reply> reply;
  if (command.line.name() == "AUTH_START") {
    reply = handshake_.Start(command.line);
    login_deadline_ = now + options_.login_timeout;
  } else if (command.line.name() == "AUTH_ANSWER") {
    reply = handshake_.Answer(command.line);
    login_deadline_ = absl::InfiniteFuture();
  } else {
    return Close(absl::StrCat("a command before the login"), effects);
  }
  // Both steps are answered in plain text; the very next packet is encrypted.
  Answer(serial, command.line.name(), *reply, effects.bytes);
  if (reply->retcode != 0) return Close(absl::StrCat("login refused with ", reply->retcode), effects);
  if (!handshake_.complete()) return true;
  logged_in_ = true;
  last_ping_ = now;
  if (const std::optional<mt5wire::SessionKeys>& keys = handshake_.keys()) {
    reader_.EnableDecryption(mt5wire::OfbStream(keys->key, keys->client_iv));
    writer_.EnableEncryption(mt5wire::OfbStream(keys->key, keys->server_iv));
  }
  return true;
}

absl::Time WebApiSession::NextTime() const {
  const absl::Time drop = std::min(last_received_ + options_.idle_timeout, login_deadline_);
  return logged_in_ ? std::min(drop, last_ping_ + options_.ping_period) : drop;
}

void WebApiSession::OnTime(absl::Time now, SessionEffects& effects) {
  if (closed_) return;
  if (now >= login_deadline_) {
    closed_ = !Close("the second step of the login did not come in time", effects);
  } else if (now >= last_received_ + options_.idle_timeout) {
    closed_ = !Close("the client was silent for too long", effects);
  } else if (logged_in_ && now >= last_ping_ + options_.ping_period) {
    last_ping_ = now;
    Ping(effects.bytes);
  }
}

void WebApiSession::Ping(std::string& bytes) {
  writer_.WritePing(next_ping_serial_, bytes);
  next_ping_serial_ = next_ping_serial_ == 0x7FFF ? mt5wire::kFirstServerSerial : next_ping_serial_ + 1;
}

void WebApiSession::Answer(uint16_t serial, std::string_view command, const Reply& reply,
                           std::string& bytes) {
  mt5wire::CommandBuilder line = mt5wire::CommandBuilder::Answer(command, reply.retcode, reply.text);
  for (const auto& [name, value] : reply.parameters) line.Add(name, value);
  const size_t start = bytes.size();
  writer_.WriteText(serial, line.Finish() + reply.body, bytes);
  bool more = false;
  const size_t end = EndOfPacket(bytes, start, more);
  if (!more) return;
  // Real servers ping between the pieces of an answer when its time has come. Here every long answer has one
  // there, so that a client that cannot take it fails at once and not once a day.
  std::string ping;
  Ping(ping);
  bytes.insert(end, ping);
}

}  // namespace mtsuite::mtsim

#include "services/connector/mt5/session.h"

#include <algorithm>
#include <span>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/mt5wire/frame.h"
#include "common/mt5wire/hex.h"
#include "common/status/check.h"
#include "common/strings/view.h"

namespace mtsuite::connector::mt5 {
namespace {

// What the platform's own client library of 2023 says; servers accept any build from 484 on.
constexpr int kClientBuild = 3661;

// Output is handed over in portions of about this size, so that what is still behind counts as not sent when
// the connection breaks.
constexpr size_t kOutputPortion = 64 * 1024;

// Input is fed to the reader in pieces that it can hold.
constexpr size_t kInputPortion = 256 * 1024;

mt5wire::MessageLimits Limits(const SessionOptions& options) {
  mt5wire::MessageLimits limits;
  limits.max_message_bytes = options.max_answer_bytes;
  limits.max_partial_messages = static_cast<size_t>(options.in_flight_limit + options.abandoned_limit + 2);
  return limits;
}

}  // namespace

Session::Session(SessionOptions options)
    : options_(std::move(options)), reader_(mt5wire::FrameReader::Prefix::kNone, Limits(options_)) {}

void Session::OnConnected(absl::Time now) {
  if (state_ != State::kIdle) return;
  auth_deadline_ = now + options_.auth_timeout;
  last_received_ = last_sent_ = now;
  state_ = State::kAuthStart;
  auth_output_ = std::string(mt5wire::kConnectionPrefix);
  SendAuth(mt5wire::CommandBuilder("AUTH_START")
               .Add("VERSION", kClientBuild)
               .Add("AGENT", options_.agent)
               .Add("LOGIN", options_.manager_login)
               .Add("TYPE", "MANAGER")
               .Add("CRYPT_METHOD", options_.encrypt ? "AES256OFB" : "NONE")
               .Finish());
}

void Session::SendAuth(std::string_view text) {
  if (auth_serial_ != 0) serials_.Release(auth_serial_);
  auth_serial_ = serials_.Take().value_or(Serials::kFirst);
  writer_.WriteText(auth_serial_, text, auth_output_);
}

void Session::OnBytes(std::string_view bytes, absl::Time now) {
  if (bytes.empty() || state_ == State::kIdle) return;
  last_received_ = now;
  probing_ = false;
  while (!bytes.empty() && !closed()) {
    const std::string_view portion = bytes.substr(0, kInputPortion);
    bytes.remove_prefix(portion.size());
    if (const absl::Status status = reader_.Append(portion); !status.ok()) {
      return Close(absl::StrCat("the server sent garbage: ", status.message()));
    }
    while (!closed()) {
      const absl::StatusOr<std::optional<mt5wire::Message>> message = reader_.Next();
      if (!message.ok()) return Close(absl::StrCat("the server sent garbage: ", message.status().message()));
      if (!message->has_value()) break;
      if (!(*message)->is_ping) OnMessage((*message)->serial, (*message)->payload, now);
    }
  }
}

void Session::OnMessage(uint16_t serial, std::string_view payload, absl::Time now) {
  if (state_ == State::kReady) return OnAnswer(serial, payload, now);
  if (serial != auth_serial_) {
    ++ignored_messages_;
    return;
  }
  if (state_ == State::kAuthStart) return OnAuthStart(payload);
  OnAuthAnswer(payload, now);
}

std::optional<Answer> Session::ReadAuthAnswer(std::string_view step, std::string_view payload) {
  absl::StatusOr<Answer> answer = ReadAnswer(step, payload);
  if (!answer.ok()) {
    Close(absl::StrCat("login failed: ", answer.status().message()));
    return std::nullopt;
  }
  if (answer->retcode != 0) {
    login_refused_ = true;
    Close(absl::StrCat("the server refused manager login ", options_.manager_login, ": ", answer->retcode,
                       " ", answer->retcode_text));
    return std::nullopt;
  }
  return *std::move(answer);
}

void Session::OnAuthStart(std::string_view payload) {
  const std::optional<Answer> answer = ReadAuthAnswer("AUTH_START", payload);
  if (!answer) return;
  mt5wire::Block challenge;
  if (!mt5wire::FromHex(answer->line.Get("SRV_RAND"), challenge)) {
    return Close("login failed: the server's challenge is damaged");
  }
  client_random_ = options_.random_block();
  state_ = State::kAuthAnswer;
  SendAuth(mt5wire::CommandBuilder("AUTH_ANSWER")
               .Add("SRV_RAND_ANSWER", mt5wire::ToHex(mt5wire::AuthAnswer(options_.password_hash, challenge)))
               .Add("CLI_RAND", mt5wire::ToHex(client_random_))
               .Finish());
}

void Session::OnAuthAnswer(std::string_view payload, absl::Time now) {
  const std::optional<Answer> answer = ReadAuthAnswer("AUTH_ANSWER", payload);
  if (!answer) return;
  mt5wire::Block proof;
  if (!mt5wire::FromHex(answer->line.Get("CLI_RAND_ANSWER"), proof) ||
      !mt5wire::ConstantTimeEqual(proof, mt5wire::AuthAnswer(options_.password_hash, client_random_))) {
    login_refused_ = true;
    return Close("login failed: the server could not prove that it knows the manager's password");
  }
  if (options_.encrypt) {
    mt5wire::CryptRandom random;
    if (!mt5wire::FromHex(answer->line.Get("CRYPT_RAND"), random)) {
      return Close("login failed: the server's key material is damaged");
    }
    const mt5wire::SessionKeys keys = mt5wire::DeriveSessionKeys(options_.password_hash, random);
    writer_.EnableEncryption(mt5wire::OfbStream(keys.key, keys.client_iv));
    reader_.EnableDecryption(mt5wire::OfbStream(keys.key, keys.server_iv));
  }
  if (!absl::SimpleAtoi(AbslView(answer->line.Get("VERSION_TRADE")), &build_)) build_ = 0;
  serials_.Release(auth_serial_);
  // Nothing but this step was sent since.
  login_round_trip_ = now - last_sent_;
  state_ = State::kReady;
}

void Session::OnAnswer(uint16_t serial, std::string_view payload, absl::Time now) {
  if (abandoned_.erase(serial) > 0) {
    serials_.Release(serial);
    ++ignored_messages_;
    return;
  }
  const auto found = in_flight_.find(serial);
  if (found == in_flight_.end()) {
    ++ignored_messages_;
    return;
  }
  const uint64_t id = found->second;
  const Entry& entry = commands_.at(id);
  absl::StatusOr<Answer> answer = ReadAnswer(entry.command.name, payload);
  // Whoever sends this is out of step with us; what else it answered cannot be trusted either.
  if (!answer.ok()) return Close(StdView(answer.status().message()));
  Reply reply;
  reply.fate = Reply::Fate::kAnswered;
  reply.round_trip = now - entry.sent_time;
  reply.answer = *std::move(answer);
  Finish(id, std::move(reply));
}

bool Session::Send(Outgoing command, absl::Time now) {
  if (!ready() || queue_.size() >= static_cast<size_t>(options_.queue_limit)) return false;
  const uint64_t id = command.id;
  MTSUITE_CHECK(id == kProbeId || !commands_.contains(id), "the id of a command is in use");
  deadlines_.emplace(command.deadline, id);
  const bool expired = command.deadline <= now;
  commands_[id].command = std::move(command);
  if (expired) {
    FinishUnanswered(id, Reply::Cause::kDeadline);
  } else {
    queue_.push_back(id);
  }
  return true;
}

std::string Session::TakeOutput(absl::Time now) {
  std::string out = std::exchange(auth_output_, {});
  if (closed()) return {};
  while (ready() && out.size() < kOutputPortion && WriteNextCommand(out, now)) {
  }
  if (ready() && ping_due_ && out.empty()) writer_.WritePing(serials_.Peek(), out);
  if (!out.empty()) {
    last_sent_ = now;
    ping_due_ = false;
  }
  return out;
}

bool Session::WriteNextCommand(std::string& out, absl::Time now) {
  while (!queue_.empty() && !commands_.contains(queue_.front())) queue_.pop_front();
  if (queue_.empty() || in_flight_.size() >= static_cast<size_t>(options_.in_flight_limit)) return false;
  const std::optional<uint16_t> serial = serials_.Take();
  if (!serial) return false;
  Entry& entry = commands_.at(queue_.front());
  entry.serial = *serial;
  entry.sent_time = now;
  in_flight_.emplace(*serial, queue_.front());
  writer_.WriteText(*serial, entry.command.text, out);
  entry.command.text.clear();
  queue_.pop_front();
  return true;
}

absl::Time Session::NextTimer() const {
  switch (state_) {
    case State::kIdle:
    case State::kClosed:
      return absl::InfiniteFuture();
    case State::kAuthStart:
    case State::kAuthAnswer:
      return auth_deadline_;
    case State::kReady:
      break;
  }
  absl::Time next = last_received_ + options_.silence_limit;
  if (probing_) next += options_.probe_timeout;
  if (!ping_due_) next = std::min(next, last_sent_ + options_.ping_period);
  if (!deadlines_.empty()) next = std::min(next, deadlines_.begin()->first);
  return next;
}

void Session::OnTimer(absl::Time now) {
  if ((state_ == State::kAuthStart || state_ == State::kAuthAnswer) && now >= auth_deadline_) {
    return Close(
        absl::StrCat("login failed: no answer within ", absl::FormatDuration(options_.auth_timeout)));
  }
  if (!ready()) return;
  ExpireCommands(now);
  if (closed()) return;
  if (now >= last_sent_ + options_.ping_period) ping_due_ = true;
  CheckSilence(now);
}

void Session::ExpireCommands(absl::Time now) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    FinishUnanswered(deadlines_.begin()->second, Reply::Cause::kDeadline);
  }
  if (abandoned_.size() > static_cast<size_t>(options_.abandoned_limit)) {
    Close(absl::StrCat("the server left ", abandoned_.size(), " commands unanswered"));
  }
}

void Session::CheckSilence(absl::Time now) {
  const absl::Duration silence = now - last_received_;
  if (silence >= options_.silence_limit + options_.probe_timeout) {
    return Close(absl::StrCat("the server has been silent for ", absl::FormatDuration(silence)));
  }
  // A live server pings every 20 s, but not all versions can be relied on: ask before giving up.
  if (silence < options_.silence_limit || probing_) return;
  probing_ = true;
  if (commands_.contains(kProbeId)) return;
  Send({kProbeId, "TEST_ACCESS", mt5wire::CommandBuilder("TEST_ACCESS").Finish(),
        last_received_ + options_.silence_limit + options_.probe_timeout},
       now);
}

void Session::Close(std::string_view reason) {
  if (closed()) return;
  state_ = State::kClosed;
  close_reason_ = std::string(reason);
  while (!commands_.empty()) FinishUnanswered(commands_.begin()->first, Reply::Cause::kConnectionLost);
  queue_.clear();
}

void Session::FinishUnanswered(uint64_t id, Reply::Cause cause) {
  const uint16_t serial = commands_.at(id).serial;
  Reply reply;
  reply.cause = cause;
  reply.fate = serial == kNotSent ? Reply::Fate::kNotSent : Reply::Fate::kUnconfirmed;
  if (serial != kNotSent) abandoned_.insert(serial);
  Finish(id, std::move(reply));
}

void Session::Finish(uint64_t id, Reply reply) {
  const auto found = commands_.find(id);
  const Entry& entry = found->second;
  deadlines_.erase({entry.command.deadline, id});
  if (entry.serial != kNotSent) {
    in_flight_.erase(entry.serial);
    if (reply.fate == Reply::Fate::kAnswered) serials_.Release(entry.serial);
  }
  commands_.erase(found);
  if (id == kProbeId) return;
  reply.id = id;
  replies_.push_back(std::move(reply));
}

}  // namespace mtsuite::connector::mt5

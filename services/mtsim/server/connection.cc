#include "services/mtsim/server/connection.h"

#include <chrono>
#include <utility>

#include "asio/write.hpp"
#include "common/clock/clock.h"
#include "common/log/log.h"
#include "common/mt5wire/frame.h"
#include "services/mtsim/mt5/dispatch.h"
#include "services/mtsim/mt5/fields.h"

namespace mtsuite::mtsim {
namespace {

// A client that does not read its answers is not read from either, once this much waits for it.
constexpr size_t kWaitingMax = 8 << 20;
// How long the last bytes of a connection may take.
constexpr absl::Duration kLastWritesMax = absl::Seconds(10);

// Network timeouts run with real time whatever the simulated clock says.
absl::Time NetworkNow() { return RealClock().TimeNow(); }

std::chrono::nanoseconds ToChrono(absl::Duration duration) { return absl::ToChronoNanoseconds(duration); }

// The account that a command is about, as far as faults are concerned; 0 for none.
uint64_t LoginOf(const Request& request) {
  if (const auto login = request.Unsigned("LOGIN")) return *login;
  if (request.body.empty()) return 0;
  const auto fields = Fields::Parse(request.body);
  return fields ? fields->Unsigned("Login").value_or(0) : 0;
}

// Sets the top bit of a few bytes of the first packet. Of a hexadecimal digit or an ASCII character that
// makes something that no reader can take for another valid one, as a broken line would, not a forger.
void Corrupt(std::string& bytes, uint64_t seed) {
  SplitMix64 random(seed);
  for (int i = 0; i < 4; ++i) {
    const size_t packet = std::min<size_t>(bytes.size(), mt5wire::kMaxFrameBody);
    bytes[random.Below(packet)] |= static_cast<char>(0x80);
  }
}

}  // namespace

Connection::Connection(int64_t id, ConnectionHost& host, asio::ip::tcp::socket socket, WebApiSession session)
    : id_(id), host_(host), socket_(std::move(socket)), session_(std::move(session)), timer_(host.io()) {}

void Connection::Start() {
  ScheduleTimer();
  Read();
}

void Connection::Read() {
  if (read_pending_ || closed_ || closing_ || waiting_.size() > kWaitingMax) return;
  read_pending_ = true;
  socket_.async_read_some(asio::buffer(buffer_),
                          [self = shared_from_this()](const asio::error_code& error, size_t size) {
                            self->read_pending_ = false;
                            if (error) {
                              self->Cut();
                            } else {
                              self->OnRead(size);
                            }
                          });
}

void Connection::OnRead(size_t size) {
  SessionEffects effects;
  session_.OnBytes(std::string_view(buffer_.data(), size), NetworkNow(), effects);
  Apply(std::move(effects));
  ScheduleTimer();
  Read();
}

void Connection::Apply(SessionEffects effects) {
  Write(std::move(effects.bytes));
  for (Request& request : effects.commands) {
    if (closed_ || closing_) return;
    Run(std::move(request));
  }
  if (effects.close && !closed_) {
    LOG_EVENT(kInfo, "mt5_session_closed", {"connection", id_}, {"reason", effects.close_reason});
    CloseAfterWrites();
  }
}

void Connection::ScheduleTimer() {
  if (closed_ || closing_) return;
  const absl::Duration wait = std::max(session_.NextTime() - NetworkNow(), absl::ZeroDuration());
  timer_.expires_after(ToChrono(wait));
  timer_.async_wait([self = shared_from_this()](const asio::error_code& error) {
    if (error || self->closed_) return;
    SessionEffects effects;
    self->session_.OnTime(NetworkNow(), effects);
    self->Apply(std::move(effects));
    self->ScheduleTimer();
  });
}

void Connection::Run(Request request) {
  if (request.name() == "QUIT") {
    Send(request, Retcode::kDone, Delivery::kNormal);
    CloseAfterWrites();
    return;
  }
  FaultBook& faults = host_.world().faults;
  const std::optional<Fault> fault =
      faults.empty() ? std::nullopt : faults.OnCommand(request.name(), LoginOf(request));
  if (fault) {
    RunWithFault(std::move(request), *fault);
  } else {
    ExecuteAndSend(request, Delivery::kNormal);
  }
}

void Connection::RunWithFault(Request request, const Fault& fault) {
  LOG_EVENT(kDebug, "fault_fired", {"fault", fault.id}, {"kind", static_cast<int>(fault.kind)},
            {"command", request.name()});
  const Caller caller{host_, *session_.manager(), id_};
  bool restart = false;
  switch (fault.kind) {
    case FaultKind::kRefuse:
      return Send(request, Reply(fault.retcode, RetcodeText(static_cast<Retcode>(fault.retcode))),
                  Delivery::kNormal);
    case FaultKind::kDelayBefore:
      return host_.RunLater(fault.delay, [caller, self = weak_from_this(), request = std::move(request)] {
        bool restart = false;
        const Reply reply = Execute(caller, request, restart);
        if (const auto connection = self.lock()) connection->Send(request, reply, Delivery::kNormal);
        if (restart) caller.host.Restart(absl::ZeroDuration());
      });
    case FaultKind::kDelayAfter: {
      Reply reply = Execute(caller, request, restart);
      return host_.RunLater(
          fault.delay, [self = weak_from_this(), request = std::move(request), reply = std::move(reply)] {
            if (const auto connection = self.lock()) connection->Send(request, reply, Delivery::kNormal);
          });
    }
    case FaultKind::kDropBefore:
      return;
    case FaultKind::kDropAfter:
      Execute(caller, request, restart);
      return;
    case FaultKind::kCutBefore:
      return Cut();
    case FaultKind::kCutMidFrame:
      return ExecuteAndSend(request, Delivery::kCutMidFrame);
    case FaultKind::kStall:
      Stall(fault.delay);
      return ExecuteAndSend(request, Delivery::kNormal);
    case FaultKind::kCorrupt:
      return ExecuteAndSend(request, Delivery::kCorrupted);
    case FaultKind::kDuplicateReply:
      return ExecuteAndSend(request, Delivery::kTwice);
    case FaultKind::kRestart:
      Execute(caller, request, restart);
      return host_.Restart(fault.delay);
    case FaultKind::kRefuseConnections:
    case FaultKind::kTradeReject:
    case FaultKind::kTradePartialFill:
    case FaultKind::kTradeDelay:
      // These hit no commands.
      return;
  }
}

Reply Connection::Execute(const Caller& caller, const Request& request, bool& restart) {
  World& world = caller.host.world();
  ++world.command_count;
  CommandContext context{world.engine,   world.bulletin, caller.manager,
                         world.identity, world.desk,     static_cast<uint64_t>(caller.connection),
                         NetworkNow()};
  Reply reply = Dispatch(context, request);
  for (const DelayedTrade& trade : context.delayed_trades) {
    caller.host.RunLater(trade.delay, [&world, id = trade.id] { world.desk.Execute(id, NetworkNow()); });
  }
  restart = context.restart_requested;
  return reply;
}

void Connection::ExecuteAndSend(const Request& request, Delivery delivery) {
  bool restart = false;
  const Reply reply = Execute({host_, *session_.manager(), id_}, request, restart);
  Send(request, reply, delivery);
  if (restart) host_.Restart(absl::ZeroDuration());
}

void Connection::Send(const Request& request, const Reply& reply, Delivery delivery) {
  if (closed_ || closing_) return;
  std::string bytes;
  session_.Answer(request.serial, request.name(), reply, bytes);
  switch (delivery) {
    case Delivery::kNormal:
      break;
    case Delivery::kTwice:
      session_.Answer(request.serial, request.name(), reply, bytes);
      break;
    case Delivery::kCorrupted:
      Corrupt(bytes, host_.world().seed ^ static_cast<uint64_t>(host_.world().command_count));
      break;
    case Delivery::kCutMidFrame:
      // Enough for the client to know how much it will never get.
      bytes.resize(mt5wire::kFrameHeaderBytes + (bytes.size() - mt5wire::kFrameHeaderBytes) / 2);
      Write(std::move(bytes));
      return CloseAfterWrites();
  }
  Write(std::move(bytes));
}

void Connection::Stall(absl::Duration duration) {
  stalled_ = true;
  if (duration == absl::ZeroDuration()) return;
  host_.RunLater(duration, [self = weak_from_this()] {
    if (const auto connection = self.lock()) connection->Resume();
  });
}

void Connection::Resume() {
  stalled_ = false;
  Flush();
}

void Connection::Write(std::string bytes) {
  if (closed_ || closing_) return;
  if (waiting_.empty()) {
    waiting_ = std::move(bytes);
  } else {
    waiting_ += bytes;
  }
  Flush();
}

void Connection::Flush() {
  if (closed_ || write_pending_ || stalled_ || waiting_.empty()) return;
  write_pending_ = true;
  writing_ = std::exchange(waiting_, {});
  asio::async_write(socket_, asio::buffer(writing_),
                    [self = shared_from_this()](const asio::error_code& error, size_t) {
                      self->write_pending_ = false;
                      if (error) {
                        self->Cut();
                      } else {
                        self->OnWritten();
                      }
                    });
}

void Connection::OnWritten() {
  Flush();
  if (write_pending_) return;
  if (closing_) {
    Cut();
  } else {
    Read();
  }
}

void Connection::CloseAfterWrites() {
  closing_ = true;
  if (!write_pending_ && (waiting_.empty() || stalled_)) return Cut();
  // A client that does not read must not keep the connection.
  timer_.expires_after(ToChrono(kLastWritesMax));
  timer_.async_wait([self = shared_from_this()](const asio::error_code& error) {
    if (!error) self->Cut();
  });
}

void Connection::Cut() {
  if (closed_) return;
  closed_ = true;
  timer_.cancel();
  asio::error_code ignored;
  socket_.close(ignored);
  host_.world().desk.Forget(static_cast<uint64_t>(id_));
  host_.OnClosed(id_);
}

}  // namespace mtsuite::mtsim

#include "services/orders/trade_event_session.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/clock/proto_time.h"
#include "common/requests/checks.h"
#include "common/requests/flow.h"
#include "common/rpc/outgoing.h"
#include "common/rpc/timer.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/status/rpc_status.h"
#include "common/strings/name_mask.h"
#include "services/orders/order_service.h"
#include "services/orders/trade_event_session_steps.h"
#include "services/orders/validation.h"

namespace mtsuite::orders {
namespace {

constexpr size_t kMaxBatch = 500;
// One message is under way; besides it, a heartbeat or the end of a snapshot may wait.
constexpr size_t kPendingMax = 4;

absl::Status Validate(const rpc::CallContext& call, const v1::StreamTradeEventsRequest& request) {
  RETURN_IF_ERROR(requests::ValidateServer(request.server()));
  RETURN_IF_ERROR(call.CheckServerAllowed(request.server()));
  RETURN_IF_ERROR(ValidateLogins(request.logins(), kMaxStreamLogins));
  RETURN_IF_ERROR(ValidateGroupMask(request.group_mask()));
  if (request.logins().empty() && request.group_mask().empty()) return requests::Required("logins");
  if (!request.logins().empty() && !request.group_mask().empty()) {
    return requests::InvalidField("group_mask", "either logins or a group mask");
  }
  // Of a mask, groups of accounts may have to be asked for.
  bool reads_accounts = request.topics().empty() ||
                        !(request.group_mask().empty() || NameMask(request.group_mask()).MatchesAll());
  for (int i = 0; i < request.topics_size(); ++i) {
    const int topic = request.topics(i);
    if (topic < v1::StreamTradeEventsRequest::ACCOUNTS || topic > v1::StreamTradeEventsRequest::DEALS) {
      return requests::InvalidField(absl::StrCat("topics[", i, "]"), "ACCOUNTS, ORDERS, POSITIONS or DEALS");
    }
    reads_accounts |= topic == v1::StreamTradeEventsRequest::ACCOUNTS;
  }
  if (request.has_resume_after() &&
      (request.resume_after().epoch().empty() || request.resume_after().sequence() < 0)) {
    return requests::InvalidField("resume_after", "the position of a message of this stream");
  }
  // Accounts hold personal data.
  return reads_accounts ? call.RequireScope("accounts.read") : absl::OkStatus();
}

}  // namespace

grpc::ServerWriteReactor<v1::StreamTradeEventsResponse>* OrderService::StreamTradeEvents(
    grpc::CallbackServerContext* context, const v1::StreamTradeEventsRequest* request) {
  return gate_.Stream<v1::StreamTradeEventsResponse>(
      context, "/mtsuite.orders.v1.OrderService/StreamTradeEvents", request, kPendingMax,
      [this](const std::shared_ptr<TradeEventSession::Stream>& stream,
             const v1::StreamTradeEventsRequest& request) {
        if (const absl::Status status = Validate(*stream, request); !status.ok()) {
          stream->Finish(status);
          return;
        }
        TradeEventSession::Start(stream, connector_, clock_, stream_options_, request);
      });
}

void TradeEventSession::Start(std::shared_ptr<Stream> stream, ConnectorClient& connector, Clock& clock,
                              const Options& options, const v1::StreamTradeEventsRequest& request) {
  const std::shared_ptr<TradeEventSession> self(
      new TradeEventSession(std::move(stream), connector, clock, options, request));
  self->stream_->OnDrained([weak = self->weak_from_this()] {
    if (const auto session = weak.lock()) session->OnDrained();
  });
  // Keeps the session alive until then.
  self->stream_->OnOver([self] { self->End(); });
  self->ScheduleHeartbeat();
  if (!request.has_resume_after()) return self->StartSnapshot();
  self->place_.set_epoch(request.resume_after().epoch());
  self->place_.set_sequence(request.resume_after().sequence());
  self->resume_ = self->place_;
  self->Follow();
}

TradeEventSession::TradeEventSession(std::shared_ptr<Stream> stream, ConnectorClient& connector, Clock& clock,
                                     const Options& options, const v1::StreamTradeEventsRequest& request)
    : stream_(std::move(stream)),
      connector_(connector),
      clock_(clock),
      options_(options),
      request_(request),
      request_id_(stream_->request_id()),
      api_key_(absl::StripPrefix(stream_->authorization(), "Bearer ")),
      deadline_(stream_->deadline()),
      filter_(request),
      last_send_(clock.TimeNow()) {}

std::unique_ptr<grpc::ClientContext> TradeEventSession::Context(absl::Time deadline) const {
  return rpc::BackgroundContext({.deadline = deadline, .request_id = request_id_, .api_key = api_key_});
}

void TradeEventSession::Follow() {
  connector::v1::StreamEventsRequest query;
  query.set_server(request_.server());
  *query.mutable_resume_after() = place_;
  Reader::Handlers handlers;
  auto reader = std::make_shared<std::shared_ptr<Reader>>();
  handlers.on_message = [self = shared_from_this()](const Event& event) { self->OnEvent(event); };
  handlers.on_done = [self = shared_from_this(), reader](const absl::Status& status) {
    self->OnUpstreamDone(*reader, status);
  };
  // The first message may come before Start returns; what it needs waits for the lock.
  absl::MutexLock lock(&mutex_);
  if (ended_) return;
  following_ = true;
  paused_ = false;
  epoch_ = place_.epoch();
  seen_sequence_ = place_.sequence();
  reader_ = Reader::Start(connector_.StubOf<ConnectorAsync>(), &ConnectorAsync::StreamEvents,
                          Context(deadline_), query, std::move(handlers));
  *reader = reader_;
}

void TradeEventSession::OnEvent(const Event& event) {
  if (event.has_reset()) return OnReset(event.position());
  if (filter_.NeedsGroup(event)) return LookUpGroup(event);
  TellEvent(event);
}

void TradeEventSession::LookUpGroup(const Event& event) {
  connector::v1::BatchGetAccountsRequest query;
  query.set_server(request_.server());
  query.add_logins(event.login());
  Ask(&ConnectorAsync::BatchGetAccounts, query,
      [self = shared_from_this(), event](const connector::v1::BatchGetAccountsResponse& accounts) {
        std::string group;
        for (const auto& result : accounts.results()) {
          if (!result.has_error()) {
            group = result.account().group();
            continue;
          }
          const absl::Status error = FromRpcStatus(result.error());
          // Without an answer the event would be left out without a word; who resumes gets it.
          if (GetErrorReason(error) != type::v1::ACCOUNT_NOT_FOUND) return self->Fail(error);
        }
        self->filter_.SetGroup(event.login(), group);
        self->TellEvent(event);
      });
}

void TradeEventSession::TellEvent(const Event& event) {
  TradeEventFilter::Result result = filter_.Apply(event);
  {
    absl::MutexLock lock(&mutex_);
    if (ended_) return;
    resume_.reset();
    epoch_ = event.position().epoch();
    seen_sequence_ = event.position().sequence();
    telling_sequence_ = result.read_account != 0 ? seen_sequence_ : 0;
    if (result.event.has_value()) Queue(*std::move(result.event));
    Flush();
  }
  if (result.read_account != 0) {
    v1::TradeEvent moved;
    moved.set_sequence(event.position().sequence());
    *moved.mutable_time() = event.time();
    moved.set_login(result.read_account);
    return TellAccount(moved);
  }
  ReadOn();
}

void TradeEventSession::ReadOn() {
  std::shared_ptr<Reader> reader;
  {
    absl::MutexLock lock(&mutex_);
    paused_ = batch_.size() >= kMaxBatch;
    if (paused_) return;
    reader = reader_;
  }
  if (reader != nullptr) reader->Next();
}

void TradeEventSession::OnReset(const connector::v1::EventPosition& position) {
  type::v1::StreamReset::Reason reason = type::v1::StreamReset::SOURCE_RESET;
  std::shared_ptr<Reader> reader;
  {
    absl::MutexLock lock(&mutex_);
    if (ended_) return;
    if (resume_.has_value()) {
      const bool held_once =
          resume_->epoch() == position.epoch() && resume_->sequence() <= position.sequence();
      reason = held_once ? type::v1::StreamReset::POSITION_EXPIRED : type::v1::StreamReset::POSITION_UNKNOWN;
      resume_.reset();
    }
    batch_.clear();
    following_ = false;
    told_sequence_ = 0;
    reader = std::move(reader_);
    Message message;
    message.mutable_reset()->set_reason(reason);
    Send(std::move(message));
  }
  if (reader != nullptr) reader->Cancel();
  WhenWritten([self = shared_from_this()] { self->StartSnapshot(); });
}

void TradeEventSession::OnUpstreamDone(std::shared_ptr<Reader>& reader, const absl::Status& status) {
  {
    absl::MutexLock lock(&mutex_);
    // Otherwise it would own itself.
    const std::shared_ptr<Reader> own = std::move(reader);
    // One that a reset or the end has taken out already is of no interest.
    if (ended_ || reader_ != own) return;
    reader_.reset();
    Flush();
  }
  if (status.ok()) {
    return Fail(connector_.peer().WithTransportReason(absl::UnavailableError("the event stream ended")));
  }
  if (GetErrorReason(status) != type::v1::SLOW_CONSUMER) {
    return Fail(connector_.peer().WithTransportReason(status));
  }
  std::string epoch;
  int64_t sequence = 0;
  {
    absl::MutexLock lock(&mutex_);
    epoch = epoch_;
    sequence = told_sequence_;
  }
  Fail(MakeError(absl::StatusCode::kResourceExhausted, type::v1::SLOW_CONSUMER,
                 absl::StrCat("the reader is too far behind; resume after ", sequence))
           .With("epoch", epoch)
           .With("sequence", sequence)
           .RetryAfter(absl::Seconds(1)));
}

void TradeEventSession::Queue(v1::TradeEvent event) { batch_.push_back(std::move(event)); }

void TradeEventSession::Flush() {
  if (in_flight_ || batch_.empty()) return;
  Message message;
  while (!batch_.empty() && static_cast<size_t>(message.events().events_size()) < kMaxBatch) {
    *message.mutable_events()->add_events() = std::move(batch_.front());
    batch_.pop_front();
  }
  int64_t position = message.events().events().rbegin()->sequence();
  // Of one event of the log, several may follow; who resumes between them gets them all again.
  const bool more = !batch_.empty() && batch_.front().sequence() == position;
  if (more || position == telling_sequence_) --position;
  message.mutable_position()->set_epoch(epoch_);
  message.mutable_position()->set_sequence(position);
  Send(std::move(message));
}

void TradeEventSession::Send(Message message) {
  if (message.has_position()) {
    message.set_previous_sequence(std::exchange(told_sequence_, message.position().sequence()));
  }
  in_flight_ = true;
  last_send_ = clock_.TimeNow();
  // A stream that is ending takes nothing any more; OnOver follows.
  stream_->Write(std::move(message));
}

void TradeEventSession::WhenWritten(absl::AnyInvocable<void()> step) {
  {
    absl::MutexLock lock(&mutex_);
    if (ended_) return;
    if (in_flight_) {
      when_written_ = std::move(step);
      return;
    }
  }
  step();
}

void TradeEventSession::OnDrained() {
  absl::AnyInvocable<void()> step;
  bool read_on = false;
  {
    absl::MutexLock lock(&mutex_);
    in_flight_ = false;
    if (ended_) return;
    step = std::move(when_written_);
    when_written_ = nullptr;
    if (following_) Flush();
    read_on = paused_ && batch_.size() < kMaxBatch;
  }
  if (step) return step();
  if (read_on) ReadOn();
}

void TradeEventSession::ScheduleHeartbeat() {
  rpc::CallAfter(options_.heartbeat_interval / 4, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->Heartbeat();
  });
}

void TradeEventSession::Heartbeat() {
  {
    absl::MutexLock lock(&mutex_);
    if (ended_) return;
    const bool silent = clock_.TimeNow() - last_send_ >= options_.heartbeat_interval;
    // What has been gathered comes with the end of the write, and is no silence.
    if (!following_ || in_flight_ || !silent) return ScheduleHeartbeat();
  }
  // How the connection to the trading server is, is asked for each time: events do not tell while there are
  // none.
  auto query = MakeQuery<connector::v1::ListPositionsRequest>(0, 1);
  rpc::CallUnary(connector_.StubOf<TradingAsync>(), &TradingAsync::ListPositions,
                 Context(clock_.TimeNow() + options_.heartbeat_interval / 4), query,
                 [self = shared_from_this()](const absl::StatusOr<connector::v1::ListPositionsResponse>& page,
                                             const rpc::ReplyMetadata&) {
                   if (page.ok() && page->has_read_time()) {
                     absl::MutexLock lock(&self->mutex_);
                     self->last_heard_ = FromProtoTime(page->read_time());
                   }
                   self->SendHeartbeat();
                 });
}

void TradeEventSession::SendHeartbeat() {
  {
    absl::MutexLock lock(&mutex_);
    if (ended_) return;
    if (following_ && !in_flight_ && batch_.empty()) {
      const absl::Time now = clock_.TimeNow();
      Message message;
      message.mutable_position()->set_epoch(epoch_);
      message.mutable_position()->set_sequence(seen_sequence_ - (telling_sequence_ == 0 ? 0 : 1));
      *message.mutable_heartbeat()->mutable_time() = ToProtoTime(now);
      if (last_heard_.has_value()) {
        *message.mutable_heartbeat()->mutable_feed_age() =
            ToProtoDuration(std::max(absl::ZeroDuration(), now - *last_heard_));
      }
      Send(std::move(message));
    }
  }
  ScheduleHeartbeat();
}

void TradeEventSession::Fail(const absl::Status& status) {
  stream_->Finish(status);
  End();
}

void TradeEventSession::End() {
  std::shared_ptr<Reader> reader;
  absl::AnyInvocable<void()> step;
  {
    absl::MutexLock lock(&mutex_);
    if (std::exchange(ended_, true)) return;
    reader = std::move(reader_);
    step = std::move(when_written_);
    batch_.clear();
  }
  if (reader != nullptr) reader->Cancel();
}

}  // namespace mtsuite::orders

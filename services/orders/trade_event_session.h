#ifndef SERVICES_ORDERS_TRADE_EVENT_SESSION_H_
#define SERVICES_ORDERS_TRADE_EVENT_SESSION_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/rpc/server_stream.h"
#include "common/rpc/stream_reader.h"
#include "mtsuite/connector/v1/event.pb.h"
#include "mtsuite/orders/v1/order_service.pb.h"
#include "services/orders/connector_client.h"
#include "services/orders/trade_event_filter.h"

namespace mtsuite::orders {

// One StreamTradeEvents call: a snapshot from the connector's lists, then its event log from the place that
// the lists reflect, filtered. Keeps itself alive until the stream is over.
//
// Memory is bounded: one message is under way to the reader, the events that come meanwhile are gathered up
// to a batch, and with a full batch the connector is not read on. It ends its own stream with SLOW_CONSUMER
// when its reader is too far behind, and that becomes the end of this one.
class TradeEventSession : public std::enable_shared_from_this<TradeEventSession> {
 public:
  using Stream = rpc::ServerStream<v1::StreamTradeEventsResponse>;

  struct Options {
    // A heartbeat follows this much silence; the contract says 5 s.
    absl::Duration heartbeat_interval = absl::Seconds(4);
    // Deadline of each read of the connector.
    absl::Duration read_timeout = absl::Seconds(10);
  };

  // Starts to serve a request that has been checked.
  static void Start(std::shared_ptr<Stream> stream, ConnectorClient& connector, Clock& clock,
                    const Options& options, const v1::StreamTradeEventsRequest& request);

 private:
  using Message = v1::StreamTradeEventsResponse;
  using Event = connector::v1::Event;
  using Reader = rpc::StreamReader<Event>;

  TradeEventSession(std::shared_ptr<Stream> stream, ConnectorClient& connector, Clock& clock,
                    const Options& options, const v1::StreamTradeEventsRequest& request);

  // The snapshot, step by step: the place in the log, accounts, orders, positions, the end.
  // trade_event_snapshot.cc.
  void StartSnapshot();
  void ReadAccounts(int64_t after);
  void TakeAccounts(const connector::v1::ListAccountsResponse& page);
  void ReadNamedAccounts(int first);
  void ReadOrders(int64_t after);
  void ReadPositions(int64_t after);
  void EndSnapshot();
  // The orders and positions of an account that moved into the mask, told as events of `moved`.
  void TellAccount(const v1::TradeEvent& moved);
  void TellOrders(const v1::TradeEvent& moved, int64_t after);
  void EndTelling();
  void TellPositions(const v1::TradeEvent& moved, int64_t after);

  // Events.
  void Follow();
  void OnEvent(const Event& event);
  void TellEvent(const Event& event);
  // The group of an account that the event does not tell, then the event.
  void LookUpGroup(const Event& event);
  void OnReset(const connector::v1::EventPosition& position);
  void OnUpstreamDone(std::shared_ptr<Reader>& reader, const absl::Status& status);
  // Asks for the next event unless the batch is full; then the end of the write does.
  void ReadOn();

  // Writing.
  void Queue(v1::TradeEvent event) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Flush() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Send(Message message) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Runs `step` when nothing is under way to the reader: at once, or after the write.
  void WhenWritten(absl::AnyInvocable<void()> step) ABSL_LOCKS_EXCLUDED(mutex_);
  void OnDrained() ABSL_LOCKS_EXCLUDED(mutex_);
  void ScheduleHeartbeat();
  void Heartbeat() ABSL_LOCKS_EXCLUDED(mutex_);
  void SendHeartbeat() ABSL_LOCKS_EXCLUDED(mutex_);

  void Fail(const absl::Status& status);
  void End() ABSL_LOCKS_EXCLUDED(mutex_);

  // Asks the connector with the caller's key. `done` is `void(const Response&)` and not called after a
  // failure, which ends the stream, or after its end.
  template <class Async, class Request, class Response, class Done>
  void Ask(requests::Peer::Method<Async, Request, Response> method, const Request& request, Done done);
  std::unique_ptr<grpc::ClientContext> Context(absl::Time deadline) const;
  template <class Query>
  Query MakeQuery(int64_t after, int limit) const;

  const std::shared_ptr<Stream> stream_;
  ConnectorClient& connector_;
  Clock& clock_;
  const Options options_;
  const v1::StreamTradeEventsRequest request_;
  // The call itself may be over while this goes on, so what its reads need is kept.
  const std::string request_id_;
  const std::string api_key_;
  const absl::Time deadline_;

  // Used by one step after the other: snapshot, then event by event.
  TradeEventFilter filter_;
  // Where the snapshot stands, and where events are followed from.
  connector::v1::EventPosition place_;
  // The caller's position, until the connector's first message has shown whether it is held.
  std::optional<connector::v1::EventPosition> resume_;

  absl::Mutex mutex_;
  std::shared_ptr<Reader> reader_ ABSL_GUARDED_BY(mutex_);
  std::deque<v1::TradeEvent> batch_ ABSL_GUARDED_BY(mutex_);
  absl::AnyInvocable<void()> when_written_ ABSL_GUARDED_BY(mutex_);
  std::string epoch_ ABSL_GUARDED_BY(mutex_);
  int64_t seen_sequence_ ABSL_GUARDED_BY(mutex_) = 0;     // the last event that came
  int64_t telling_sequence_ ABSL_GUARDED_BY(mutex_) = 0;  // the event that TellAccount adds to, 0 for none
  int64_t told_sequence_ ABSL_GUARDED_BY(mutex_) = 0;     // position of the last message that has one
  absl::Time last_send_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Time> last_heard_ ABSL_GUARDED_BY(mutex_);  // the trading server's last answer
  bool following_ ABSL_GUARDED_BY(mutex_) = false;
  bool paused_ ABSL_GUARDED_BY(mutex_) = false;     // the batch is full
  bool in_flight_ ABSL_GUARDED_BY(mutex_) = false;  // a message is under way to the reader
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace mtsuite::orders

#endif  // SERVICES_ORDERS_TRADE_EVENT_SESSION_H_

#ifndef SERVICES_CONNECTOR_MT5_SESSION_H_
#define SERVICES_CONNECTOR_MT5_SESSION_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"
#include "common/mt5wire/cipher.h"
#include "common/mt5wire/message.h"
#include "services/connector/mt5/answer.h"
#include "services/connector/mt5/serials.h"

namespace mtsuite::connector::mt5 {

struct SessionOptions {
  int64_t manager_login = 0;
  mt5wire::Block password_hash{};
  bool encrypt = true;
  std::string agent = "mtsuite";
  int in_flight_limit = 64;
  int queue_limit = 4096;
  int abandoned_limit = 64;
  size_t max_answer_bytes = size_t{256} << 20;
  absl::Duration auth_timeout = absl::Seconds(10);
  absl::Duration probe_timeout = absl::Seconds(15);
  absl::Duration ping_period = absl::Seconds(20);
  absl::Duration silence_limit = absl::Seconds(45);
  std::function<mt5wire::Block()> random_block = mt5wire::SecureRandomBlock;  // Of the challenge.
};

// A command on its way.
struct Outgoing {
  uint64_t id = 0;   // The caller's, above 0 and unique among those in progress.
  std::string name;  // "USER_GET": the answer must repeat it.
  std::string text;  // The whole message in UTF-8, its name included.
  absl::Time deadline;
};

// How a command ended. There is exactly one Reply for each Outgoing that Send accepted.
struct Reply {
  enum class Fate {
    kAnswered,     // The trading server answered, with whatever return code.
    kNotSent,      // No byte of it was handed over for sending, and none will be.
    kUnconfirmed,  // Sent in part or in full; whether it was carried out is not known.
  };
  enum class Cause { kNone, kDeadline, kConnectionLost };

  uint64_t id = 0;
  Fate fate = Fate::kNotSent;
  Cause cause = Cause::kNone;
  Answer answer;              // Of kAnswered.
  absl::Duration round_trip;  // Of kAnswered: from handing it over to the answer's last byte.
};

// The client's side of one MT5 Web API connection, without sockets and clocks: events go in, and what follows
// from them is fetched. After each event the driver writes TakeOutput() (only once its previous output has
// been written), hands out TakeReplies(), looks whether the session is closed, and sets its timer to
// NextTimer().
//
// It logs in (both steps; the server must prove that it knows the password too), encrypts, pings, pairs
// answers with commands by serial number, and ends commands at their deadlines. Answers that match no command
// are counted and dropped; bytes that are no Web API end the session. Not thread-safe.
class Session {
 public:
  enum class State { kIdle, kAuthStart, kAuthAnswer, kReady, kClosed };

  explicit Session(SessionOptions options);

  // The socket is connected: the login starts.
  void OnConnected(absl::Time now);
  void OnBytes(std::string_view bytes, absl::Time now);
  // NextTimer() was reached; harmless at any other time.
  void OnTimer(absl::Time now);
  // Ends the session, if it has not ended: the socket is gone, or is to be closed. `reason` is for people.
  void Close(std::string_view reason);

  // Queues a command. False when the session is not ready or its queue is full; there is no Reply then.
  bool Send(Outgoing command, absl::Time now);

  // Bytes to be written next. A command counts as sent once its bytes were taken.
  std::string TakeOutput(absl::Time now);
  std::vector<Reply> TakeReplies() { return std::exchange(replies_, {}); }
  // When OnTimer is due if nothing else happens before.
  absl::Time NextTimer() const;

  State state() const { return state_; }
  bool ready() const { return state_ == State::kReady; }
  bool closed() const { return state_ == State::kClosed; }
  const std::string& close_reason() const { return close_reason_; }
  // Closed because the server refused the login: trying again soon will not help.
  bool login_refused() const { return login_refused_; }
  // Build of the trade server; 0 before the login.
  int build() const { return build_; }
  // Of the login's second step; zero before.
  absl::Duration login_round_trip() const { return login_round_trip_; }
  // Commands queued or in flight.
  size_t load() const { return commands_.size(); }
  // Messages that answered nothing: late, duplicate or unknown.
  int64_t ignored_messages() const { return ignored_messages_; }

 private:
  static constexpr uint64_t kProbeId = 0;
  static constexpr uint16_t kNotSent = 0;

  struct Entry {
    Outgoing command;
    uint16_t serial = kNotSent;
    absl::Time sent_time;
  };

  void OnMessage(uint16_t serial, std::string_view payload, absl::Time now);
  // The two login steps. Each closes the session unless the server's answer is as it must be.
  void OnAuthStart(std::string_view payload);
  void OnAuthAnswer(std::string_view payload, absl::Time now);
  // The answer to a login step; nothing, and closed, when it is damaged or a refusal.
  std::optional<Answer> ReadAuthAnswer(std::string_view step, std::string_view payload);
  void OnAnswer(uint16_t serial, std::string_view payload, absl::Time now);
  void SendAuth(std::string_view text);
  bool WriteNextCommand(std::string& out, absl::Time now);
  void ExpireCommands(absl::Time now);
  void CheckSilence(absl::Time now);
  // Ends a command: forgets it and tells the reply.
  void Finish(uint64_t id, Reply reply);
  void FinishUnanswered(uint64_t id, Reply::Cause cause);

  const SessionOptions options_;
  State state_ = State::kIdle;
  std::string close_reason_;
  bool login_refused_ = false;
  int build_ = 0;

  mt5wire::MessageReader reader_;
  mt5wire::MessageWriter writer_;
  std::string auth_output_;
  mt5wire::Block client_random_{};
  uint16_t auth_serial_ = 0;
  absl::Time auth_deadline_;
  absl::Duration login_round_trip_;

  Serials serials_;
  absl::flat_hash_map<uint64_t, Entry> commands_;
  std::deque<uint64_t> queue_;  // Not sent yet; ids that have ended meanwhile are skipped.
  absl::flat_hash_map<uint16_t, uint64_t> in_flight_;
  std::set<std::pair<absl::Time, uint64_t>> deadlines_;
  absl::flat_hash_set<uint16_t> abandoned_;
  std::vector<Reply> replies_;

  absl::Time last_sent_;
  absl::Time last_received_;
  bool ping_due_ = false;
  bool probing_ = false;
  int64_t ignored_messages_ = 0;
};

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_SESSION_H_

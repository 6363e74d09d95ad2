#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "services/connector/mt5/session.h"
#include "services/connector/mt5/test_peer.h"

namespace {

using mtsuite::connector::mt5::Reply;
using mtsuite::connector::mt5::Session;
using mtsuite::connector::mt5::SessionOptions;
using mtsuite::connector::mt5::TestPeer;

void Require(bool condition) {
  if (!condition) std::abort();
}

// How far the session is before the bytes come.
enum Stage { kConnected, kChallenged, kReady, kInFlight, kStages };

}  // namespace

// The first byte chooses the stage and whether the session is encrypted; the rest comes from the server,
// whole or byte by byte. Whatever it is, each command gets exactly one reply, what was sent is never told as
// not sent, and a closed session stays closed.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const int stage = data[0] % kStages;
  const bool encrypt = (data[0] & 0x40) != 0;
  const bool single_bytes = (data[0] & 0x80) != 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  absl::Time now = absl::FromUnixSeconds(1'800'000'000);

  SessionOptions options;
  options.manager_login = 1000;
  options.password_hash = mtsuite::mt5wire::PasswordHash("Manager1!").value();
  options.encrypt = encrypt;
  options.max_answer_bytes = 1 << 20;
  options.random_block = [] { return mtsuite::mt5wire::Block{}; };
  Session session(options);
  TestPeer peer;
  session.OnConnected(now);
  for (int step = 0; step < stage && step < 2; ++step) {
    Require(peer.OnBytes(session.TakeOutput(now)));
    session.OnBytes(peer.TakeOutput(), now);
  }
  Require(session.ready() == (stage >= kReady));

  int expected = 0;
  if (stage == kInFlight) {
    for (uint64_t id = 1; id <= 3; ++id) {
      Require(session.Send({id, "USER_GET", "USER_GET|\r\n", now + absl::Seconds(5)}, now));
      ++expected;
      // The third stays behind.
      if (id == 2) Require(!session.TakeOutput(now).empty());
    }
  }
  if (single_bytes) {
    for (const char& byte : bytes) session.OnBytes({&byte, 1}, now);
  } else {
    session.OnBytes(bytes, now);
  }
  now += absl::Seconds(1);
  session.OnTimer(now);
  session.Close("the end");
  Require(session.closed() && session.TakeOutput(now).empty());
  int replies = 0;
  for (const Reply& reply : session.TakeReplies()) {
    ++replies;
    if (reply.id == 3) Require(reply.fate == Reply::Fate::kNotSent);
    if (reply.id != 3) Require(reply.fate != Reply::Fate::kNotSent);
  }
  Require(replies == expected);
  return 0;
}

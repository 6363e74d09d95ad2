#ifndef SERVICES_CONNECTOR_MT5_SESSION_FIXTURE_H_
#define SERVICES_CONNECTOR_MT5_SESSION_FIXTURE_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "services/connector/mt5/session.h"
#include "services/connector/mt5/test_peer.h"

namespace mtsuite::connector::mt5 {

inline const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);

// A session and a peer, joined by hand; the test decides what passes when. The parameter: whether to encrypt.
class SessionTest : public ::testing::TestWithParam<bool> {
 protected:
  static SessionOptions Options(bool encrypt = GetParam()) {
    SessionOptions options;
    options.manager_login = 1000;
    options.password_hash = mt5wire::PasswordHash("Manager1!").value();
    options.encrypt = encrypt;
    return options;
  }

  void Open(const SessionOptions& options = Options(), const TestPeer::Options& peer_options = {}) {
    session_ = std::make_unique<Session>(options);
    peer_ = std::make_unique<TestPeer>(peer_options);
    session_->OnConnected(now_);
    Exchange();
  }

  // Everything passes in both directions until nothing is left.
  void Exchange() {
    for (;;) {
      const std::string to_peer = session_->TakeOutput(now_);
      if (!to_peer.empty()) {
        ASSERT_TRUE(peer_->OnBytes(to_peer));
      }
      const std::string to_session = peer_->TakeOutput();
      if (to_peer.empty() && to_session.empty()) break;
      session_->OnBytes(to_session, now_);
    }
    Collect();
  }

  void Collect() {
    for (Reply& reply : session_->TakeReplies()) replies_.push_back(std::move(reply));
  }

  bool Send(uint64_t id, absl::Duration timeout = absl::Seconds(5), std::string_view name = "USER_GET") {
    return session_->Send(
        {id, std::string(name), mt5wire::CommandBuilder(name).Add("LOGIN", id).Finish(), now_ + timeout},
        now_);
  }

  // Passes output to the peer and returns the commands it now holds.
  std::deque<TestPeer::Received>& Deliver() {
    EXPECT_TRUE(peer_->OnBytes(session_->TakeOutput(now_)));
    return peer_->commands();
  }

  void PassTime(absl::Duration duration) {
    now_ += duration;
    session_->OnTimer(now_);
    Collect();
  }

  absl::Time now_ = kStart;
  std::unique_ptr<Session> session_;
  std::unique_ptr<TestPeer> peer_;
  std::vector<Reply> replies_;
};

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_SESSION_FIXTURE_H_

#ifndef SERVICES_CONNECTOR_MT5_TEST_PEER_H_
#define SERVICES_CONNECTOR_MT5_TEST_PEER_H_

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/mt5wire/command.h"
#include "common/mt5wire/frame.h"
#include "common/mt5wire/message.h"

namespace mtsuite::connector::mt5 {

// The server's side of one Web API connection for tests: takes bytes, answers the login by itself, and keeps
// the commands for the test to answer. Made of the wire library only.
class TestPeer {
 public:
  struct Options {
    std::string password = "Manager1!";
    bool answer_login = true;
    int refuse_login_with = 0;  // Return code of the first step.
    bool know_password = true;  // Proves it in the second step.
    bool damage_key = false;    // Sends key material that cannot be read.
  };
  struct Received {
    uint16_t serial = 0;
    std::string name;
    mt5wire::CommandLine line;
    std::string body;  // UTF-8.
  };

  TestPeer() : TestPeer(Options()) {}
  explicit TestPeer(const Options& options);

  // Bytes from the client. False when they are no Web API.
  bool OnBytes(std::string_view bytes);

  // Commands received after the login, oldest first.
  std::deque<Received>& commands() { return commands_; }
  int pings() const { return pings_; }
  bool logged_in() const { return logged_in_; }
  bool encrypted() const { return encrypted_; }

  // Appends to output(): "<name>|RETCODE=<retcode> <text>|<parameters>\r\n<body>".
  struct Answer {
    int retcode = 0;
    std::string text = "Done";
    std::vector<std::pair<std::string, std::string>> parameters = {};
    std::string body = {};
  };
  void Reply(const Received& command, const Answer& answer);
  void ReplyRaw(uint16_t serial, std::string_view utf8);
  void Ping(uint16_t serial = 0x4268) { writer_.WritePing(serial, output_); }

  // Bytes for the client.
  std::string TakeOutput();

 private:
  void OnAuthStart(const Received& command);
  void OnAuthAnswer(const Received& command);

  const Options options_;
  mt5wire::MessageReader reader_{mt5wire::FrameReader::Prefix::kExpected};
  mt5wire::MessageWriter writer_;
  mt5wire::Block password_hash_{};
  bool encrypt_ = false;
  bool encrypted_ = false;
  bool logged_in_ = false;
  int pings_ = 0;
  std::deque<Received> commands_;
  std::string output_;
};

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_TEST_PEER_H_

#include "services/connector/mt5/test_server.h"

#include <array>
#include <deque>
#include <utility>

#include "asio/buffer.hpp"
#include "asio/post.hpp"
#include "asio/write.hpp"

namespace mtsuite::connector::mt5 {
namespace {

using asio::ip::tcp;

constexpr char kGroup[] =
    R"({"Group":"demo\\usd","Currency":"USD","CurrencyDigits":"2","AuthPasswordMin":"8","MarginMode":"2",)"
    R"("DemoLeverage":"100"})";

}  // namespace

class TestServer::Link : public std::enable_shared_from_this<Link> {
 public:
  Link(TestServer& server, tcp::socket socket)
      : server_(server), peer_(server.peer_options_), socket_(std::move(socket)) {}

  void Read() {
    socket_.async_read_some(asio::buffer(input_),
                            [self = shared_from_this()](const asio::error_code& error, size_t size) {
                              if (error || !self->OnBytes({self->input_.data(), size})) return self->Close();
                              self->Read();
                            });
  }

  void Close() {
    asio::error_code ignored;
    socket_.close(ignored);
    server_.links_.erase(shared_from_this());
  }

 private:
  // False when the connection is to be closed.
  bool OnBytes(std::string_view bytes) {
    if (!peer_.OnBytes(bytes)) return false;
    for (; !peer_.commands().empty(); peer_.commands().pop_front()) {
      const TestPeer::Received& command = peer_.commands().front();
      const Reaction reaction = server_.React(command);
      Write();
      if (reaction.answer) peer_.Reply(command, *reaction.answer);
      if (reaction.answer && reaction.twice) peer_.Reply(command, *reaction.answer);
      if (reaction.belated) peer_.Reply(reaction.belated->first, reaction.belated->second);
      if (reaction.then == Then::kCutMidFrame) {
        const std::string output = peer_.TakeOutput();
        asio::error_code ignored;
        asio::write(socket_, asio::buffer(output.data(), output.size() / 2), ignored);
      }
      if (reaction.then != Then::kStay) return false;
    }
    Write();
    absl::MutexLock lock(&server_.mutex_);
    server_.encrypted_ = peer_.encrypted();
    return true;
  }

  // Blocking writes are good enough here: the client always reads.
  void Write() {
    asio::error_code ignored;
    asio::write(socket_, asio::buffer(peer_.TakeOutput()), ignored);
  }

  TestServer& server_;
  TestPeer peer_;
  tcp::socket socket_;
  std::array<char, 65536> input_;
};

TestServer::TestServer(const TestPeer::Options& peer_options)
    : peer_options_(peer_options),
      io_(1),
      acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      port_(acceptor_.local_endpoint().port()) {
  Answer("TIME_GET", {.body = R"({"TimeZone":"0","Daylight":"0","DaylightState":"0"})"});
  Answer("GROUP_TOTAL", {.parameters = {{"TOTAL", "1"}}});
  Answer("GROUP_NEXT", {.body = kGroup});
  On("GROUP_GET", [](const TestPeer::Received& command) -> Reaction {
    if (command.line.Get("GROUP") == "demo\\usd") return {TestPeer::Answer{.body = kGroup}};
    return {TestPeer::Answer{.retcode = 13, .text = "Not found"}};
  });
  Answer("USER_LOGINS", {.body = "[]"});
  Answer("DEAL_GET_BATCH", {.body = "[]"});
  Answer("ORDER_GET_BATCH", {.body = "[]"});
  Answer("POSITION_GET_BATCH", {.body = "[]"});
  Answer("TICK_LAST", {.parameters = {{"TRANS_ID", "1"}}, .body = "[]"});
  Accept();
  thread_ = std::thread([this] { io_.run(); });
}

TestServer::~TestServer() { Stop(); }

void TestServer::Stop() {
  io_.stop();
  if (thread_.joinable()) thread_.join();
}

void TestServer::Accept() {
  acceptor_.async_accept([this](const asio::error_code& error, tcp::socket socket) {
    if (error) return;
    if (!refusing_) {
      {
        absl::MutexLock lock(&mutex_);
        ++connections_;
      }
      const auto link = std::make_shared<Link>(*this, std::move(socket));
      links_.insert(link);
      link->Read();
    }
    Accept();
  });
}

TestServer::Reaction TestServer::React(const TestPeer::Received& command) {
  Handler handler;
  {
    absl::MutexLock lock(&mutex_);
    ++counts_[command.name];
    const auto found = handlers_.find(command.name);
    if (found != handlers_.end()) handler = found->second;
  }
  if (handler) return handler(command);
  return {TestPeer::Answer{.retcode = 12002, .text = "Not supported"}};
}

void TestServer::On(const std::string& command, Handler handler) {
  absl::MutexLock lock(&mutex_);
  handlers_[command] = std::move(handler);
}

void TestServer::Answer(const std::string& command, const TestPeer::Answer& answer) {
  On(command, [answer](const TestPeer::Received&) { return Reaction{answer}; });
}

int TestServer::count(const std::string& command) const {
  absl::MutexLock lock(&mutex_);
  const auto found = counts_.find(command);
  return found == counts_.end() ? 0 : found->second;
}

bool TestServer::AwaitCount(const std::string& command, int count) const {
  absl::MutexLock lock(&mutex_);
  const auto reached = [&] {
    mutex_.AssertReaderHeld();
    const auto found = counts_.find(command);
    return found != counts_.end() && found->second >= count;
  };
  return mutex_.AwaitWithTimeout(absl::Condition(&reached), absl::Seconds(20));
}

int TestServer::connections() const {
  absl::MutexLock lock(&mutex_);
  return connections_;
}

bool TestServer::encrypted() const {
  absl::MutexLock lock(&mutex_);
  return encrypted_;
}

void TestServer::CutAll(bool refusing) {
  asio::post(io_, [this, refusing] {
    refusing_ = refusing;
    const auto links = links_;
    for (const auto& link : links) link->Close();
  });
}

}  // namespace mtsuite::connector::mt5

// A closed loop of gRPC calls: `concurrency` calls are always under way. Prints one JSON line with the
// latency distribution of the measured part; what runs before `warmup` has passed is not counted.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <fstream>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/ids/uuid.h"
#include "grpcpp/alarm.h"
#include "grpcpp/grpcpp.h"
#include "mtsuite/accounts/v1/account_service.grpc.pb.h"
#include "mtsuite/orders/v1/order_service.grpc.pb.h"
#include "tests/bench/echo.grpc.pb.h"

ABSL_FLAG(std::string, target, "", "host:port");
ABSL_FLAG(std::string, call, "echo",
          "echo, get_account, deposit, or trade: a market order and its close in turns");
ABSL_FLAG(std::string, symbol, "BTCUSD", "what is traded: open at any hour");
ABSL_FLAG(std::string, server, "mt5-demo", "trading server");
ABSL_FLAG(int64_t, first_login, 1000, "first login; calls go round over login_count accounts");
ABSL_FLAG(int64_t, login_count, 1, "how many accounts");
ABSL_FLAG(std::string, key_file, "", "file with the API key");
ABSL_FLAG(int, concurrency, 1, "calls under way at any time");
ABSL_FLAG(int, channels, 1, "connections");
ABSL_FLAG(absl::Duration, pause, absl::ZeroDuration(), "between an answer and the next call of its place");
ABSL_FLAG(absl::Duration, warmup, absl::Seconds(1), "not measured");
ABSL_FLAG(absl::Duration, duration, absl::Seconds(5), "measured");

namespace mtsuite::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

std::string ReadKey() {
  std::ifstream file(absl::GetFlag(FLAGS_key_file));
  std::string key;
  std::getline(file, key);
  return std::string(absl::StripAsciiWhitespace(key));
}

// One place in the loop: makes a call, and the next one when it is answered.
class Load {
 public:
  explicit Load(std::string key) : authorization_(absl::StrCat("Bearer ", key)) {
    for (int i = 0; i < absl::GetFlag(FLAGS_channels); ++i) {
      grpc::ChannelArguments arguments;
      arguments.SetInt("mtsuite.channel", i);  // Different arguments make different connections.
      const auto channel = grpc::CreateCustomChannel(absl::GetFlag(FLAGS_target),
                                                     grpc::InsecureChannelCredentials(), arguments);
      echoes_.push_back(v1::EchoService::NewStub(channel));
      accounts_.push_back(accounts::v1::AccountService::NewStub(channel));
      orders_.push_back(orders::v1::OrderService::NewStub(channel));
    }
    latencies_us_.reserve(1 << 20);
    closing_latencies_us_.reserve(1 << 20);
  }

  void Run() {
    measure_from_ = SteadyClock::now() + absl::ToChronoNanoseconds(absl::GetFlag(FLAGS_warmup));
    end_ = measure_from_ + absl::ToChronoNanoseconds(absl::GetFlag(FLAGS_duration));
    const int concurrency = absl::GetFlag(FLAGS_concurrency);
    running_ = concurrency;
    positions_.resize(static_cast<size_t>(concurrency));
    alarms_ = std::vector<grpc::Alarm>(static_cast<size_t>(concurrency));
    for (int i = 0; i < concurrency; ++i) {
      Next(i);
    }
    std::unique_lock<std::mutex> lock(mutex_);
    idle_.wait(lock, [this] { return running_ == 0; });
  }

  // Latencies are those of the call; those of closing a position are told beside it.
  void Print() {
    const size_t count = latencies_us_.size() + closing_latencies_us_.size();
    const double seconds = absl::ToDoubleSeconds(absl::GetFlag(FLAGS_duration));
    std::printf(
        "{\"calls\": %zu, \"errors\": %d, \"seconds\": %.3f, \"per_second\": %.0f, \"p50_us\": %.0f, "
        "\"p99_us\": %.0f",
        count, errors_, seconds, count / seconds, Percentile(latencies_us_, 0.50),
        Percentile(latencies_us_, 0.99));
    if (kind_ == "trade") {
      std::printf(", \"close_p50_us\": %.0f, \"close_p99_us\": %.0f", Percentile(closing_latencies_us_, 0.50),
                  Percentile(closing_latencies_us_, 0.99));
    }
    std::printf("}\n");
    if (!first_error_.empty()) {
      std::fprintf(stderr, "first error: %s\n", first_error_.c_str());
    }
  }

 private:
  // Everything that one call needs until it is answered.
  struct Call {
    grpc::ClientContext context;
    v1::EchoRequest echo;
    accounts::v1::GetAccountRequest get;
    accounts::v1::CreateBalanceOperationRequest deposit;
    accounts::v1::Account account;
    accounts::v1::BalanceOperation booking;
    orders::v1::PlaceOrderRequest order;
    orders::v1::ClosePositionRequest closing;
    orders::v1::TradeResult trade;
    SteadyClock::time_point start;
  };

  // Makes the next call of a place, after the pause.
  void After(int place) {
    const absl::Duration pause = absl::GetFlag(FLAGS_pause);
    if (pause <= absl::ZeroDuration()) return Next(place);
    alarms_[static_cast<size_t>(place)].Set(absl::ToChronoTime(absl::Now() + pause),
                                            [this, place](bool) { Next(place); });
  }

  void Next(int place) {
    if (SteadyClock::now() >= end_) {
      std::lock_guard<std::mutex> lock(mutex_);
      --running_;
      idle_.notify_one();
      return;
    }
    auto* call = new Call;
    const int64_t login = absl::GetFlag(FLAGS_first_login) + next_login_++ % absl::GetFlag(FLAGS_login_count);
    call->context.AddMetadata("authorization", authorization_);
    call->context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    call->start = SteadyClock::now();
    auto done = [this, call, place](const grpc::Status& status) {
      Record(*call, status);
      // What was opened is closed next, so that there are never more positions than places.
      const bool opened = status.ok() && call->trade.position_ticket() != 0 && call->closing.ticket() == 0;
      positions_[static_cast<size_t>(place)] = opened ? call->trade.position_ticket() : 0;
      delete call;
      After(place);
    };
    const size_t channel = place % accounts_.size();
    if (kind_ == "echo") {
      call->echo.set_server(absl::GetFlag(FLAGS_server));
      call->echo.set_login(login);
      echoes_[channel]->async()->Echo(&call->context, &call->echo, &call->account, std::move(done));
    } else if (kind_ == "get_account") {
      call->get.set_server(absl::GetFlag(FLAGS_server));
      call->get.set_login(login);
      accounts_[channel]->async()->GetAccount(&call->context, &call->get, &call->account, std::move(done));
    } else if (kind_ == "trade") {
      Trade(*call, place, std::move(done));
    } else {
      call->deposit.set_server(absl::GetFlag(FLAGS_server));
      call->deposit.set_login(login);
      call->deposit.set_operation_id(NewUuid());
      call->deposit.mutable_balance_operation()->set_type(accounts::v1::BalanceOperation::DEPOSIT);
      call->deposit.mutable_balance_operation()->set_amount("1.00");
      accounts_[channel]->async()->CreateBalanceOperation(&call->context, &call->deposit, &call->booking,
                                                          std::move(done));
    }
  }

  // Each place has an account of its own, since its two calls are about the same one.
  void Trade(Call& call, int place, std::function<void(grpc::Status)> done) {
    const int64_t login = absl::GetFlag(FLAGS_first_login) + place % absl::GetFlag(FLAGS_login_count);
    auto* stub = orders_[static_cast<size_t>(place) % orders_.size()]->async();
    if (const int64_t position = positions_[static_cast<size_t>(place)]; position != 0) {
      call.closing.set_server(absl::GetFlag(FLAGS_server));
      call.closing.set_login(login);
      call.closing.set_ticket(position);
      call.closing.set_operation_id(NewUuid());
      return stub->ClosePosition(&call.context, &call.closing, &call.trade, std::move(done));
    }
    call.order.set_server(absl::GetFlag(FLAGS_server));
    call.order.set_login(login);
    call.order.set_operation_id(NewUuid());
    orders::v1::Order& order = *call.order.mutable_order();
    order.set_symbol(absl::GetFlag(FLAGS_symbol));
    order.set_side(type::v1::BUY);
    order.set_type(type::v1::MARKET);
    order.set_volume("0.01");
    stub->PlaceOrder(&call.context, &call.order, &call.trade, std::move(done));
  }

  void Record(const Call& call, const grpc::Status& status) {
    const auto now = SteadyClock::now();
    std::lock_guard<std::mutex> lock(mutex_);
    if (!status.ok()) {
      ++errors_;
      if (first_error_.empty()) {
        first_error_ = status.error_message();
      }
    } else if (call.start >= measure_from_ && now < end_) {
      std::vector<double>& latencies = call.closing.ticket() != 0 ? closing_latencies_us_ : latencies_us_;
      latencies.push_back(std::chrono::duration<double, std::micro>(now - call.start).count());
    }
  }

  static double Percentile(std::vector<double>& values, double share) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    const auto rank = static_cast<size_t>(static_cast<double>(values.size()) * share);
    return values[std::min(values.size() - 1, rank)];
  }

  const std::string authorization_;
  const std::string kind_ = absl::GetFlag(FLAGS_call);
  std::vector<std::unique_ptr<v1::EchoService::Stub>> echoes_;
  std::vector<std::unique_ptr<accounts::v1::AccountService::Stub>> accounts_;
  std::vector<std::unique_ptr<orders::v1::OrderService::Stub>> orders_;
  // By place: what its last call opened, 0 for nothing.
  std::vector<int64_t> positions_;
  std::vector<grpc::Alarm> alarms_;
  SteadyClock::time_point measure_from_, end_;
  std::atomic<int64_t> next_login_{0};

  std::mutex mutex_;
  std::condition_variable idle_;
  int running_ = 0;
  int errors_ = 0;
  std::string first_error_;
  std::vector<double> latencies_us_;
  std::vector<double> closing_latencies_us_;
};

}  // namespace
}  // namespace mtsuite::bench

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  mtsuite::bench::Load load(mtsuite::bench::ReadKey());
  load.Run();
  load.Print();
  return 0;
}

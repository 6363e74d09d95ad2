// A closed loop of trades straight to a trading server, over one pipelined connection of its Web API:
// `concurrency` market orders and closes of what they opened, in turns. It asks for each outcome as soon as
// its request is queued, as the connector does. Prints one JSON line in the form of grpc_load.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/mtsim/testing/client.h"

ABSL_FLAG(int, port, 0, "where the trading server listens on the loopback");
ABSL_FLAG(int64_t, manager_login, 1000, "who trades");
ABSL_FLAG(std::string, password_file, "", "file with that login's password");
ABSL_FLAG(int64_t, first_login, 1000, "first account; each order under way has one of its own");
ABSL_FLAG(int, concurrency, 1, "orders under way at any time, at most 128");
ABSL_FLAG(absl::Duration, pause, absl::ZeroDuration(),
          "between an outcome and the next order; with one at once");
ABSL_FLAG(absl::Duration, warmup, absl::Seconds(1), "not measured");
ABSL_FLAG(absl::Duration, duration, absl::Seconds(5), "measured");

namespace mtsuite::bench {
namespace {

[[noreturn]] void Fail(std::string_view problem) {
  std::fprintf(stderr, "%s\n", std::string(problem).c_str());
  std::exit(1);
}

// The first number that a JSON member of this name has, 0 when there is none.
int64_t NumberOf(const std::string& json, const std::string& name) {
  const std::string start = absl::StrCat("\"", name, "\" : \"");
  const size_t found = json.rfind(start);
  return found == std::string::npos ? 0 : std::atoll(json.c_str() + found + start.size());
}

// One order after the other.
struct Place {
  int64_t login = 0;
  int64_t position = 0;  // Open; 0 for none.
  bool queued = false;   // The server has the request; its outcome is being asked for.
  absl::Time start;
};

class Load {
 public:
  explicit Load(std::string_view password) : client_(password, /*encrypt=*/true) {}

  void Run() {
    const auto manager = static_cast<uint64_t>(absl::GetFlag(FLAGS_manager_login));
    if (const absl::Status status = client_.Login(absl::GetFlag(FLAGS_port), manager); !status.ok()) {
      Fail(std::string(status.message()));
    }
    measure_from_ = absl::Now() + absl::GetFlag(FLAGS_warmup);
    end_ = measure_from_ + absl::GetFlag(FLAGS_duration);
    for (int i = 0; i < absl::GetFlag(FLAGS_concurrency); ++i) {
      places_.push_back({.login = absl::GetFlag(FLAGS_first_login) + i, .start = absl::Now()});
      SendOrder(i);
    }
    while (running_ > 0) {
      const absl::StatusOr<mtsim::ServerMessage> answer = client_.Receive();
      if (!answer.ok()) Fail(std::string(answer.status().message()));
      OnAnswer(*answer);
    }
  }

  void Print() {
    const double seconds = absl::ToDoubleSeconds(absl::GetFlag(FLAGS_duration));
    const size_t count = opening_us_.size() + closing_us_.size();
    std::printf(
        "{\"calls\": %zu, \"errors\": 0, \"seconds\": %.3f, \"per_second\": %.0f, \"p50_us\": %.0f, "
        "\"p99_us\": %.0f, \"close_p50_us\": %.0f, \"close_p99_us\": %.0f}\n",
        count, seconds, static_cast<double>(count) / seconds, Percentile(opening_us_, 0.50),
        Percentile(opening_us_, 0.99), Percentile(closing_us_, 0.50), Percentile(closing_us_, 0.99));
  }

 private:
  // The serial says which place an answer is for.
  static constexpr uint16_t kFirstSerial = 10;

  void Send(int place, std::string_view command) {
    if (!client_.Send(static_cast<uint16_t>(kFirstSerial + place), command).ok())
      Fail("the connection is lost");
  }

  void SendOrder(int number) {
    ++running_;
    Place& place = places_[static_cast<size_t>(number)];
    place.queued = false;
    const std::string position =
        place.position == 0 ? "" : absl::StrCat("\"Position\":", place.position, ",");
    Send(number, absl::StrCat("DEALER_SEND|\r\n{\"Action\":200,\"Login\":", place.login,
                              ",\"Symbol\":\"BTCUSD\",\"Digits\":2,", position,
                              "\"Type\":", place.position == 0 ? 0 : 1,
                              ",\"TypeFill\":0,\"VolumeExt\":1000000,\"Volume\":100,\"PriceOrder\":0,"
                              "\"PriceDeviation\":0,\"Comment\":\"bench\"}"));
  }

  void OnAnswer(const mtsim::ServerMessage& answer) {
    const int number = answer.serial - kFirstSerial;
    Place& place = places_[static_cast<size_t>(number)];
    if (answer.retcode() != 0) Fail(answer.text);
    if (!place.queued) {
      place.queued = true;
      return Send(number, absl::StrCat("DEALER_UPDATES|ID=", answer.Parameter("ID"), "|\r\n"));
    }
    // Without delays the simulated server has traded before it answers.
    const std::string body = answer.body();
    if (NumberOf(body, "ResultRetcode") != 10009) Fail(body);
    Record(place);
    place.position = place.position == 0 ? NumberOf(body, "ResultOrder") : 0;
    --running_;
    absl::SleepFor(absl::GetFlag(FLAGS_pause));
    place.start = absl::Now();
    if (place.start < end_) SendOrder(number);
  }

  void Record(const Place& place) {
    const absl::Time now = absl::Now();
    if (place.start < measure_from_ || now >= end_) return;
    (place.position == 0 ? opening_us_ : closing_us_)
        .push_back(absl::ToDoubleMicroseconds(now - place.start));
  }

  static double Percentile(std::vector<double>& values, double share) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    const auto rank = static_cast<size_t>(static_cast<double>(values.size()) * share);
    return values[std::min(values.size() - 1, rank)];
  }

  mtsim::Client client_;
  std::vector<Place> places_;
  int running_ = 0;
  absl::Time measure_from_, end_;
  std::vector<double> opening_us_;
  std::vector<double> closing_us_;
};

int Run() {
  std::ifstream file(absl::GetFlag(FLAGS_password_file));
  std::string password;
  if (!std::getline(file, password)) Fail("no password in --password_file");
  if (absl::GetFlag(FLAGS_pause) > absl::ZeroDuration() && absl::GetFlag(FLAGS_concurrency) != 1) {
    Fail("--pause is for one order at once");
  }
  Load load(password);
  load.Run();
  load.Print();
  return 0;
}

}  // namespace
}  // namespace mtsuite::bench

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  return mtsuite::bench::Run();
}

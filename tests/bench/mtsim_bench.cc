// What a server with 100,000 accounts costs, and how fast it answers one pipelined connection. Prints one
// JSON object.
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/clock/clock.h"
#include "services/mtsim/seeding.h"
#include "services/mtsim/server/server.h"
#include "services/mtsim/testing/client.h"

namespace mtsuite::mtsim {
namespace {

constexpr int kAccounts = 100'000;
constexpr int kCommands = 100'000;
// Commands in flight; fewer than fill the socket's buffers, because this client sends and receives in turns.
constexpr int kBatch = 100;
constexpr uint64_t kFirstLogin = 200'000;

[[noreturn]] void Fail(const absl::Status& status) {
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  std::exit(1);
}
void Require(const absl::Status& status) {
  if (!status.ok()) Fail(status);
}

double ResidentMegabytes() {
  long size = 0;
  long resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

double ProcessSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

double CommandsPerSecond(int port, bool encrypt) {
  Client client("Password1", encrypt);
  Require(client.Login(port, 1000));
  const absl::Time start = RealClock().TimeNow();
  for (int sent = 0; sent < kCommands; sent += kBatch) {
    std::string bytes;
    for (int i = 0; i < kBatch; ++i) {
      bytes += client.codec().Encode(
          static_cast<uint16_t>(i + 1),
          absl::StrCat("USER_GET|LOGIN=", kFirstLogin + (sent + i) % kAccounts, "|\r\n"));
    }
    Require(client.SendBytes(bytes));
    for (int i = 0; i < kBatch; ++i) Require(client.Receive().status());
  }
  return kCommands / absl::ToDoubleSeconds(RealClock().TimeNow() - start);
}

void Measure() {
  WorldClock clock(RealClock());
  auto engine = Engine::Create({}, clock);
  Require(engine.status());
  const double memory_before = ResidentMegabytes();
  absl::Time start = RealClock().TimeNow();
  Require(OpenSeededAccounts(**engine, {.count = kAccounts,
                                        .first_login = kFirstLogin,
                                        .group = "demo\\retail-usd",
                                        .deposit = Fixed::FromInteger(1000)})
              .status());
  const double seed_seconds = absl::ToDoubleSeconds(RealClock().TimeNow() - start);
  const double memory = ResidentMegabytes() - memory_before;
  World world(**engine, clock, {Manager{.login = 1000, .password = "Password1", .rights = kAllManagerRights}},
              1);
  Server server(world, {.listen = "127.0.0.1:0"});
  Require(server.Start());
  const double cpu_before = ProcessSeconds();
  const double aes = CommandsPerSecond(server.port(), true);
  const double cpu_micros = (ProcessSeconds() - cpu_before) / kCommands * 1e6;
  const double plain = CommandsPerSecond(server.port(), false);
  Client client("Password1", true);
  Require(client.Login(server.port(), 1000));
  start = RealClock().TimeNow();
  Require(client.Call("USER_LOGINS|GROUP=*|\r\n").status());
  const double logins_millis = absl::ToDoubleMilliseconds(RealClock().TimeNow() - start);
  std::printf(
      "{\"accounts\": %d, \"seed_seconds\": %.2f, \"memory_mb\": %.0f, \"user_get_per_second_aes\": %.0f, "
      "\"user_get_per_second_plain\": %.0f, \"client_and_server_cpu_micros_per_user_get_aes\": %.1f, "
      "\"user_logins_of_all_ms\": %.0f}\n",
      kAccounts, seed_seconds, memory, aes, plain, cpu_micros, logins_millis);
}

}  // namespace
}  // namespace mtsuite::mtsim

int main() { mtsuite::mtsim::Measure(); }

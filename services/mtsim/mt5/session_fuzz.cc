// Whatever a client sends, before and after the login, the session neither breaks nor trusts it, and commands
// that come out of it can be carried out. The first byte chooses: bit 0 logs in first, bit 1 encrypts, bit 2
// wraps the rest into a well-formed packet so that the command parser and the commands themselves are
// reached.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/clock/clock.h"
#include "services/mtsim/mt5/dispatch.h"
#include "services/mtsim/mt5/session.h"
#include "services/mtsim/testing/client_codec.h"

namespace mtsuite::mtsim {
namespace {

class Directory final : public ManagerDirectory {
 public:
  Directory() {
    manager_.login = 1000;
    manager_.password = "Password1";
    manager_.rights = kAllManagerRights;
  }
  const Manager* FindManager(uint64_t login) const override { return login == 1000 ? &manager_ : nullptr; }
  bool IsAccount(uint64_t) const override { return false; }

 private:
  Manager manager_;
};

struct Fixture {
  Fixture()
      : clock(absl::FromUnixSeconds(1'700'000'000)),
        engine(*Engine::Create({.accounts_max = 1000, .deals_max = 10'000}, clock)) {
    NewAccount account{.login = 100'000,
                       .group = "demo\\retail-usd",
                       .leverage = 100,
                       .main_password = "Passw0rd!",
                       .investor_password = "Passw0rd!"};
    account.details.name = "N";
    if (!engine->accounts().Add(account).ok()) __builtin_trap();
  }
  SimulatedClock clock;
  std::unique_ptr<Engine> engine;
  Directory directory;
  Bulletin bulletin;
  ServerIdentity identity;
  DealerDesk desk{*engine};
};

void LogIn(WebApiSession& session, ClientCodec& codec, absl::Time now) {
  for (int step = 0; step < 2; ++step) {
    SessionEffects effects;
    if (step == 0) {
      session.OnBytes(codec.AuthStart(1000), now, effects);
    } else {
      const auto start = codec.Next();
      session.OnBytes(*codec.AuthAnswer(**start), now, effects);
    }
    if (!codec.Append(effects.bytes).ok()) __builtin_trap();
  }
  if (!codec.FinishLogin(**codec.Next()).ok()) __builtin_trap();
}

void Run(Fixture& fixture, WebApiSession& session, std::string_view bytes, absl::Time now) {
  SessionEffects effects;
  session.OnBytes(bytes, now, effects);
  for (const Request& request : effects.commands) {
    if (session.manager() == nullptr) __builtin_trap();
    CommandContext context{
        *fixture.engine, fixture.bulletin, *session.manager(), fixture.identity, fixture.desk, 1, now};
    std::string answer;
    session.Answer(request.serial, request.name(), Dispatch(context, request), answer);
  }
}

}  // namespace
}  // namespace mtsuite::mtsim

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace mtsuite::mtsim;  // NOLINT: this function must be global
  static Fixture* const fixture = new Fixture();
  if (size == 0) return 0;
  const uint8_t mode = data[0];
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const absl::Time now = absl::FromUnixSeconds(1'700'000'000);
  WebApiSession session(Handshake({.directory = &fixture->directory, .peer_address = "127.0.0.1"}),
                        SessionOptions(), now);
  ClientCodec codec("Password1", (mode & 2) != 0);
  if ((mode & 1) != 0) LogIn(session, codec, now);
  Run(*fixture, session, (mode & 4) != 0 ? codec.Encode(7, input) : std::string(input), now);
  // Then in two parts, as the network may cut it.
  const size_t half = input.size() / 2;
  Run(*fixture, session, input.substr(0, half), now);
  Run(*fixture, session, input.substr(half), now);
  return 0;
}

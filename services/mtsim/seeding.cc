#include "services/mtsim/seeding.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "common/strings/view.h"
#include "services/mtsim/engine/prng.h"

namespace mtsuite::mtsim {
namespace {

constexpr int kAccountsMax = 100'000;

struct Place {
  const char* city;
  const char* country;
};

constexpr std::array kFirstNames = {"Anna",  "James", "Sofia", "Liam",  "Mei",   "Omar",  "Elena", "Lucas",
                                    "Priya", "Jonas", "Chloe", "Mateo", "Yuki",  "David", "Nadia", "Peter",
                                    "Ines",  "Kwame", "Clara", "Tomas", "Leila", "Erik",  "Maria", "Viktor"};
constexpr std::array kLastNames = {"Schneider", "Smith",   "Rossi",    "Novak",     "Chen",
                                   "Haddad",    "Petrova", "Silva",    "Sharma",    "Berg",
                                   "Dubois",    "Garcia",  "Tanaka",   "Cohen",     "Osei",
                                   "Kowalski",  "Jensen",  "Papadaki", "Andersson", "Okafor"};
constexpr std::array kPlaces = {
    Place{"Berlin", "Germany"},  Place{"London", "United Kingdom"}, Place{"Milan", "Italy"},
    Place{"Prague", "Czechia"},  Place{"Singapore", "Singapore"},   Place{"Dubai", "United Arab Emirates"},
    Place{"Lisbon", "Portugal"}, Place{"Sao Paulo", "Brazil"},      Place{"Mumbai", "India"},
    Place{"Oslo", "Norway"},     Place{"Paris", "France"},          Place{"Madrid", "Spain"},
    Place{"Tokyo", "Japan"},     Place{"Limassol", "Cyprus"},       Place{"Accra", "Ghana"},
    Place{"Warsaw", "Poland"},   Place{"Copenhagen", "Denmark"},    Place{"Athens", "Greece"}};

// Who owns a made-up account, from its number alone.
AccountDetails MakeUpOwner(uint64_t number) {
  SplitMix64 random(number);
  AccountDetails details;
  details.first_name = kFirstNames[random.Below(kFirstNames.size())];
  details.last_name = kLastNames[random.Below(kLastNames.size())];
  details.name = details.first_name + " " + details.last_name;
  const Place& place = kPlaces[random.Below(kPlaces.size())];
  details.city = place.city;
  details.country = place.country;
  details.email = absl::AsciiStrToLower(
      absl::StrCat(details.first_name, ".", details.last_name, ".", number, "@clients.example"));
  // 555-01xx numbers belong to nobody.
  details.phone = absl::StrCat("+1 202 555 01", random.Below(90) + 10);
  return details;
}

}  // namespace

absl::Status ToStatus(Retcode retcode, std::string_view what) {
  if (retcode == Retcode::kDone) return absl::OkStatus();
  const std::string message = absl::StrCat(AbslView(what), ": ", AbslView(RetcodeText(retcode)), " (retcode ",
                                           static_cast<int>(retcode), ")");
  switch (retcode) {
    case Retcode::kNotFound:
    case Retcode::kPositionNotFound:
      return absl::NotFoundError(message);
    case Retcode::kAccountExists:
      return absl::AlreadyExistsError(message);
    case Retcode::kInvalidParameters:
    case Retcode::kInvalidPassword:
    case Retcode::kInvalidPrice:
    case Retcode::kInvalidVolume:
    case Retcode::kInvalidStops:
    case Retcode::kInvalidExpiration:
    case Retcode::kInvalidOrderType:
    case Retcode::kInvalidRequest:
    case Retcode::kMoneyLimit:
      return absl::InvalidArgumentError(message);
    case Retcode::kLoginsExhausted:
    case Retcode::kOrderLimit:
    case Retcode::kUsersLimit:
      return absl::ResourceExhaustedError(message);
    default:
      return absl::FailedPreconditionError(message);
  }
}

absl::StatusOr<LoginSpan> OpenSeededAccounts(Engine& engine, const SeedAccounts& request) {
  if (request.count < 1 || request.count > kAccountsMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("count is ", request.count, "; it must be 1 to ", kAccountsMax));
  }
  if (engine.state().groups.Find(request.group) == nullptr) {
    return absl::NotFoundError(absl::StrCat("there is no group '", request.group, "'"));
  }
  NewAccount account;
  account.group = request.group;
  account.leverage = 100;
  account.main_password = request.password.empty() ? std::string(kSeededPassword) : request.password;
  account.investor_password = account.main_password;
  LoginSpan span;
  for (int i = 0; i < request.count; ++i) {
    account.login = request.first_login == 0 ? 0 : request.first_login + static_cast<uint64_t>(i);
    account.details = MakeUpOwner(engine.state().options.seed + engine.state().accounts.size());
    const Result<const Account*> opened = engine.accounts().Add(account);
    if (!opened.ok())
      return ToStatus(opened.retcode(), absl::StrCat("account ", i + 1, " of ", request.count));
    span.last = (*opened)->login;
    if (i == 0) span.first = span.last;
    if (request.deposit.IsZero()) continue;
    BalanceRequest deposit;
    deposit.login = span.last;
    deposit.amount = request.deposit;
    deposit.comment = "Deposit";
    const Result<const Deal*> booked = engine.balances().Apply(deposit);
    if (!booked.ok()) return ToStatus(booked.retcode(), absl::StrCat("deposit on ", span.last));
  }
  return span;
}

}  // namespace mtsuite::mtsim

// What one request costs in this library: a USER_GET and its answer (about 1.2 KB of JSON), each written once
// and read once.
#include <string>

#include "benchmark/benchmark.h"
#include "common/mt5wire/command.h"
#include "common/mt5wire/json.h"
#include "common/mt5wire/json_writer.h"
#include "common/mt5wire/message.h"
#include "common/mt5wire/retcode.h"
#include "common/status/check.h"

namespace mtsuite::mt5wire {
namespace {

constexpr std::array<uint8_t, 32> kKey = {1, 2, 3};
constexpr Block kIv = {4, 5, 6};

const char* const kTexts[] = {"Group",         "Name",        "Company",  "Account",    "Country",
                              "City",          "State",       "ZipCode",  "Address",    "Phone",
                              "Email",         "ID",          "Status",   "Comment",    "MQID",
                              "LastIP",        "FirstName",   "LastName", "MiddleName", "PhonePassword",
                              "TradeAccounts", "LeadCampaign"};
const char* const kIntegers[] = {"Login",      "CertSerialNumber", "Rights",   "Registration",
                                 "LastAccess", "LastPassChange",   "Language", "ClientID",
                                 "Color",      "Leverage",         "Agent",    "LimitOrders"};
const char* const kDecimals[] = {"Balance",           "Credit",         "InterestRate",     "CommissionDaily",
                                 "CommissionMonthly", "BalancePrevDay", "BalancePrevMonth", "EquityPrevDay",
                                 "EquityPrevMonth"};

std::string UserAnswer() {
  std::string text = CommandBuilder::Answer("USER_GET", kRetOk, RetcodeText(kRetOk)).Finish();
  JsonWriter json(text);
  json.BeginObject();
  for (const char* const key : kIntegers) json.Member(key, 1234567);
  for (const char* const key : kTexts) json.Member(key, "demo\\forex-usd");
  for (const char* const key : kDecimals) json.Member(key, Decimal::FromScaled(1234567, 2), 2);
  json.EndObject();
  return text;
}

void ReadUser(const JsonView& user) {
  for (const char* const key : kIntegers) benchmark::DoNotOptimize(user.GetInt64(key));
  for (const char* const key : kTexts) benchmark::DoNotOptimize(user.GetText(key));
  for (const char* const key : kDecimals) benchmark::DoNotOptimize(user.GetDecimal(key));
}

void BM_WriteUserAnswerText(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(UserAnswer());
}
BENCHMARK(BM_WriteUserAnswerText);

void BM_ParseUserJson(benchmark::State& state) {
  const std::string text = UserAnswer();
  const std::string_view body = std::string_view(text).substr(text.find("\r\n") + 2);
  for (auto _ : state) benchmark::DoNotOptimize(JsonDocument::Parse(body));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * body.size()));
}
BENCHMARK(BM_ParseUserJson);

void BM_FrameAndEncrypt(benchmark::State& state) {
  const std::string text = UserAnswer();
  MessageWriter writer;
  writer.EnableEncryption(OfbStream(kKey, kIv));
  std::string out;
  for (auto _ : state) {
    out.clear();
    writer.WriteText(7, text, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * out.size()));
}
BENCHMARK(BM_FrameAndEncrypt);

// Both messages, both sides: request and answer written, framed, encrypted, decrypted, taken apart and all
// fields read.
void BM_UserGetRoundTrip(benchmark::State& state) {
  MessageWriter writer;
  MessageReader reader(FrameReader::Prefix::kNone);
  if (state.range(0) == 1) {
    writer.EnableEncryption(OfbStream(kKey, kIv));
    reader.EnableDecryption(OfbStream(kKey, kIv));
  }
  std::string wire;
  for (auto _ : state) {
    wire.clear();
    writer.WriteText(7, CommandBuilder("USER_GET").Add("LOGIN", 1234567).Finish(), wire);
    MTSUITE_CHECK(reader.Append(wire).ok(), "append");
    const auto request = reader.Next();
    const auto command = ParseCommand((*request)->payload);
    benchmark::DoNotOptimize(command->line.Find("LOGIN"));

    wire.clear();
    writer.WriteText(7, UserAnswer(), wire);
    MTSUITE_CHECK(reader.Append(wire).ok(), "append");
    const auto message = reader.Next();
    const auto answer = ParseAnswer((*message)->payload);
    const std::string body = answer->BodyText();
    const auto document = JsonDocument::Parse(body);
    ReadUser(document->root());
  }
}
BENCHMARK(BM_UserGetRoundTrip)->ArgName("aes")->Arg(0)->Arg(1);

}  // namespace
}  // namespace mtsuite::mt5wire

BENCHMARK_MAIN();

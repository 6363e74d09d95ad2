#include "services/mtsim/mt5/handshake.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/match.h"
#include "common/mt5wire/hex.h"
#include "common/mt5wire/retcode.h"
#include "common/strings/view.h"
#include "services/mtsim/mt5/request.h"

namespace mtsuite::mtsim {
namespace {

constexpr uint64_t kOldestBuild = 484;
constexpr std::string_view kPlain = "NONE";
constexpr std::string_view kAes = "AES256OFB";

}  // namespace

Reply Handshake::CheckClient(const mt5wire::CommandLine& command) const {
  if (!absl::EqualsIgnoreCase(AbslView(command.Get("TYPE")), "MANAGER")) {
    return Reply(mt5wire::kRetAuthInvalidClient, "Invalid terminal type");
  }
  const std::string_view agent = command.Get("AGENT");
  if (agent.empty() || agent.find(' ') != std::string_view::npos) return Retcode::kInvalidParameters;
  const std::optional<uint64_t> version = ParseUnsigned(command.Get("VERSION"));
  if (!version) return Retcode::kInvalidParameters;
  if (*version < kOldestBuild) return Reply(mt5wire::kRetAuthClientOld, "Client is too old");
  const std::string_view method = command.Get("CRYPT_METHOD");
  if (method != kPlain && method != kAes) return Retcode::kInvalidParameters;
  return Retcode::kDone;
}

Reply Handshake::CheckManager(uint64_t login) const {
  const Manager* manager = options_.directory->FindManager(login);
  if (manager == nullptr) {
    return options_.directory->IsAccount(login)
               ? Reply(mt5wire::kRetAuthManagerNoConfig, "Manager is not configured")
               : Reply(mt5wire::kRetAuthInvalidAccount, "Invalid account");
  }
  if (!manager->enabled) return Reply(mt5wire::kRetAuthDisabled, "Account is disabled");
  const std::vector<std::string>& addresses = manager->addresses;
  if (!addresses.empty() &&
      std::find(addresses.begin(), addresses.end(), options_.peer_address) == addresses.end()) {
    return Reply(mt5wire::kRetAuthManagerIpBlock, "Address is not allowed");
  }
  if (!manager->web_api) return Reply(mt5wire::kRetAuthManagerType, "Connection type is not permitted");
  return Retcode::kDone;
}

Reply Handshake::Start(const mt5wire::CommandLine& command) {
  if (manager_ != nullptr) return Retcode::kInvalidParameters;
  Reply reply = CheckClient(command);
  if (reply.retcode != 0) return reply;
  const std::optional<uint64_t> login = ParseUnsigned(command.Get("LOGIN"));
  if (!login) return Retcode::kInvalidParameters;
  reply = CheckManager(*login);
  if (reply.retcode != 0) return reply;
  manager_ = options_.directory->FindManager(*login);
  encrypt_ = command.Get("CRYPT_METHOD") == kAes;
  options_.random(challenge_);
  reply.parameters.emplace_back("VERSION_ACCESS", std::to_string(options_.build));
  reply.parameters.emplace_back("SRV_RAND", mt5wire::ToHex(challenge_));
  return reply;
}

Reply Handshake::Answer(const mt5wire::CommandLine& command) {
  mt5wire::Block client_answer;
  mt5wire::Block client_challenge;
  if (manager_ == nullptr || complete_ || !mt5wire::FromHex(command.Get("SRV_RAND_ANSWER"), client_answer) ||
      !mt5wire::FromHex(command.Get("CLI_RAND"), client_challenge)) {
    return Retcode::kInvalidParameters;
  }
  const absl::StatusOr<mt5wire::Block> hash = mt5wire::PasswordHash(manager_->password);
  if (!hash.ok() || !mt5wire::ConstantTimeEqual(client_answer, mt5wire::AuthAnswer(*hash, challenge_))) {
    return Reply(mt5wire::kRetAuthInvalidAccount, "Invalid account");
  }
  // Sent also without encryption: one client refuses to log in without it.
  mt5wire::CryptRandom crypt_random;
  options_.random(crypt_random);
  if (encrypt_) keys_ = mt5wire::DeriveSessionKeys(*hash, crypt_random);
  complete_ = true;
  Reply reply;
  reply.parameters = {{"VERSION_ACCESS", std::to_string(options_.build)},
                      {"VERSION_TRADE", std::to_string(options_.build)},
                      {"CLI_RAND_ANSWER", mt5wire::ToHex(mt5wire::AuthAnswer(*hash, client_challenge))},
                      {"CRYPT_RAND", mt5wire::ToHex(crypt_random)}};
  return reply;
}

}  // namespace mtsuite::mtsim

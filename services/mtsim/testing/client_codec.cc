#include "services/mtsim/testing/client_codec.h"

#include "absl/strings/str_cat.h"
#include "common/mt5wire/command.h"
#include "common/mt5wire/hex.h"
#include "common/mt5wire/text.h"
#include "common/status/macros.h"

namespace mtsuite::mtsim {
namespace {

absl::StatusOr<mt5wire::Answer> Parse(const std::string& utf16) { return mt5wire::ParseAnswer(utf16); }

}  // namespace

int ServerMessage::retcode() const {
  const std::string utf16 = *mt5wire::Utf8ToUtf16(text);
  const auto answer = Parse(utf16);
  return answer.ok() ? answer->retcode : -1;
}

std::string ServerMessage::Parameter(std::string_view name) const {
  const std::string utf16 = *mt5wire::Utf8ToUtf16(text);
  const auto answer = Parse(utf16);
  return answer.ok() ? std::string(answer->line.Get(name)) : "";
}

std::string ServerMessage::body() const {
  const size_t end = text.find("\r\n");
  return end == std::string::npos ? "" : text.substr(end + 2);
}

ClientCodec::ClientCodec(std::string_view password, bool encrypt)
    : password_hash_(*mt5wire::PasswordHash(password)), encrypt_(encrypt) {}

std::string ClientCodec::AuthStart(uint64_t login) const {
  std::string bytes(mt5wire::kConnectionPrefix);
  mt5wire::MessageWriter().WriteText(
      1,
      absl::StrCat("AUTH_START|VERSION=3661|AGENT=test|LOGIN=", login,
                   "|TYPE=MANAGER|CRYPT_METHOD=", encrypt_ ? "AES256OFB" : "NONE", "|\r\n"),
      bytes);
  return bytes;
}

absl::StatusOr<std::string> ClientCodec::AuthAnswer(const ServerMessage& answer) {
  mt5wire::Block challenge;
  if (!mt5wire::FromHex(answer.Parameter("SRV_RAND"), challenge)) {
    return absl::InvalidArgumentError(absl::StrCat("the login was refused: ", answer.text));
  }
  std::string bytes;
  writer_.WriteText(2,
                    absl::StrCat("AUTH_ANSWER|SRV_RAND_ANSWER=",
                                 mt5wire::ToHex(mt5wire::AuthAnswer(password_hash_, challenge)),
                                 "|CLI_RAND=", mt5wire::ToHex(challenge_), "|\r\n"),
                    bytes);
  return bytes;
}

absl::Status ClientCodec::FinishLogin(const ServerMessage& answer) {
  if (answer.Parameter("CLI_RAND_ANSWER") !=
      mt5wire::ToHex(mt5wire::AuthAnswer(password_hash_, challenge_))) {
    return absl::UnauthenticatedError(absl::StrCat("the server does not know the password: ", answer.text));
  }
  mt5wire::CryptRandom random;
  if (!mt5wire::FromHex(answer.Parameter("CRYPT_RAND"), random)) return absl::DataLossError("no CRYPT_RAND");
  if (!encrypt_) return absl::OkStatus();
  const mt5wire::SessionKeys keys = mt5wire::DeriveSessionKeys(password_hash_, random);
  writer_.EnableEncryption(mt5wire::OfbStream(keys.key, keys.client_iv));
  reader_.EnableDecryption(mt5wire::OfbStream(keys.key, keys.server_iv));
  return absl::OkStatus();
}

std::string ClientCodec::Encode(uint16_t serial, std::string_view text) {
  std::string bytes;
  writer_.WriteText(serial, text, bytes);
  return bytes;
}

absl::StatusOr<std::optional<ServerMessage>> ClientCodec::Next() {
  ASSIGN_OR_RETURN(const std::optional<mt5wire::Message> message, reader_.Next());
  if (!message) return std::nullopt;
  return ServerMessage{message->serial, message->is_ping, mt5wire::Utf16ToUtf8Lossy(message->payload)};
}

}  // namespace mtsuite::mtsim

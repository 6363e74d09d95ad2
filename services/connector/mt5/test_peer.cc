#include "services/connector/mt5/test_peer.h"

#include "common/mt5wire/cipher.h"
#include "common/mt5wire/hex.h"

namespace mtsuite::connector::mt5 {

TestPeer::TestPeer(const Options& options)
    : options_(options), password_hash_(mt5wire::PasswordHash(options.password).value()) {}

bool TestPeer::OnBytes(std::string_view bytes) {
  if (!reader_.Append(bytes).ok()) return false;
  for (;;) {
    const auto message = reader_.Next();
    if (!message.ok()) return false;
    if (!message->has_value()) return true;
    if ((*message)->is_ping) {
      ++pings_;
      continue;
    }
    auto command = mt5wire::ParseCommand((*message)->payload);
    if (!command.ok()) return false;
    Received received;
    received.serial = (*message)->serial;
    received.name = std::string(command->line.name());
    received.body = command->BodyText();
    received.line = std::move(command->line);
    if (options_.answer_login && received.name == "AUTH_START") {
      OnAuthStart(received);
    } else if (options_.answer_login && received.name == "AUTH_ANSWER") {
      OnAuthAnswer(received);
    } else {
      commands_.push_back(std::move(received));
    }
  }
}

void TestPeer::OnAuthStart(const Received& command) {
  if (options_.refuse_login_with != 0) {
    return Reply(command, {.retcode = options_.refuse_login_with, .text = "Invalid account"});
  }
  encrypt_ = command.line.Get("CRYPT_METHOD") == "AES256OFB";
  Reply(command, {.parameters = {{"VERSION_ACCESS", "3661"}, {"SRV_RAND", std::string(32, 'a')}}});
}

void TestPeer::OnAuthAnswer(const Received& command) {
  mt5wire::Block challenge{};
  mt5wire::FromHex(command.line.Get("CLI_RAND"), challenge);
  mt5wire::Block hash = password_hash_;
  if (!options_.know_password) hash[0] ^= 1;
  mt5wire::CryptRandom random{};
  for (size_t i = 0; i < random.size(); ++i) random[i] = static_cast<uint8_t>(i * 7);
  Reply(command, {.parameters = {{"VERSION_ACCESS", "3661"},
                                 {"VERSION_TRADE", "3662"},
                                 {"CLI_RAND_ANSWER", mt5wire::ToHex(mt5wire::AuthAnswer(hash, challenge))},
                                 {"CRYPT_RAND", options_.damage_key ? "zz" : mt5wire::ToHex(random)}}});
  logged_in_ = true;
  if (!encrypt_) return;
  const mt5wire::SessionKeys keys = mt5wire::DeriveSessionKeys(password_hash_, random);
  reader_.EnableDecryption(mt5wire::OfbStream(keys.key, keys.client_iv));
  writer_.EnableEncryption(mt5wire::OfbStream(keys.key, keys.server_iv));
  encrypted_ = true;
}

void TestPeer::Reply(const Received& command, const Answer& answer) {
  auto line = mt5wire::CommandBuilder::Answer(command.name, answer.retcode, answer.text);
  for (const auto& [name, value] : answer.parameters) line.Add(name, value);
  ReplyRaw(command.serial, line.Finish() + answer.body);
}

void TestPeer::ReplyRaw(uint16_t serial, std::string_view utf8) { writer_.WriteText(serial, utf8, output_); }

std::string TestPeer::TakeOutput() { return std::exchange(output_, {}); }

}  // namespace mtsuite::connector::mt5

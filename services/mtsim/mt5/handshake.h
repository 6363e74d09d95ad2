// The login of a manager: two steps, of which the second proves on both sides that the password is known.
#ifndef SERVICES_MTSIM_MT5_HANDSHAKE_H_
#define SERVICES_MTSIM_MT5_HANDSHAKE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "common/mt5wire/cipher.h"
#include "common/mt5wire/command.h"
#include "services/mtsim/mt5/manager.h"
#include "services/mtsim/mt5/reply.h"

namespace mtsuite::mtsim {

// Who may log in.
class ManagerDirectory {
 public:
  virtual ~ManagerDirectory() = default;
  // Null when there is none. The manager lives as long as the directory.
  virtual const Manager* FindManager(uint64_t login) const = 0;
  // Whether the login belongs to a trading account, which cannot log in here.
  virtual bool IsAccount(uint64_t login) const = 0;
};

// Fills a buffer with random bytes; the system's secure generator outside tests.
using RandomSource = std::function<void(std::span<uint8_t>)>;

// One login. A refusal (retcode other than 0) is final.
class Handshake {
 public:
  struct Options {
    // Not null; outlives the handshake.
    const ManagerDirectory* directory = nullptr;
    // Where the client comes from, without the port.
    std::string peer_address = {};
    // Announced as VERSION_ACCESS and VERSION_TRADE.
    int build = 3661;
    RandomSource random = mt5wire::FillSecureRandom;
  };

  explicit Handshake(Options options) : options_(std::move(options)) {}

  // AUTH_START: who it is and how it wants to talk. Refusals: 3 (a parameter is missing or malformed), 1000
  // (not a manager's connection), 1001 (unknown login), 1002 (disabled), 1010 (build too old), 1011 (an
  // account, not a manager), 1012 (not from this address), 1024 (no Web API for this manager).
  Reply Start(const mt5wire::CommandLine& command);

  // AUTH_ANSWER: 3 when it comes first or is malformed, 1001 when the password is wrong.
  Reply Answer(const mt5wire::CommandLine& command);

  bool complete() const { return complete_; }
  // Once Start has accepted the login.
  const Manager* manager() const { return manager_; }
  // Once complete; nothing when the client wants no encryption.
  const std::optional<mt5wire::SessionKeys>& keys() const { return keys_; }

 private:
  Reply CheckClient(const mt5wire::CommandLine& command) const;
  Reply CheckManager(uint64_t login) const;

  Options options_;
  const Manager* manager_ = nullptr;
  bool encrypt_ = false;
  bool complete_ = false;
  mt5wire::Block challenge_{};
  std::optional<mt5wire::SessionKeys> keys_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_MT5_HANDSHAKE_H_

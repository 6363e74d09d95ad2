// The answer to one command, before it is put on the wire.
#ifndef SERVICES_MTSIM_MT5_REPLY_H_
#define SERVICES_MTSIM_MT5_REPLY_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/mtsim/engine/retcode.h"

namespace mtsuite::mtsim {

// Retcodes of the front itself; the engine's are in engine/retcode.h.
inline constexpr int kRetcodeNotSupported = 12002;

// RETCODE comes first on the wire, then `parameters` in their order, then `body`.
struct Reply {
  int retcode = 0;
  std::string text = "Done";
  // Names in upper case.
  std::vector<std::pair<std::string, std::string>> parameters;
  // UTF-8. Commands that define a body always have one, be it `[]`.
  std::string body;

  Reply() = default;
  // A failure, or success with nothing to tell.
  Reply(Retcode code)  // NOLINT(google-explicit-constructor): `return Retcode::kNotFound;`
      : retcode(static_cast<int>(code)), text(RetcodeText(code)) {}
  Reply(int code, std::string_view meaning) : retcode(code), text(meaning) {}

  static Reply WithBody(std::string body) {
    Reply reply;
    reply.body = std::move(body);
    return reply;
  }
  static Reply WithParameter(std::string_view name, std::string value) {
    Reply reply;
    reply.parameters.emplace_back(name, std::move(value));
    return reply;
  }
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_MT5_REPLY_H_

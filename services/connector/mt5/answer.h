#ifndef SERVICES_CONNECTOR_MT5_ANSWER_H_
#define SERVICES_CONNECTOR_MT5_ANSWER_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/mt5wire/command.h"

namespace mtsuite::connector::mt5 {

// A trading server's answer to a command.
struct Answer {
  mt5wire::CommandLine line;
  int retcode = 0;
  std::string retcode_text;
  std::string body;  // UTF-8.
};

// Reads the message that answers the command `name`. INVALID_ARGUMENT when it does not look like such an
// answer. The encryption of the protocol does not notice tampering or damage, so this is as strict as the
// protocol allows: a wrong name, characters beyond ASCII in the line (the platform writes none), or a refusal
// with the text of success are damage, and the number beside them proves nothing.
absl::StatusOr<Answer> ReadAnswer(std::string_view name, std::string_view payload);

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_ANSWER_H_

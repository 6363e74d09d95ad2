#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/mt5wire/command.h"
#include "common/mt5wire/text.h"

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

// A command that can be read must survive being written and read again.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace mtsuite::mt5wire;  // NOLINT(google-build-using-namespace): one function
  const std::string_view payload(reinterpret_cast<const char*>(data), size);
  if (const absl::StatusOr<Answer> answer = ParseAnswer(payload); answer.ok()) answer->RetcodeText();
  const absl::StatusOr<Command> command = ParseCommand(payload);
  if (!command.ok()) return 0;

  CommandBuilder builder(command->line.name());
  for (size_t i = 0; i < command->line.size(); ++i) {
    builder.Add(command->line.parameter(i).name, command->line.parameter(i).value);
  }
  const std::string copy = Utf8ToUtf16(builder.Finish()).value();
  const Command again = ParseCommand(copy).value();
  Require(again.line.name() == command->line.name());
  Require(again.line.size() == command->line.size());
  for (size_t i = 0; i < again.line.size(); ++i) {
    Require(again.line.parameter(i).name == command->line.parameter(i).name);
    Require(again.line.parameter(i).value == command->line.parameter(i).value);
  }
  Require(again.body.empty());
  return 0;
}

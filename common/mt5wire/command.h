#ifndef COMMON_MT5WIRE_COMMAND_H_
#define COMMON_MT5WIRE_COMMAND_H_

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

// Commands and answers of the MT5 Web API (mt5-webapi §1.5, §1.6):
//   NAME|PARAMETER=VALUE|...|\r\n  and then an optional body.
namespace mtsuite::mt5wire {

inline constexpr size_t kMaxCommandLineBytes = 1 << 20;  // UTF-16
inline constexpr size_t kMaxCommandParameters = 256;

// A parsed command line: the command and its parameters in UTF-8, un-escaped, with all names in upper case.
class CommandLine {
 public:
  struct Parameter {
    std::string_view name;
    std::string_view value;
  };

  // Empty for the empty command, a ping that gets no answer.
  std::string_view name() const { return Text(name_); }

  // The value of the first parameter of this (upper-case) name; nullopt when it is missing. An empty value
  // means "not specified" for most parameters.
  std::optional<std::string_view> Find(std::string_view name) const;

  // As Find, with "" for a missing parameter.
  std::string_view Get(std::string_view name) const { return Find(name).value_or(std::string_view()); }

  // All parameters in the order of the line.
  size_t size() const { return parameters_.size(); }
  Parameter parameter(size_t index) const {
    return {Text(parameters_[index].name), Text(parameters_[index].value)};
  }

 private:
  friend class CommandLineParser;

  struct Range {
    uint32_t begin = 0;
    uint32_t end = 0;
  };
  struct ParameterRange {
    Range name;
    Range value;
  };

  std::string_view Text(Range range) const {
    return std::string_view(text_).substr(range.begin, range.end - range.begin);
  }

  std::string text_;
  Range name_;
  std::vector<ParameterRange> parameters_;
};

// A message taken apart. The body points into the message.
struct Command {
  CommandLine line;
  std::string_view body;  // as on the wire: UTF-16LE, or any bytes for custom commands

  // The body as UTF-8; invalid UTF-16 becomes U+FFFD.
  std::string BodyText() const;
};

struct Answer {
  CommandLine line;
  int retcode = 0;
  std::string_view body;

  // The text behind the number of RETCODE; informative only.
  std::string_view RetcodeText() const;
  std::string BodyText() const;
};

// Takes the payload of a message apart at its first CR LF (without one, all of it is the line). Accepts lines
// with and without the last pipe. INVALID_ARGUMENT when the line does not start with a command name of
// letters, digits and '_' or is over a limit: the usual sign of a peer whose cipher stream is out of step.
absl::StatusOr<Command> ParseCommand(std::string_view payload);

// The same for answers, which must have a RETCODE that starts with a number.
absl::StatusOr<Answer> ParseAnswer(std::string_view payload);

// Appends a parameter value with `\`, `=`, `|` and LF escaped.
void AppendEscaped(std::string_view value, std::string& out);

// Writes the command line of a command or an answer, in UTF-8 for MessageWriter::WriteText:
//
//   CommandBuilder("USER_GET").Add("LOGIN", login).Finish()
//
// Names are given in upper case. The body, if any, is appended to what Finish returns.
class CommandBuilder {
 public:
  explicit CommandBuilder(std::string_view name);

  // An answer, which starts with RETCODE as some clients read it by position. The text should be short plain
  // words.
  static CommandBuilder Answer(std::string_view name, int retcode, std::string_view retcode_text);

  CommandBuilder& Add(std::string_view name, std::string_view value);
  template <std::integral T>
  CommandBuilder& Add(std::string_view name, T value) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
    return Add(name, std::string_view(digits, end - digits));
  }

  // Ends the line. The builder is empty afterwards.
  std::string Finish();

 private:
  std::string text_;
};

}  // namespace mtsuite::mt5wire

#endif  // COMMON_MT5WIRE_COMMAND_H_

#include "common/mt5wire/command.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/mt5wire/text.h"
#include "common/status/macros.h"
#include "common/strings/view.h"

namespace mtsuite::mt5wire {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kLineEndUtf16("\r\0\n\0", 4);
constexpr size_t kMaxCommandName = 64;

bool NeedsEscape(char c) { return c == '\\' || c == '=' || c == '|' || c == '\n'; }

// The byte position of the first CR LF at a code unit boundary, npos when there is none.
size_t FindLineEnd(std::string_view utf16) {
  size_t found = utf16.find(kLineEndUtf16);
  while (found != std::string_view::npos && found % 2 != 0) found = utf16.find(kLineEndUtf16, found + 1);
  return found;
}

}  // namespace

// Reads a decoded line and un-escapes it in place: the text only shrinks, so the write position never passes
// the read position.
class CommandLineParser {
 public:
  explicit CommandLineParser(std::string text) { line_.text_ = std::move(text); }

  absl::StatusOr<CommandLine> Parse() && {
    line_.name_ = ReadName('|');
    const std::string_view name = line_.name();
    const bool valid = name.size() <= kMaxCommandName && std::all_of(name.begin(), name.end(), [](char c) {
                         return absl::ascii_isalnum(c) || c == '_';
                       });
    if (!valid) {
      return absl::InvalidArgumentError(absl::StrCat(
          "not a command name: \"", absl::CHexEscape(AbslView(name.substr(0, kMaxCommandName))), "\""));
    }
    Skip('|');
    while (read_ < line_.text_.size()) {
      CommandLine::ParameterRange parameter;
      parameter.name = ReadName('=');
      parameter.value = {write_, write_};
      if (Skip('=')) parameter.value = ReadValue();
      Skip('|');
      if (parameter.name.begin == parameter.name.end) continue;
      if (line_.parameters_.size() == kMaxCommandParameters) {
        return absl::InvalidArgumentError(absl::StrCat("more than ", kMaxCommandParameters, " parameters"));
      }
      line_.parameters_.push_back(parameter);
    }
    return std::move(line_);
  }

 private:
  // Reads up to `end`, a pipe or the end of the line, in upper case. Names are not escaped.
  CommandLine::Range ReadName(char end) {
    CommandLine::Range range{write_, write_};
    for (; read_ < line_.text_.size() && line_.text_[read_] != end && line_.text_[read_] != '|'; ++read_) {
      line_.text_[write_++] = absl::ascii_toupper(line_.text_[read_]);
    }
    range.end = write_;
    return range;
  }

  // Reads up to a pipe that is not escaped. A backslash before any other character stands for itself.
  CommandLine::Range ReadValue() {
    CommandLine::Range range{write_, write_};
    for (; read_ < line_.text_.size() && line_.text_[read_] != '|'; ++read_) {
      if (line_.text_[read_] == '\\' && read_ + 1 < line_.text_.size() && NeedsEscape(line_.text_[read_ + 1]))
        ++read_;
      line_.text_[write_++] = line_.text_[read_];
    }
    range.end = write_;
    return range;
  }

  bool Skip(char c) {
    if (read_ >= line_.text_.size() || line_.text_[read_] != c) return false;
    ++read_;
    return true;
  }

  CommandLine line_;
  uint32_t read_ = 0;
  uint32_t write_ = 0;
};

std::optional<std::string_view> CommandLine::Find(std::string_view name) const {
  for (const ParameterRange& parameter : parameters_) {
    if (Text(parameter.name) == name) return Text(parameter.value);
  }
  return std::nullopt;
}

std::string Command::BodyText() const { return Utf16ToUtf8Lossy(body); }

std::string Answer::BodyText() const { return Utf16ToUtf8Lossy(body); }

std::string_view Answer::RetcodeText() const {
  const std::string_view value = line.Get("RETCODE");
  const size_t space = value.find(' ');
  return space == std::string_view::npos ? std::string_view() : value.substr(space + 1);
}

absl::StatusOr<Command> ParseCommand(std::string_view payload) {
  Command command;
  const size_t line_end = FindLineEnd(payload);
  std::string_view line = payload;
  if (line_end != std::string_view::npos) {
    line = payload.substr(0, line_end);
    command.body = payload.substr(line_end + kLineEndUtf16.size());
  }
  if (line.size() > kMaxCommandLineBytes) {
    return absl::InvalidArgumentError(absl::StrCat("a command line of ", line.size(), " bytes"));
  }
  ASSIGN_OR_RETURN(command.line, CommandLineParser(Utf16ToUtf8Lossy(line)).Parse());
  return command;
}

absl::StatusOr<Answer> ParseAnswer(std::string_view payload) {
  ASSIGN_OR_RETURN(Command command, ParseCommand(payload));
  Answer answer{std::move(command.line), 0, command.body};
  const std::string_view value = answer.line.Get("RETCODE");
  const auto number = std::from_chars(value.data(), value.data() + value.size(), answer.retcode);
  const bool ends = number.ptr == value.data() + value.size() || *number.ptr == ' ';
  if (number.ec != std::errc() || !ends) {
    return absl::InvalidArgumentError(absl::StrCat("answer to \"", AbslView(answer.line.name()),
                                                   "\" without a return code: \"",
                                                   absl::CHexEscape(AbslView(value.substr(0, 40))), "\""));
  }
  return answer;
}

void AppendEscaped(std::string_view value, std::string& out) {
  for (;;) {
    const auto special = std::find_if(value.begin(), value.end(), NeedsEscape);
    out.append(value.begin(), special);
    if (special == value.end()) return;
    out.push_back('\\');
    out.push_back(*special);
    value.remove_prefix(special - value.begin() + 1);
  }
}

CommandBuilder::CommandBuilder(std::string_view name) {
  text_.reserve(256);
  text_.append(name).push_back('|');
}

CommandBuilder CommandBuilder::Answer(std::string_view name, int retcode, std::string_view retcode_text) {
  CommandBuilder builder(name);
  const std::string value = absl::StrCat(retcode, " ", AbslView(retcode_text));
  builder.Add("RETCODE", std::string_view(value));
  return builder;
}

CommandBuilder& CommandBuilder::Add(std::string_view name, std::string_view value) {
  text_.append(name).push_back('=');
  AppendEscaped(value, text_);
  text_.push_back('|');
  return *this;
}

std::string CommandBuilder::Finish() {
  text_.append(kLineEnd);
  return std::exchange(text_, std::string());
}

}  // namespace mtsuite::mt5wire

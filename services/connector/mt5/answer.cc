#include "services/connector/mt5/answer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "common/strings/view.h"

namespace mtsuite::connector::mt5 {
namespace {

bool IsPlain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

bool IsPlain(const mt5wire::CommandLine& line) {
  for (size_t i = 0; i < line.size(); ++i) {
    if (!IsPlain(line.parameter(i).name) || !IsPlain(line.parameter(i).value)) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<Answer> ReadAnswer(std::string_view name, std::string_view payload) {
  ASSIGN_OR_RETURN(mt5wire::Answer raw, mt5wire::ParseAnswer(payload));
  if (raw.line.name() != name) {
    return absl::InvalidArgumentError(
        absl::StrCat("the answer to ", AbslView(name), " is named ", AbslView(raw.line.name())));
  }
  if (!IsPlain(raw.line)) {
    return absl::InvalidArgumentError(absl::StrCat("the answer to ", AbslView(name), " is damaged"));
  }
  Answer answer;
  answer.retcode = raw.retcode;
  answer.retcode_text = std::string(raw.RetcodeText());
  if (answer.retcode != 0 && answer.retcode_text == "Done") {
    return absl::InvalidArgumentError(
        absl::StrCat("the answer to ", AbslView(name), " is damaged: ", answer.retcode, " Done"));
  }
  answer.body = raw.BodyText();
  answer.line = std::move(raw.line);
  return answer;
}

}  // namespace mtsuite::connector::mt5

#include "common/strings/name_mask.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "common/strings/view.h"

namespace mtsuite {
namespace {

// Linear in practice: on a mismatch only the last star grows.
bool Glob(std::string_view pattern, std::string_view text) {
  size_t p = 0;
  size_t t = 0;
  size_t star = std::string_view::npos;
  size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace

NameMask::NameMask(std::string_view text) {
  for (absl::string_view part : absl::StrSplit(AbslView(text), ',')) {
    part = absl::StripAsciiWhitespace(part);
    const bool excludes = !part.empty() && part.front() == '!';
    if (excludes) part.remove_prefix(1);
    if (!part.empty()) patterns_.push_back({absl::AsciiStrToLower(part), excludes});
  }
}

bool NameMask::MatchesAll() const {
  return patterns_.empty() || (patterns_.size() == 1 && !patterns_[0].excludes && patterns_[0].text == "*");
}

bool NameMask::Matches(std::string_view name) const {
  if (patterns_.empty()) return true;
  const std::string lower = absl::AsciiStrToLower(AbslView(name));
  bool matches = patterns_.front().excludes;
  for (const Pattern& pattern : patterns_) {
    if (matches == pattern.excludes && Glob(pattern.text, lower)) matches = !pattern.excludes;
  }
  return matches;
}

}  // namespace mtsuite

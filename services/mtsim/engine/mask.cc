#include "services/mtsim/engine/mask.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "common/strings/view.h"

namespace mtsuite::mtsim {
namespace {

// The items of a comma-separated list without blanks round them.
template <typename Item>
std::vector<Item> ParseItems(std::string_view masks) {
  std::vector<Item> items;
  while (!masks.empty()) {
    const size_t comma = std::min(masks.find(','), masks.size());
    std::string_view item = StdView(absl::StripAsciiWhitespace(AbslView(masks.substr(0, comma))));
    masks.remove_prefix(std::min(comma + 1, masks.size()));
    const bool exclude = item.starts_with('!');
    if (exclude) item = StdView(absl::StripAsciiWhitespace(AbslView(item.substr(1))));
    if (!item.empty()) items.push_back({std::string(item), exclude});
  }
  return items;
}

// The last item that applies decides.
template <typename Item, typename Applies>
bool Decide(const std::vector<Item>& items, const Applies& applies) {
  bool selected = !items.empty() && items.front().exclude;
  for (const Item& item : items) {
    // An item that would not change anything needs no match.
    if (selected == item.exclude && applies(item.pattern)) selected = !item.exclude;
  }
  return selected;
}

bool SameLetter(char a, char b) { return absl::ascii_tolower(a) == absl::ascii_tolower(b); }

}  // namespace

bool MatchesPattern(std::string_view pattern, std::string_view text) {
  // Greedy matching that goes back to the last star only, which suffices and takes at most pattern * text
  // steps.
  size_t p = 0;
  size_t t = 0;
  size_t star = std::string_view::npos;
  size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && SameLetter(pattern[p], text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

MaskList::MaskList(std::string_view masks) : items_(ParseItems<Item>(masks)) {}

bool MaskList::Matches(std::string_view name) const {
  return Decide(items_, [&](const std::string& pattern) { return MatchesPattern(pattern, name); });
}

SymbolMaskList::SymbolMaskList(std::string_view masks) : items_(ParseItems<Item>(masks)) {}

bool SymbolMaskList::Matches(std::string_view name, std::string_view path) const {
  return Decide(items_, [&](const std::string& pattern) {
    return MatchesPattern(pattern, path) || MatchesPattern(pattern, name);
  });
}

}  // namespace mtsuite::mtsim

#ifndef SERVICES_MTSIM_ENGINE_MASK_H_
#define SERVICES_MTSIM_ENGINE_MASK_H_

#include <string>
#include <string_view>
#include <vector>

namespace mtsuite::mtsim {

// Whether `text` matches `pattern`, where `*` stands for any text, also none, and case does not matter
// (ASCII).
bool MatchesPattern(std::string_view pattern, std::string_view text);

// A comma-separated list of patterns as the platform writes it: `demo*,!demo\test*`. Read from left to right;
// a pattern takes names in, one that starts with `!` takes names out again, and the last one that matches
// decides. A list that starts with an exclusion starts from everything, so `!demo*` is all but demo. Empty
// items and blanks round items are ignored; an empty list matches nothing.
class MaskList {
 public:
  explicit MaskList(std::string_view masks);

  bool Matches(std::string_view name) const;
  bool empty() const { return items_.empty(); }

 private:
  struct Item {
    std::string pattern;
    bool exclude;
  };
  std::vector<Item> items_;
};

// Selects symbols. An item without `*` is a symbol's name or path, one with `*` is matched against the path
// and the name, so that both `Forex\Major\*` and `*` work.
class SymbolMaskList {
 public:
  explicit SymbolMaskList(std::string_view masks);

  bool Matches(std::string_view name, std::string_view path) const;
  bool empty() const { return items_.empty(); }

 private:
  struct Item {
    std::string pattern;
    bool exclude;
  };
  std::vector<Item> items_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_MASK_H_

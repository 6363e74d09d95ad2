#ifndef COMMON_STRINGS_NAME_MASK_H_
#define COMMON_STRINGS_NAME_MASK_H_

#include <string>
#include <string_view>
#include <vector>

namespace mtsuite {

// A mask of names (groups, symbols, paths) as the platforms write it: `demo\*,!demo\test*`. Comma-separated
// patterns, read from left to right: one takes names in, one that starts with `!` takes them out again, and
// the last one that matches decides. `*` is any text, also none; case does not matter (ASCII). A mask that
// starts with an exclusion starts from everything. An empty mask matches everything.
class NameMask {
 public:
  explicit NameMask(std::string_view text);

  bool Matches(std::string_view name) const;

  // Whether it is known to match every name, as the empty mask and `*` do.
  bool MatchesAll() const;

 private:
  struct Pattern {
    std::string text;  // lower case
    bool excludes;
  };
  std::vector<Pattern> patterns_;
};

}  // namespace mtsuite

#endif  // COMMON_STRINGS_NAME_MASK_H_

#ifndef SERVICES_CONNECTOR_DIRECTORY_GROUP_MASK_H_
#define SERVICES_CONNECTOR_DIRECTORY_GROUP_MASK_H_

#include <string>
#include <string_view>
#include <vector>

namespace mtsuite::connector {

// A group mask as the platforms write it: `demo\*,!demo\test*`. Comma-separated patterns, read from left to
// right: one takes groups in, one that starts with `!` takes them out again, and the last one that matches
// decides. `*` is any text, also none; case does not matter (ASCII). A mask that starts with an exclusion
// starts from everything. An empty mask matches everything.
class GroupMask {
 public:
  explicit GroupMask(std::string_view text);

  bool Matches(std::string_view group) const;

 private:
  struct Pattern {
    std::string text;  // lower case
    bool excludes;
  };
  std::vector<Pattern> patterns_;
};

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_DIRECTORY_GROUP_MASK_H_

#ifndef SERVICES_MTSIM_ENGINE_GROUP_BOOK_H_
#define SERVICES_MTSIM_ENGINE_GROUP_BOOK_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "services/mtsim/engine/group.h"
#include "services/mtsim/engine/retcode.h"

namespace mtsuite::mtsim {

// The server's groups in the order of their creation. Not thread-safe. Pointers stay valid until the group is
// deleted; an update changes the group in place.
class GroupBook {
 public:
  static constexpr size_t kGroupsMax = 10'000;

  // Adds `group`, or replaces the one of that name. kInvalidParameters when the name or currency is empty or
  // a number is out of range, kConfigLimit beyond kGroupsMax.
  Result<const Group*> Put(Group group);
  // kNotFound. Whether accounts use it is the caller's question.
  Retcode Delete(std::string_view name);

  // Null when there is none. Names are case-sensitive.
  const Group* Find(std::string_view name) const;
  // By index in the order of creation; null past the end.
  const Group* At(size_t index) const;
  size_t size() const { return order_.size(); }
  // The groups whose names match, in the order of creation. See MaskList.
  std::vector<const Group*> Select(std::string_view masks) const;

 private:
  absl::flat_hash_map<std::string, std::unique_ptr<Group>> groups_;
  std::vector<Group*> order_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_GROUP_BOOK_H_

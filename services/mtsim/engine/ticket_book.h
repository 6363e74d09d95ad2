#ifndef SERVICES_MTSIM_ENGINE_TICKET_BOOK_H_
#define SERVICES_MTSIM_ENGINE_TICKET_BOOK_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace mtsuite::mtsim {

// The live records of one kind (open positions, open orders) by ticket and by login. `Record` has a member
// login. Not thread-safe; pointers stay valid until the record is erased.
template <typename Record>
class TicketBook {
 public:
  // `ticket` must be free.
  Record* Insert(uint64_t ticket, Record record) {
    auto owned = std::make_unique<Record>(std::move(record));
    Record* stored = owned.get();
    by_ticket_.emplace(ticket, std::move(owned));
    List& list = by_login_[stored->login];
    const std::pair<uint64_t, Record*> entry{ticket, stored};
    list.insert(std::upper_bound(list.begin(), list.end(), entry), entry);
    return stored;
  }

  void Erase(uint64_t ticket) {
    const auto found = by_ticket_.find(ticket);
    if (found == by_ticket_.end()) return;
    const auto login = by_login_.find(found->second->login);
    std::erase_if(login->second, [&](const auto& entry) { return entry.first == ticket; });
    if (login->second.empty()) by_login_.erase(login);
    by_ticket_.erase(found);
  }

  // Null when there is none.
  const Record* Find(uint64_t ticket) const {
    const auto found = by_ticket_.find(ticket);
    return found == by_ticket_.end() ? nullptr : found->second.get();
  }
  Record* FindMutable(uint64_t ticket) { return const_cast<Record*>(std::as_const(*this).Find(ticket)); }

  // Ticket and record of all of `login`, by ascending ticket.
  const std::vector<std::pair<uint64_t, Record*>>& Of(uint64_t login) const {
    static const List* const kNone = new List();
    const auto found = by_login_.find(login);
    return found == by_login_.end() ? *kNone : found->second;
  }

  size_t Count(uint64_t login) const { return Of(login).size(); }
  size_t size() const { return by_ticket_.size(); }

  // `limit` records of `login` from `offset` on, by ascending ticket.
  std::vector<const Record*> Page(uint64_t login, size_t offset, size_t limit) const {
    const List& list = Of(login);
    std::vector<const Record*> page;
    for (size_t i = offset; i < list.size() && page.size() < limit; ++i) page.push_back(list[i].second);
    return page;
  }

  // Logins that have records, ascending.
  std::vector<uint64_t> Logins() const {
    std::vector<uint64_t> logins;
    logins.reserve(by_login_.size());
    for (const auto& [login, list] : by_login_) logins.push_back(login);
    std::sort(logins.begin(), logins.end());
    return logins;
  }

 private:
  using List = std::vector<std::pair<uint64_t, Record*>>;

  absl::flat_hash_map<uint64_t, std::unique_ptr<Record>> by_ticket_;
  absl::flat_hash_map<uint64_t, List> by_login_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_TICKET_BOOK_H_

// Which accounts and how many records a command is about, with the permissions of the manager applied.
#ifndef SERVICES_MTSIM_MT5_SELECTION_H_
#define SERVICES_MTSIM_MT5_SELECTION_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "services/mtsim/mt5/commands.h"

namespace mtsuite::mtsim {

// Records in one page; clients that ask for more must loop.
inline constexpr size_t kPageMax = 100;
// Records that one batch command answers with; more is an error rather than a silent cut.
inline constexpr size_t kBatchMax = 100'000;
// Items in a list parameter.
inline constexpr size_t kListMax = 10'000;

// The account, or null when there is none or the manager may not see its group.
const Account* FindVisible(const CommandContext& context, uint64_t login);

// The account that parameter LOGIN names: kInvalidParameters without one, kNotFound when it is not visible.
Result<const Account*> RequestedAccount(const CommandContext& context, const Request& request);

// The visible accounts of a batch command, which names either logins (LOGIN, in the order given) or masks of
// groups (GROUP, ascending); each may also be a JSON array in the body. kInvalidParameters for both, neither,
// or too many.
Result<std::vector<const Account*>> SelectAccounts(const CommandContext& context, const Request& request);

// A list of numbers from a parameter, or from the array of the member `member` of a JSON body.
// kInvalidParameters when an item is no number or the list is too long.
Result<std::vector<uint64_t>> NumberList(const Request& request, std::string_view parameter,
                                         std::string_view member);

// OFFSET and TOTAL of a page command: kInvalidParameters when one is missing or TOTAL is above kPageMax.
struct Page {
  size_t offset = 0;
  size_t total = 0;
};
Result<Page> RequestedPage(const Request& request);

// FROM and TO in server seconds, both inclusive. kInvalidParameters when one is missing or they are reversed.
Result<TimeWindow> RequestedWindow(const CommandContext& context, const Request& request);

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_MT5_SELECTION_H_

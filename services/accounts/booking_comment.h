// The caller's part of a booking's comment.
#ifndef SERVICES_ACCOUNTS_BOOKING_COMMENT_H_
#define SERVICES_ACCOUNTS_BOOKING_COMMENT_H_

#include <string_view>

namespace mtsuite::accounts {

// `stored` without the operation tag that the connector appends: '#' and 11 letters or digits at the end,
// after one space unless the comment is nothing else. Comments without a tag stay as they are.
std::string_view WithoutOperationTag(std::string_view stored);

}  // namespace mtsuite::accounts

#endif  // SERVICES_ACCOUNTS_BOOKING_COMMENT_H_

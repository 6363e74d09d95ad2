#ifndef COMMON_PAGING_PAGE_TOKEN_H_
#define COMMON_PAGING_PAGE_TOKEN_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

// Page tokens: opaque to callers, bound to the query they continue, without state on the server.
//
//   ASSIGN_OR_RETURN(const std::string after, paging::ReadPageToken(request));          // "" on the first
//   page
//   ... read `size + 1` rows after it ...
//   if (more) response->set_next_page_token(paging::MakePageToken(request, last_key));
//
// A token holds a position and a digest of the query. It protects against mistakes, not against forgery: a
// position must carry no right that the query itself does not have.
namespace mtsuite::paging {

// The longest position that a token can hold, in bytes.
inline constexpr size_t kMaxPositionBytes = 512;

// A token that continues the list `request` asks for after `position` (any bytes, not empty, at most
// kMaxPositionBytes; aborts otherwise). The query is the request's message type and all its fields except
// `page_size` and `page_token`.
std::string MakePageToken(const google::protobuf::Message& request, std::string_view position);

// The position in the request's field `page_token`; empty for the first page. INVALID_ARGUMENT /
// PAGE_TOKEN_INVALID when the token is damaged or was made for another query.
absl::StatusOr<std::string> ReadPageToken(const google::protobuf::Message& request);

// The number of items to return: `requested`, or `standard` when that is 0, but at most `max`.
// INVALID_ARGUMENT / FIELD_INVALID when negative.
absl::StatusOr<int32_t> PageSize(int32_t requested, int32_t standard, int32_t max);

}  // namespace mtsuite::paging

#endif  // COMMON_PAGING_PAGE_TOKEN_H_

#ifndef SERVICES_CONNECTOR_JOURNAL_TAG_H_
#define SERVICES_CONNECTOR_JOURNAL_TAG_H_

#include <string>
#include <string_view>

#include "services/connector/trade_server.h"

namespace mtsuite::connector {

// The mark by which an operation's booking is found again on the trading server: '#' and 11 base-62
// characters of SHA-256(server, operation id), 65 bits. It stands at the very end of the comment, after one
// space.
inline constexpr int kTagLength = 12;
// What is left of the platform's comment for the caller, in UTF-16 units.
inline constexpr int kMaxCallerCommentLength = kMaxCommentLength - kTagLength - 1;

std::string MakeTag(std::string_view server, std::string_view operation_id);

// The caller's comment with the tag behind it; the tag alone when the comment is empty.
std::string WithTag(std::string_view comment, std::string_view tag);

// Whether a comment on the trading server carries the tag. Only its end counts, and only as a word of its
// own.
bool EndsWithTag(std::string_view comment, std::string_view tag);

// The caller's part of a comment that carries the tag.
std::string WithoutTag(std::string_view comment, std::string_view tag);

// The tag at the end of a comment, whoever's it is; empty when there is none.
std::string_view TagOf(std::string_view comment);

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_JOURNAL_TAG_H_

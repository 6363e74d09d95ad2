#ifndef COMMON_RPC_METADATA_H_
#define COMMON_RPC_METADATA_H_

#include <string>
#include <string_view>

// The metadata keys of the suite, and the rules for what callers put there.
namespace mtsuite::rpc {

// Names one request through all services and logs; 1 to 128 visible ASCII characters.
inline constexpr char kRequestIdKey[] = "x-request-id";
// W3C trace context, passed on as it came.
inline constexpr char kTraceparentKey[] = "traceparent";
// `Bearer <API key>`.
inline constexpr char kAuthorizationKey[] = "authorization";
// The API key alone; for callers that cannot set `authorization`.
inline constexpr char kApiKeyKey[] = "x-api-key";

// Whether a caller's request id may be used.
bool IsRequestId(std::string_view text);

// Whether `text` has the form of a traceparent: version-traceid-parentid-flags in lower-case hexadecimal.
bool IsTraceparent(std::string_view text);

// A new request id: 32 hexadecimal digits.
std::string NewRequestId();

// The token of `Bearer <token>`, the scheme in any case; empty when it is another scheme.
std::string_view BearerToken(std::string_view authorization);

}  // namespace mtsuite::rpc

#endif  // COMMON_RPC_METADATA_H_

#ifndef COMMON_AUTH_PRINCIPAL_H_
#define COMMON_AUTH_PRINCIPAL_H_

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace mtsuite::auth {

// Who calls, and what they may do. Immutable once made; shared between the calls of one key.
struct Principal {
  // Public part of the API key; fit for logs and audit records.
  std::string key_id;
  // Names from scopes.h.
  std::vector<std::string> scopes;
  // Trading servers that may be used; empty means all.
  std::vector<std::string> servers;

  bool HasScope(std::string_view scope) const {
    return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
  }

  bool AllowsServer(std::string_view server) const {
    return servers.empty() || std::find(servers.begin(), servers.end(), server) != servers.end();
  }
};

}  // namespace mtsuite::auth

#endif  // COMMON_AUTH_PRINCIPAL_H_

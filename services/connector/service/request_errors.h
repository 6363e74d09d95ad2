#ifndef SERVICES_CONNECTOR_SERVICE_REQUEST_ERRORS_H_
#define SERVICES_CONNECTOR_SERVICE_REQUEST_ERRORS_H_

#include <string>

#include "absl/status/status.h"
#include "common/status/error.h"

// What the checks of requests have in common. All errors say REJECTED.
namespace mtsuite::connector::request_errors {

ErrorBuilder Invalid(ErrorReason reason, const std::string& message);
absl::Status Required(const std::string& field);
// COMMENT_TOO_LONG for a caller's comment that leaves no room for the tag.
absl::Status CheckComment(const std::string& comment, const std::string& field);

}  // namespace mtsuite::connector::request_errors

#endif  // SERVICES_CONNECTOR_SERVICE_REQUEST_ERRORS_H_

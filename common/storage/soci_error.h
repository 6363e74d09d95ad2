#ifndef COMMON_STORAGE_SOCI_ERROR_H_
#define COMMON_STORAGE_SOCI_ERROR_H_

#include <string>

#include "absl/status/status.h"
#include "soci/error.h"

namespace mtsuite::storage {

// What an exception of SOCI means (the codes of database.h), with `what` before its message.
absl::Status FromSociError(const soci::soci_error& error, const std::string& what);

// Whether the connection is lost.
bool IsConnectionLost(const soci::soci_error& error);

}  // namespace mtsuite::storage

#endif  // COMMON_STORAGE_SOCI_ERROR_H_

#ifndef COMMON_IDS_UUID_H_
#define COMMON_IDS_UUID_H_

#include <string>

namespace mtsuite {

// A new random UUID (version 4, RFC 9562) in its 36 character form, from the system's secure generator.
// Aborts when that fails: an id that is not unique could merge two operations.
std::string NewUuid();

}  // namespace mtsuite

#endif  // COMMON_IDS_UUID_H_

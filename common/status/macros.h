#ifndef COMMON_STATUS_MACROS_H_
#define COMMON_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Evaluates an expression of type absl::Status and returns it from the enclosing function unless it is OK.
// The function must return absl::Status or an absl::StatusOr.
//
//   RETURN_IF_ERROR(store.Append(record));
#define RETURN_IF_ERROR(...)                                                                \
  do {                                                                                      \
    if (::absl::Status mtsuite_status = (__VA_ARGS__); !mtsuite_status.ok()) [[unlikely]] { \
      return mtsuite_status;                                                                \
    }                                                                                       \
  } while (false)

// Evaluates an expression of type absl::StatusOr<T>; returns its status from the enclosing function unless it
// is OK, otherwise moves the value into `declaration`, which may declare a variable or name an existing one.
// It expands to several statements, so it needs braces round it as the body of an `if` or a loop.
//
//   ASSIGN_OR_RETURN(Decimal amount, Decimal::Parse(text));
#define ASSIGN_OR_RETURN(declaration, ...) \
  MTSUITE_ASSIGN_OR_RETURN_(MTSUITE_CONCAT_(mtsuite_status_or_, __LINE__), declaration, __VA_ARGS__)

#define MTSUITE_CONCAT_INNER_(a, b) a##b
#define MTSUITE_CONCAT_(a, b) MTSUITE_CONCAT_INNER_(a, b)
#define MTSUITE_ASSIGN_OR_RETURN_(holder, declaration, ...) \
  auto holder = (__VA_ARGS__);                              \
  if (!holder.ok()) [[unlikely]] {                          \
    return std::move(holder).status();                      \
  }                                                         \
  declaration = *std::move(holder)

#endif  // COMMON_STATUS_MACROS_H_

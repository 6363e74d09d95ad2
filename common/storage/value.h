#ifndef COMMON_STORAGE_VALUE_H_
#define COMMON_STORAGE_VALUE_H_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

// The values that databases of all kinds have in common. Decimals and times are stored as TEXT or as scaled
// integers, truth values as 0 and 1.
namespace mtsuite::storage {

enum class Type {
  kInt,    // BIGINT
  kText,   // TEXT, UTF-8 without NUL
  kBytes,  // BYTES in migrations: BLOB or BYTEA
};

// Bytes as a parameter, to tell them from text.
struct Bytes {
  std::string_view data;
};

// One parameter of a statement: NULL, a whole number, a text or bytes. Refers to its text; lives as long as
// the call.
class Param {
 public:
  using Variant = std::variant<std::monostate, int64_t, std::string_view, Bytes>;

  Param(std::nullptr_t) {}  // NOLINT(google-explicit-constructor): parameters are written as plain values
  template <std::integral T>
  Param(T value) : value_(static_cast<int64_t>(value)) {}            // NOLINT(google-explicit-constructor)
  Param(std::string_view text) : value_(text) {}                     // NOLINT(google-explicit-constructor)
  Param(const std::string& text) : Param(std::string_view(text)) {}  // NOLINT(google-explicit-constructor)
  Param(const char* text) : Param(std::string_view(text)) {}         // NOLINT(google-explicit-constructor)
  Param(Bytes bytes) : value_(bytes) {}                              // NOLINT(google-explicit-constructor)

  const Variant& value() const { return value_; }

 private:
  Variant value_;
};

// One row of a result, seen while it is being read. Texts and bytes are valid until the next row. Asking for
// another type than the statement declares, or for a column that it does not have, aborts; NULL reads as 0
// and as the empty text.
class Row {
 public:
  virtual bool IsNull(size_t column) const = 0;
  virtual int64_t Int(size_t column) const = 0;
  virtual std::string_view Text(size_t column) const = 0;
  virtual std::string_view Bytes(size_t column) const = 0;

 protected:
  ~Row() = default;
};

}  // namespace mtsuite::storage

#endif  // COMMON_STORAGE_VALUE_H_

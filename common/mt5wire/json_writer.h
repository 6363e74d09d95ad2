#ifndef COMMON_MT5WIRE_JSON_WRITER_H_
#define COMMON_MT5WIRE_JSON_WRITER_H_

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>

#include "common/decimal/decimal.h"

namespace mtsuite::mt5wire {

// Writes JSON the way MT5 servers do (mt5-webapi §1.7): one member per line, `"Key" : "Value"`, all scalars
// quoted, lines ended by CR LF, the body ended by CR LF, empty arrays as `[]`. Appends UTF-8 to a string that
// outlives the writer:
//
//   JsonWriter json(out);
//   json.BeginObject().Member("Login", 1000).Member("Group", "demo\\forex").EndObject();
//
// Calls must form one value, and nothing checks that they do. Keys are literals that need no escaping.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& BeginObject() { return Begin('{'); }
  JsonWriter& EndObject() { return End('}'); }
  JsonWriter& BeginArray() { return Begin('['); }
  JsonWriter& EndArray() { return End(']'); }

  // Starts a member whose value is an array or object.
  JsonWriter& Key(std::string_view key);

  // An element of an array.
  JsonWriter& Value(std::string_view value);
  template <std::integral T>
  JsonWriter& Value(T value) {
    Separate();
    return PutInteger(value);
  }

  // A member with a scalar value.
  JsonWriter& Member(std::string_view key, std::string_view value);
  template <std::integral T>
  JsonWriter& Member(std::string_view key, T value) {
    Key(key);
    after_key_ = false;
    return PutInteger(value);
  }
  // A decimal with exactly `digits` fraction digits; it must not need more, see Decimal::ToString.
  JsonWriter& Member(std::string_view key, Decimal value, int digits);

 private:
  JsonWriter& Begin(char bracket);
  JsonWriter& End(char bracket);

  // Ends the previous element or member, if any, and starts a line for the next.
  void Separate();
  void PutQuoted(std::string_view value);

  template <typename T>
  JsonWriter& PutInteger(T value) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
    out_.push_back('"');
    out_.append(digits, end - digits);
    out_.push_back('"');
    return *this;
  }

  std::string& out_;
  int depth_ = 0;
  bool first_ = true;       // nothing written in the innermost container yet
  bool after_key_ = false;  // the next value belongs to a key
};

}  // namespace mtsuite::mt5wire

#endif  // COMMON_MT5WIRE_JSON_WRITER_H_

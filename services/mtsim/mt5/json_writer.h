// The JSON of answers.
#ifndef SERVICES_MTSIM_MT5_JSON_WRITER_H_
#define SERVICES_MTSIM_MT5_JSON_WRITER_H_

#include <concepts>
#include <string>
#include <string_view>
#include <utility>

#include "common/mt5wire/json_writer.h"
#include "services/mtsim/engine/fixed.h"

namespace mtsuite::mtsim {

// A document in the platform's style (see mt5wire::JsonWriter) that owns its text and knows the engine's
// numbers. The caller balances the calls.
class JsonWriter {
 public:
  JsonWriter() : json_(text_) {}
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  // An object or array as the document, as an array's element, or after Key.
  void BeginObject() { json_.BeginObject(); }
  void EndObject() { json_.EndObject(); }
  void BeginArray() { json_.BeginArray(); }
  void EndArray() { json_.EndArray(); }
  // Starts a member whose value is the object or array that begins next.
  void Key(std::string_view name) { json_.Key(name); }
  // `"name" : []`.
  void EmptyArray(std::string_view name) {
    json_.Key(name);
    json_.BeginArray();
    json_.EndArray();
  }

  void Member(std::string_view name, std::string_view text) { json_.Member(name, text); }
  template <std::integral T>
  void Member(std::string_view name, T value) {
    json_.Member(name, value);
  }
  // A decimal with exactly `digits` fraction digits, rounded half away from zero.
  void Member(std::string_view name, Fixed value, int digits) {
    json_.Member(name, std::string_view(value.ToString(digits)));
  }

  // A scalar as an array's element.
  void Element(std::string_view text) { json_.Value(text); }
  template <std::integral T>
  void Element(T value) {
    json_.Value(value);
  }

  // The document, UTF-8. Once, at the end.
  std::string Finish() { return std::move(text_); }

 private:
  std::string text_;
  mt5wire::JsonWriter json_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_MT5_JSON_WRITER_H_

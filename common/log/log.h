#ifndef COMMON_LOG_LOG_H_
#define COMMON_LOG_LOG_H_

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

// Structured logs: one JSON object per line on stderr, the same shape in every service.
//
//   {"ts":"2026-01-31T09:15:00.123456Z","level":"info","service":"accounts","event":"account_created","login":1001}
//
//   LOG_EVENT(kInfo, "account_created", {"request_id", call.request_id()}, {"login", login});
//
// `event` is a stable snake_case name that alerts and tests may rely on; everything variable goes into
// fields. Secrets (passwords, keys, tokens) are never passed in. ERROR means that a human must act; an ERROR
// line fails the test suite.
namespace mtsuite::log {

enum class Level : int { kDebug = 0, kInfo = 1, kWarning = 2, kError = 3 };

// One key and value of a line. Refers to its text; lives only as long as the logging call's arguments.
class Field {
 public:
  using Value = std::variant<bool, int64_t, uint64_t, double, std::string_view>;

  Field(std::string_view key, std::string_view value) : key_(key), value_(value) {}
  Field(std::string_view key, const std::string& value) : Field(key, std::string_view(value)) {}
  Field(std::string_view key, const char* value) : Field(key, std::string_view(value)) {}
  Field(std::string_view key, bool value) : key_(key), value_(value) {}
  Field(std::string_view key, double value) : key_(key), value_(value) {}
  template <std::signed_integral T>
  Field(std::string_view key, T value) : key_(key), value_(static_cast<int64_t>(value)) {}
  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>) Field(std::string_view key, T value)
      : key_(key), value_(static_cast<uint64_t>(value)) {}

  std::string_view key() const { return key_; }
  const Value& value() const { return value_; }

 private:
  std::string_view key_;
  Value value_;
};

// Sets the name that every line carries and the lowest level that is written. Call once, early in main; the
// environment variable MTSUITE_LOG_LEVEL, when it holds a level's name, wins over `level`.
void Configure(std::string_view service, Level level);

// The level named "debug", "info", "warning" or "error"; nothing for other texts.
std::optional<Level> ParseLevel(std::string_view name);

// Whether lines of `level` are written; costs one relaxed load.
bool Enabled(Level level);

// Writes one line. Never throws, never blocks on anything but stderr; a text that is not UTF-8 is repaired.
void Write(Level level, std::string_view event, std::initializer_list<Field> fields) noexcept;

}  // namespace mtsuite::log

// Writes one line when its level is enabled; the fields are not evaluated otherwise.
#define LOG_EVENT(level, event, ...)                                               \
  do {                                                                             \
    if (::mtsuite::log::Enabled(::mtsuite::log::Level::level)) {                   \
      ::mtsuite::log::Write(::mtsuite::log::Level::level, (event), {__VA_ARGS__}); \
    }                                                                              \
  } while (false)

#endif  // COMMON_LOG_LOG_H_

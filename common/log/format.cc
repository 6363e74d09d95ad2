#include "common/log/format.h"

#include <cmath>
#include <cstdint>
#include <ctime>
#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "nlohmann/json.hpp"
#include "spdlog/fmt/chrono.h"
#include "spdlog/fmt/fmt.h"

namespace mtsuite::log {
namespace {

void Append(fmt::memory_buffer& out, std::string_view text) {
  out.append(text.data(), text.data() + text.size());
}

bool NeedsNoEscape(std::string_view text) {
  for (const char c : text) {
    if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') return false;
  }
  return true;
}

void AppendString(fmt::memory_buffer& out, std::string_view text) {
  if (NeedsNoEscape(text)) {
    out.push_back('"');
    Append(out, text);
    out.push_back('"');
    return;
  }
  // The rare text takes the slow, complete road: escapes, and U+FFFD for bytes that are not UTF-8.
  Append(out, nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

// RFC 3339 in UTC with microseconds. The calendar part changes once a second, so each thread keeps its last
// one.
void AppendTime(fmt::memory_buffer& out, int64_t unix_micros) {
  thread_local int64_t cached_second = -1;
  thread_local char cached_text[32];
  thread_local size_t cached_size = 0;
  const int64_t second = unix_micros / 1'000'000;
  if (second != cached_second) {
    const std::time_t time = static_cast<std::time_t>(second);
    std::tm parts{};
    gmtime_r(&time, &parts);
    cached_size = std::strftime(cached_text, sizeof(cached_text), "%Y-%m-%dT%H:%M:%S", &parts);
    cached_second = second;
  }
  Append(out, std::string_view(cached_text, cached_size));
  fmt::format_to(std::back_inserter(out), ".{:06}Z", unix_micros % 1'000'000);
}

void AppendValue(fmt::memory_buffer& out, const Field::Value& value) {
  std::visit(
      [&out](const auto& v) {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<T, std::string_view>) {
          AppendString(out, v);
        } else if constexpr (std::is_same_v<T, double>) {
          // JSON has no NaN and no infinity.
          if (std::isfinite(v)) {
            fmt::format_to(std::back_inserter(out), "{}", v);
          } else {
            Append(out, "null");
          }
        } else {
          fmt::format_to(std::back_inserter(out), "{}", v);
        }
      },
      value);
}

}  // namespace

std::string_view LevelName(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kError:
      return "error";
  }
  return "error";
}

void FormatLine(const LineHead& head, std::initializer_list<Field> fields, fmt::memory_buffer& out) {
  Append(out, R"({"ts":")");
  AppendTime(out, head.unix_micros);
  Append(out, R"(","level":")");
  Append(out, LevelName(head.level));
  Append(out, R"(","service":)");
  AppendString(out, head.service);
  Append(out, R"(,"event":)");
  AppendString(out, head.event);
  for (const Field& field : fields) {
    out.push_back(',');
    AppendString(out, field.key());
    out.push_back(':');
    AppendValue(out, field.value());
  }
  out.push_back('}');
}

}  // namespace mtsuite::log

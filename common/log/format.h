#ifndef COMMON_LOG_FORMAT_H_
#define COMMON_LOG_FORMAT_H_

#include <initializer_list>
#include <string_view>

#include "common/log/log.h"
#include "spdlog/fmt/fmt.h"

namespace mtsuite::log {

// Everything of one line that its fields do not say.
struct LineHead {
  int64_t unix_micros = 0;
  Level level = Level::kInfo;
  std::string_view service;
  std::string_view event;
};

// Appends one line of JSON without the newline. May throw std::bad_alloc.
void FormatLine(const LineHead& head, std::initializer_list<Field> fields, fmt::memory_buffer& out);

// "debug", "info", "warning" or "error".
std::string_view LevelName(Level level);

}  // namespace mtsuite::log

#endif  // COMMON_LOG_FORMAT_H_

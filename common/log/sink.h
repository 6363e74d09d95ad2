#ifndef COMMON_LOG_SINK_H_
#define COMMON_LOG_SINK_H_

#include <memory>

#include "spdlog/sinks/sink.h"

namespace mtsuite::log {

// Sends all lines to `sink` from now on; null brings stderr back. For tests, which read what was logged.
void SetSink(std::shared_ptr<spdlog::sinks::sink> sink);

}  // namespace mtsuite::log

#endif  // COMMON_LOG_SINK_H_

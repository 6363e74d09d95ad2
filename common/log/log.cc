#include "common/log/log.h"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/log/format.h"
#include "common/log/sink.h"
#include "spdlog/logger.h"
#include "spdlog/sinks/stdout_sinks.h"

namespace mtsuite::log {
namespace {

// Readers take the two pointers without a lock. Configure and SetSink replace them, and keep every old value,
// because a line that is being written on another thread may still use it.
class State {
 public:
  std::atomic<int> lowest{static_cast<int>(Level::kInfo)};
  std::atomic<const std::string*> service{nullptr};
  std::atomic<spdlog::logger*> logger{nullptr};

  void SetService(std::string_view name) {
    const std::lock_guard<std::mutex> lock(mutex_);
    service.store(services_.emplace_back(std::make_unique<std::string>(name)).get(),
                  std::memory_order_release);
  }

  void SetLogger(std::unique_ptr<spdlog::logger> fresh) {
    const std::lock_guard<std::mutex> lock(mutex_);
    logger.store(loggers_.emplace_back(std::move(fresh)).get(), std::memory_order_release);
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<std::string>> services_;
  std::vector<std::unique_ptr<spdlog::logger>> loggers_;
};

std::unique_ptr<spdlog::logger> NewLogger(std::shared_ptr<spdlog::sinks::sink> sink) {
  auto logger = std::make_unique<spdlog::logger>("mtsuite", std::move(sink));
  logger->set_pattern("%v");
  logger->set_level(spdlog::level::trace);
  // A log line must never break the work it tells about: a full disk behind stderr is ignored.
  logger->set_error_handler([](const std::string&) {});
  return logger;
}

State& GlobalState() {
  // Leaked on purpose: lines may be written while the process is being torn down.
  static State* const state = [] {
    auto* fresh = new State;
    fresh->SetService("");
    fresh->SetLogger(NewLogger(std::make_shared<spdlog::sinks::stderr_sink_mt>()));
    return fresh;
  }();
  return *state;
}

}  // namespace

std::optional<Level> ParseLevel(std::string_view name) {
  for (const Level level : {Level::kDebug, Level::kInfo, Level::kWarning, Level::kError}) {
    if (name == LevelName(level)) return level;
  }
  return std::nullopt;
}

void Configure(std::string_view service, Level level) {
  if (const char* text = std::getenv("MTSUITE_LOG_LEVEL"); text != nullptr) {
    level = ParseLevel(text).value_or(level);
  }
  State& state = GlobalState();
  state.SetService(service);
  state.lowest.store(static_cast<int>(level), std::memory_order_relaxed);
}

bool Enabled(Level level) {
  return static_cast<int>(level) >= GlobalState().lowest.load(std::memory_order_relaxed);
}

void SetSink(std::shared_ptr<spdlog::sinks::sink> sink) {
  if (sink == nullptr) sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  GlobalState().SetLogger(NewLogger(std::move(sink)));
}

void Write(Level level, std::string_view event, std::initializer_list<Field> fields) noexcept {
  try {
    const State& state = GlobalState();
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    fmt::memory_buffer line;
    FormatLine({.unix_micros = std::chrono::duration_cast<std::chrono::microseconds>(now).count(),
                .level = level,
                .service = *state.service.load(std::memory_order_acquire),
                .event = event},
               fields, line);
    // The level is ours already; spdlog only carries the line to the sink.
    state.logger.load(std::memory_order_acquire)
        ->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
  } catch (...) {
    // Out of memory while logging: losing the line is the least harm.
  }
}

}  // namespace mtsuite::log

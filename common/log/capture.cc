#include "common/log/capture.h"

#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/log/sink.h"
#include "spdlog/sinks/base_sink.h"

namespace mtsuite::log {

class Capture::Sink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  std::vector<std::string> lines() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return lines_;
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    lines_.emplace_back(message.payload.data(), message.payload.size());
  }
  void flush_() override {}

 private:
  std::vector<std::string> lines_;
};

Capture::Capture() : sink_(std::make_shared<Sink>()) { SetSink(sink_); }

Capture::~Capture() { SetSink(nullptr); }

std::vector<std::string> Capture::lines() const { return sink_->lines(); }

std::vector<std::string> Capture::LinesOf(std::string_view event) const {
  const std::string needle = R"("event":")" + std::string(event) + '"';
  std::vector<std::string> found;
  for (std::string& line : sink_->lines()) {
    if (line.find(needle) != std::string::npos) found.push_back(std::move(line));
  }
  return found;
}

}  // namespace mtsuite::log

#ifndef COMMON_LOG_CAPTURE_H_
#define COMMON_LOG_CAPTURE_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mtsuite::log {

// Collects the lines logged during its life instead of printing them; for tests. One at a time. Thread-safe.
class Capture {
 public:
  Capture();
  ~Capture();
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  // The lines so far, oldest first, without newlines.
  std::vector<std::string> lines() const;

  // The lines whose `event` is the given one.
  std::vector<std::string> LinesOf(std::string_view event) const;

 private:
  class Sink;
  std::shared_ptr<Sink> sink_;
};

}  // namespace mtsuite::log

#endif  // COMMON_LOG_CAPTURE_H_

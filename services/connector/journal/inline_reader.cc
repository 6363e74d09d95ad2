#include "services/connector/journal/inline_reader.h"

namespace mtsuite::connector {

void InlineReader::Submit(Write write) {
  absl::Status status;
  {
    absl::MutexLock lock(&mutex_);
    status = transactions_.Run([&write] { return write.apply(); });
  }
  write.done(status);
}

}  // namespace mtsuite::connector

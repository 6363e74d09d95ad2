// Shows that the fuzz macro builds: parsing any bytes as a message neither crashes nor changes what it
// prints.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "tools/bazel/selftest/selftest.pb.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  mtsuite::selftest::Line line;
  if (!line.ParseFromArray(data, static_cast<int>(size))) return 0;
  mtsuite::selftest::Line again;
  if (!again.ParseFromString(line.SerializeAsString())) std::abort();
  return 0;
}

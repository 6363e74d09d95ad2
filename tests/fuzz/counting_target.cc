// A fuzz target for the driver's own test: it aborts on inputs that begin with "!".
#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 0 && data[0] == '!') std::abort();
  return 0;
}

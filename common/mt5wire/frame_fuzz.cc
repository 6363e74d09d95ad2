#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "common/mt5wire/message.h"

namespace {

using mtsuite::mt5wire::FrameReader;
using mtsuite::mt5wire::Message;
using mtsuite::mt5wire::MessageReader;
using mtsuite::mt5wire::OfbStream;

// Everything that a stream means: its messages, then whether it ended in an error.
std::vector<std::string> ReadStream(std::string_view stream, size_t piece, uint8_t options) {
  MessageReader reader((options & 1) != 0 ? FrameReader::Prefix::kExpected : FrameReader::Prefix::kNone,
                       {.max_message_bytes = 1 << 16, .max_partial_messages = 4});
  if ((options & 2) != 0) reader.EnableDecryption(OfbStream({}, {}));
  std::vector<std::string> messages;
  for (size_t i = 0; i < stream.size(); i += piece) {
    if (!reader.Append(stream.substr(i, piece)).ok()) break;
    for (;;) {
      const absl::StatusOr<std::optional<Message>> message = reader.Next();
      if (!message.ok()) {
        messages.emplace_back("error");
        return messages;
      }
      if (!message->has_value()) break;
      messages.push_back(std::to_string((*message)->serial) + ((*message)->is_ping ? "p" : "m") +
                         std::string((*message)->payload));
    }
  }
  return messages;
}

}  // namespace

// The first byte chooses prefix and decryption, the second the size of the pieces in which the stream
// arrives. How it arrives must not matter.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(data) + 2, size - 2);
  const size_t piece = data[1] + 1u;
  if (ReadStream(stream, piece, data[0]) != ReadStream(stream, FrameReader::kMaxBuffered, data[0]))
    std::abort();
  return 0;
}

#ifndef COMMON_MT5WIRE_FRAME_H_
#define COMMON_MT5WIRE_FRAME_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Packets of the MT5 Web API (mt5-webapi §1.1 to §1.3): a header of 9 hex digits and a body of at most 65535
// bytes.
namespace mtsuite::mt5wire {

// Sent by the client once, before its first packet.
inline constexpr std::string_view kConnectionPrefix = "MT5WEBAPI";
inline constexpr size_t kFrameHeaderBytes = 9;
inline constexpr size_t kMaxFrameBody = 0xFFFF;
// Where messages are cut: as large as possible, and even, so that UTF-16 code units stay whole.
inline constexpr size_t kMaxSplitBody = 0xFFFE;

// Serial numbers of client commands are 1 to this (0 is left to pings), those above belong to servers (§1.2).
inline constexpr uint16_t kMaxClientSerial = 0x3FFF;
// The first serial number of messages that the access server originates (its pings).
inline constexpr uint16_t kFirstServerSerial = 0x4000;

struct FrameHeader {
  uint16_t body_size = 0;  // bytes
  uint16_t serial = 0;     // of the message; an answer carries that of its command
  uint8_t flags = 0;       // 0 to 15

  // Whether further packets of the same message follow.
  bool more() const { return (flags & 1) != 0; }
  // A packet without a body that ends nothing is a ping: no answer, no cipher stream consumed (§1.4).
  bool is_ping() const { return body_size == 0 && !more(); }
};

// Writes the 9 characters, in lower case as all clients and servers do.
void WriteFrameHeader(const FrameHeader& header, char* out);

// Reads 9 characters; hex digits of either case. INVALID_ARGUMENT for anything else.
absl::StatusOr<FrameHeader> ParseFrameHeader(std::string_view text);

// One packet. The body lies in the reader's buffer, where it may be decrypted in place; it is valid until the
// next call of the reader.
struct Frame {
  FrameHeader header;
  std::span<char> body;
};

// Cuts a byte stream into packets. Feed it with Append, then call Next until it has none:
//
//   RETURN_IF_ERROR(reader.Append(bytes));
//   for (;;) {
//     ASSIGN_OR_RETURN(std::optional<Frame> frame, reader.Next());
//     if (!frame) break;
//     ...
//   }
//
// After an error the stream cannot be trusted: every later call fails with the same error. Not thread-safe.
class FrameReader {
 public:
  // Whether the stream starts with kConnectionPrefix: it does at a server.
  enum class Prefix { kNone, kExpected };

  // The reader holds at most this many bytes that Next has not returned yet.
  static constexpr size_t kMaxBuffered = 1 << 20;

  explicit FrameReader(Prefix prefix) : prefix_missing_(prefix == Prefix::kExpected) {}

  // Adds received bytes. RESOURCE_EXHAUSTED when more than kMaxBuffered would be held: the caller did not
  // call Next.
  absl::Status Append(std::string_view bytes);

  // The next complete packet, nullopt when more bytes are needed, INVALID_ARGUMENT when the stream is not a
  // Web API stream (told at the first wrong byte).
  absl::StatusOr<std::optional<Frame>> Next();

 private:
  absl::Status ConsumePrefix();

  std::string buffer_;
  size_t position_ = 0;  // of the first byte that Next has not returned
  bool prefix_missing_;
  absl::Status error_;
};

}  // namespace mtsuite::mt5wire

#endif  // COMMON_MT5WIRE_FRAME_H_

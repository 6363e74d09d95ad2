#ifndef COMMON_MT5WIRE_MESSAGE_H_
#define COMMON_MT5WIRE_MESSAGE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/mt5wire/cipher.h"
#include "common/mt5wire/frame.h"

// Messages of the MT5 Web API: one or more packets with the same serial number (mt5-webapi §1.3).
namespace mtsuite::mt5wire {

// A complete message, or a ping.
struct Message {
  uint16_t serial = 0;
  bool is_ping = false;
  std::string_view payload;  // UTF-16LE text, or text and then binary data; empty for pings
};

struct MessageLimits {
  size_t max_message_bytes = 64 << 20;  // of all unfinished messages together
  size_t max_partial_messages = 64;     // started and not finished
};

// Puts the (decrypted) packets of messages together. Packets of different messages may interleave. Not
// thread-safe.
class MessageAssembler {
 public:
  explicit MessageAssembler(MessageLimits limits = {}) : limits_(limits) {}

  // The message that this packet completes; nullopt when more packets follow. The payload is valid until the
  // next call and as long as `body` is. RESOURCE_EXHAUSTED when a limit is exceeded; the connection is then
  // of no further use.
  absl::StatusOr<std::optional<Message>> Add(const FrameHeader& header, std::string_view body);

 private:
  const MessageLimits limits_;
  absl::flat_hash_map<uint16_t, std::string> partial_;
  size_t partial_bytes_ = 0;
  std::string finished_;  // owns the last payload that came in pieces
};

// The receiving side of a connection: bytes in, messages out; decryption in between once it is switched on.
class MessageReader {
 public:
  explicit MessageReader(FrameReader::Prefix prefix, MessageLimits limits = {})
      : frames_(prefix), assembler_(limits) {}

  // Decrypts all packets that Next has not returned yet.
  void EnableDecryption(OfbStream stream) { cipher_.emplace(std::move(stream)); }

  // As FrameReader::Append.
  absl::Status Append(std::string_view bytes) { return frames_.Append(bytes); }

  // The next complete message or ping; nullopt when more bytes are needed. Its payload is valid until the
  // next call. Any error is final: close the connection.
  absl::StatusOr<std::optional<Message>> Next();

 private:
  FrameReader frames_;
  std::optional<OfbStream> cipher_;
  MessageAssembler assembler_;
};

// The sending side of a connection: messages in, bytes out. Bytes must be sent in the order they were
// written.
class MessageWriter {
 public:
  // Encrypts everything from the next message on.
  void EnableEncryption(OfbStream stream) { cipher_.emplace(std::move(stream)); }

  // Appends the packets of a message of UTF-8 text (command line and body) to `out`. Invalid UTF-8 becomes
  // U+FFFD.
  void WriteText(uint16_t serial, std::string_view text, std::string& out);

  // Appends the packets of a message of raw bytes to `out`.
  void WriteBytes(uint16_t serial, std::string_view payload, std::string& out);

  // Appends a ping.
  void WritePing(uint16_t serial, std::string& out);

 private:
  // Turns out[start + kFrameHeaderBytes, end), which follows room for a header, into packets.
  void FinishMessage(uint16_t serial, size_t start, std::string& out);

  // Writes the header at `position` and encrypts the body behind it.
  void FinishFrame(const FrameHeader& header, size_t position, std::string& out);

  std::optional<OfbStream> cipher_;
};

}  // namespace mtsuite::mt5wire

#endif  // COMMON_MT5WIRE_MESSAGE_H_

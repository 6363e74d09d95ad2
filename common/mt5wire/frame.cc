#include "common/mt5wire/frame.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/mt5wire/hex.h"
#include "common/status/macros.h"
#include "common/strings/view.h"

namespace mtsuite::mt5wire {

void WriteFrameHeader(const FrameHeader& header, char* out) {
  for (int shift = 12; shift >= 0; shift -= 4) *out++ = kHexDigits[header.body_size >> shift & 0xF];
  for (int shift = 12; shift >= 0; shift -= 4) *out++ = kHexDigits[header.serial >> shift & 0xF];
  *out = kHexDigits[header.flags & 0xF];
}

absl::StatusOr<FrameHeader> ParseFrameHeader(std::string_view text) {
  uint64_t value = 0;
  bool valid = text.size() == kFrameHeaderBytes;
  for (size_t i = 0; valid && i < kFrameHeaderBytes; ++i) {
    const int digit = HexDigit(text[i]);
    valid = digit >= 0;
    value = value << 4 | static_cast<uint64_t>(digit & 0xF);
  }
  if (!valid) {
    return absl::InvalidArgumentError(absl::StrCat(
        "not a packet header: \"", absl::CHexEscape(AbslView(text.substr(0, kFrameHeaderBytes))), "\""));
  }
  return FrameHeader{static_cast<uint16_t>(value >> 20), static_cast<uint16_t>(value >> 4 & 0xFFFF),
                     static_cast<uint8_t>(value & 0xF)};
}

absl::Status FrameReader::Append(std::string_view bytes) {
  RETURN_IF_ERROR(error_);
  if (buffer_.size() - position_ + bytes.size() > kMaxBuffered) {
    error_ = absl::ResourceExhaustedError(absl::StrCat("more than ", kMaxBuffered, " unread bytes"));
    return error_;
  }
  // At most one incomplete packet is moved to the front, however many packets a read brought.
  buffer_.erase(0, position_);
  position_ = 0;
  buffer_.append(bytes);
  return absl::OkStatus();
}

absl::Status FrameReader::ConsumePrefix() {
  const size_t available = std::min(buffer_.size() - position_, kConnectionPrefix.size());
  const std::string_view start(buffer_.data() + position_, available);
  if (start != kConnectionPrefix.substr(0, available)) {
    return absl::InvalidArgumentError(absl::StrCat("the connection does not start with MT5WEBAPI but with \"",
                                                   absl::CHexEscape(AbslView(start)), "\""));
  }
  if (available == kConnectionPrefix.size()) {
    prefix_missing_ = false;
    position_ += available;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Frame>> FrameReader::Next() {
  RETURN_IF_ERROR(error_);
  if (prefix_missing_) {
    error_ = ConsumePrefix();
    RETURN_IF_ERROR(error_);
    if (prefix_missing_) return std::nullopt;
  }
  const std::string_view rest = std::string_view(buffer_).substr(position_);
  if (rest.size() < kFrameHeaderBytes) {
    // Garbage is told at once rather than waited out: it may be all that the peer sends.
    const auto wrong = std::find_if(rest.begin(), rest.end(), [](char c) { return HexDigit(c) < 0; });
    if (wrong == rest.end()) return std::nullopt;
  }
  absl::StatusOr<FrameHeader> header = ParseFrameHeader(rest.substr(0, kFrameHeaderBytes));
  if (!header.ok()) {
    error_ = header.status();
    return error_;
  }
  const size_t size = kFrameHeaderBytes + header->body_size;
  if (rest.size() < size) return std::nullopt;
  const std::span<char> body(buffer_.data() + position_ + kFrameHeaderBytes, header->body_size);
  position_ += size;
  return Frame{*header, body};
}

}  // namespace mtsuite::mt5wire

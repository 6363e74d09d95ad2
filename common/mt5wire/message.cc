#include "common/mt5wire/message.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/mt5wire/text.h"
#include "common/status/macros.h"

namespace mtsuite::mt5wire {
namespace {

// A buffer that grew beyond this for one long message is given back with the next one.
constexpr size_t kMaxRetainedBytes = 1 << 20;

std::string_view View(std::span<const char> bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace

absl::StatusOr<std::optional<Message>> MessageAssembler::Add(const FrameHeader& header,
                                                             std::string_view body) {
  if (finished_.capacity() > kMaxRetainedBytes) std::string().swap(finished_);
  // Pings may come between the pieces of a message and carry any number. No sender cuts a message before
  // nothing.
  if (header.is_ping()) return Message{header.serial, true, {}};
  auto partial = partial_.find(header.serial);
  if (partial == partial_.end()) {
    if (!header.more()) return Message{header.serial, false, body};
    if (partial_.size() >= limits_.max_partial_messages) {
      return absl::ResourceExhaustedError(
          absl::StrCat("more than ", limits_.max_partial_messages, " messages are unfinished"));
    }
    partial = partial_.try_emplace(header.serial).first;
  }
  if (body.size() > limits_.max_message_bytes - partial_bytes_) {
    return absl::ResourceExhaustedError(
        absl::StrCat("unfinished messages have more than ", limits_.max_message_bytes, " bytes"));
  }
  partial->second.append(body);
  partial_bytes_ += body.size();
  if (header.more()) return std::nullopt;
  finished_ = std::move(partial->second);
  partial_bytes_ -= finished_.size();
  partial_.erase(partial);
  return Message{header.serial, false, finished_};
}

absl::StatusOr<std::optional<Message>> MessageReader::Next() {
  for (;;) {
    ASSIGN_OR_RETURN(const std::optional<Frame> frame, frames_.Next());
    if (!frame) return std::nullopt;
    if (cipher_) cipher_->Apply(frame->body);
    ASSIGN_OR_RETURN(const std::optional<Message> message, assembler_.Add(frame->header, View(frame->body)));
    if (message) return message;
  }
}

void MessageWriter::WriteText(uint16_t serial, std::string_view text, std::string& out) {
  const size_t start = out.size();
  out.resize(start + kFrameHeaderBytes);
  AppendUtf16Lossy(text, out);
  FinishMessage(serial, start, out);
}

void MessageWriter::WriteBytes(uint16_t serial, std::string_view payload, std::string& out) {
  const size_t start = out.size();
  out.resize(start + kFrameHeaderBytes);
  out.append(payload);
  FinishMessage(serial, start, out);
}

void MessageWriter::WritePing(uint16_t serial, std::string& out) {
  const size_t start = out.size();
  out.resize(start + kFrameHeaderBytes);
  FinishFrame({0, serial, 0}, start, out);
}

void MessageWriter::FinishMessage(uint16_t serial, size_t start, std::string& out) {
  const size_t body_start = start + kFrameHeaderBytes;
  const size_t size = out.size() - body_start;
  if (size <= kMaxSplitBody) {
    FinishFrame({static_cast<uint16_t>(size), serial, 0}, start, out);
    return;
  }
  // Rare: everything behind the first piece moves to make room for the other headers.
  const std::string rest = out.substr(body_start + kMaxSplitBody);
  out.resize(body_start + kMaxSplitBody);
  FinishFrame({kMaxSplitBody, serial, 1}, start, out);
  for (size_t position = 0; position < rest.size();) {
    const size_t piece = std::min(rest.size() - position, kMaxSplitBody);
    const bool more = position + piece < rest.size();
    const size_t header = out.size();
    out.resize(header + kFrameHeaderBytes);
    out.append(rest, position, piece);
    FinishFrame({static_cast<uint16_t>(piece), serial, static_cast<uint8_t>(more ? 1 : 0)}, header, out);
    position += piece;
  }
}

void MessageWriter::FinishFrame(const FrameHeader& header, size_t position, std::string& out) {
  WriteFrameHeader(header, out.data() + position);
  if (cipher_) cipher_->Apply(std::span(out).subspan(position + kFrameHeaderBytes, header.body_size));
}

}  // namespace mtsuite::mt5wire

#include "common/mt5wire/json_writer.h"

#include <algorithm>

#include "common/mt5wire/hex.h"

namespace mtsuite::mt5wire {
namespace {

constexpr std::string_view kNewLine = "\r\n";

bool NeedsEscape(char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; }

void AppendEscape(char c, std::string& out) {
  out.push_back('\\');
  switch (c) {
    case '"':
    case '\\':
      out.push_back(c);
      break;
    case '\n':
      out.push_back('n');
      break;
    case '\r':
      out.push_back('r');
      break;
    case '\t':
      out.push_back('t');
      break;
    default:
      out.append("u00");
      out.push_back(kHexDigits[c >> 4 & 0xF]);
      out.push_back(kHexDigits[c & 0xF]);
  }
}

}  // namespace

void JsonWriter::Separate() {
  if (after_key_) {
    after_key_ = false;
  } else if (depth_ > 0) {
    if (!first_) out_.push_back(',');
    out_.append(kNewLine);
  }
  first_ = false;
}

JsonWriter& JsonWriter::Begin(char bracket) {
  Separate();
  out_.push_back(bracket);
  ++depth_;
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::End(char bracket) {
  if (!first_) out_.append(kNewLine);
  out_.push_back(bracket);
  first_ = false;
  if (--depth_ == 0) out_.append(kNewLine);
  return *this;
}

JsonWriter& JsonWriter::Key(std::string_view key) {
  Separate();
  out_.push_back('"');
  out_.append(key);
  out_.append("\" : ");
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::Value(std::string_view value) {
  Separate();
  PutQuoted(value);
  return *this;
}

JsonWriter& JsonWriter::Member(std::string_view key, std::string_view value) {
  Key(key);
  after_key_ = false;
  PutQuoted(value);
  return *this;
}

JsonWriter& JsonWriter::Member(std::string_view key, Decimal value, int digits) {
  Key(key);
  after_key_ = false;
  out_.push_back('"');
  out_.append(value.ToString(digits));
  out_.push_back('"');
  return *this;
}

void JsonWriter::PutQuoted(std::string_view value) {
  out_.push_back('"');
  for (;;) {
    const auto special = std::find_if(value.begin(), value.end(), NeedsEscape);
    out_.append(value.begin(), special);
    if (special == value.end()) break;
    AppendEscape(*special, out_);
    value.remove_prefix(special - value.begin() + 1);
  }
  out_.push_back('"');
}

}  // namespace mtsuite::mt5wire

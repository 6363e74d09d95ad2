#include <charconv>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/mt5wire/json.h"
#include "common/status/check.h"
#include "common/strings/view.h"
#include "nlohmann/json.hpp"

namespace mtsuite::mt5wire {

// Receives nlohmann's parser events and writes the nodes of a document. Bare numbers go in as the text they
// were written with, which a nlohmann::json value would have turned into a double.
class JsonBuilder {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  JsonBuilder(size_t expected_bytes, int max_depth) : max_depth_(max_depth) {
    document_.text_.reserve(expected_bytes);
    document_.nodes_.reserve(expected_bytes / 12);
  }

  // --- The SAX interface of nlohmann::json; false stops the parser.
  bool null() { return AddNode(JsonDocument::Kind::kNull); }
  bool boolean(bool value) { return AddText(value ? "true" : "false"); }
  bool number_integer(number_integer_t value) { return AddNumber(value); }
  bool number_unsigned(number_unsigned_t value) { return AddNumber(value); }
  bool number_float(number_float_t, const string_t& text) { return AddText(text); }
  bool string(string_t& text) { return AddText(text); }
  bool key(string_t& text) { return AddText(text); }
  bool binary(binary_t&) { return false; }
  bool start_object(size_t) { return Open(JsonDocument::Kind::kObject); }
  bool end_object() { return Close(); }
  bool start_array(size_t) { return Open(JsonDocument::Kind::kArray); }
  bool end_array() { return Close(); }
  bool parse_error(size_t position, const std::string&, const nlohmann::json::exception&) {
    error_ = absl::InvalidArgumentError(absl::StrCat("not valid JSON at byte ", position));
    return false;
  }

  absl::StatusOr<JsonDocument> Finish(bool complete) && {
    if (!complete) return error_;
    return std::move(document_);
  }

 private:
  bool AddNode(JsonDocument::Kind kind) {
    const auto index = static_cast<uint32_t>(document_.nodes_.size());
    const auto text = static_cast<uint32_t>(document_.text_.size());
    document_.nodes_.push_back({kind, index + 1, text, text});
    return true;
  }

  bool AddText(std::string_view text) {
    AddNode(JsonDocument::Kind::kText);
    document_.text_.append(text);
    document_.nodes_.back().text_end = static_cast<uint32_t>(document_.text_.size());
    return true;
  }

  template <typename T>
  bool AddNumber(T value) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
    return AddText(std::string_view(digits, end - digits));
  }

  bool Open(JsonDocument::Kind kind) {
    if (static_cast<int>(open_.size()) == max_depth_) {
      error_ = absl::InvalidArgumentError(absl::StrCat("JSON nested deeper than ", max_depth_, " levels"));
      return false;
    }
    open_.push_back(static_cast<uint32_t>(document_.nodes_.size()));
    return AddNode(kind);
  }

  bool Close() {
    document_.nodes_[open_.back()].end = static_cast<uint32_t>(document_.nodes_.size());
    open_.pop_back();
    return true;
  }

  const int max_depth_;
  JsonDocument document_;
  std::vector<uint32_t> open_;  // the containers that are not closed yet
  absl::Status error_ = absl::InvalidArgumentError("not valid JSON");
};

namespace {

absl::StatusOr<JsonDocument> ParseOnce(std::string_view text, const JsonLimits& limits) {
  JsonBuilder builder(text.size(), limits.max_depth);
  const bool complete = nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
  return std::move(builder).Finish(complete);
}

}  // namespace

absl::StatusOr<JsonDocument> JsonDocument::Parse(std::string_view utf8, JsonLimits limits) {
  // Node indexes and text positions are 32-bit; doubling the backslashes doubles the text at most.
  MTSUITE_CHECK(limits.max_bytes <= std::numeric_limits<uint32_t>::max() / 4,
                "the limit must be below 1 GiB");
  if (utf8.size() > limits.max_bytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("JSON of ", utf8.size(), " bytes, allowed are ", limits.max_bytes));
  }
  absl::StatusOr<JsonDocument> document = ParseOnce(utf8, limits);
  if (document.ok() || utf8.find('\\') == std::string_view::npos) return document;
  absl::StatusOr<JsonDocument> second =
      ParseOnce(absl::StrReplaceAll(AbslView(utf8), {{"\\", "\\\\"}}), limits);
  return second.ok() ? std::move(second) : std::move(document);
}

}  // namespace mtsuite::mt5wire

#include "common/mt5wire/json.h"

#include <charconv>
#include <limits>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/strings/view.h"

namespace mtsuite::mt5wire {
namespace {

constexpr size_t kMaxQuoted = 40;

absl::Status NotA(std::string_view what, std::optional<std::string_view> text) {
  if (!text)
    return absl::InvalidArgumentError(absl::StrCat("an array or object instead of ", AbslView(what)));
  return absl::InvalidArgumentError(absl::StrCat(
      "not ", AbslView(what), ": \"", absl::CHexEscape(AbslView(text->substr(0, kMaxQuoted))), "\""));
}

template <typename T>
absl::StatusOr<std::optional<T>> ParseInteger(std::string_view text, std::string_view what) {
  T value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec == std::errc() && result.ptr == text.data() + text.size()) return value;
  // PHP and .NET clients write whole numbers as doubles at times: "1.0", "1E+15".
  const absl::StatusOr<Decimal> decimal = Decimal::ParseWire(text);
  if (!decimal.ok() || (decimal->sign() < 0 && !std::numeric_limits<T>::is_signed)) return NotA(what, text);
  const absl::StatusOr<int64_t> integer = decimal->ToScaled(0);
  if (!integer.ok()) return NotA(what, text);
  return static_cast<T>(*integer);
}

template <typename T>
absl::StatusOr<T> WithName(absl::StatusOr<T> value, std::string_view name) {
  if (value.ok()) return value;
  return absl::Status(value.status().code(), absl::StrCat(AbslView(name), ": ", value.status().message()));
}

}  // namespace

JsonView JsonDocument::root() const { return JsonView(this, 0); }

bool JsonView::IsUnset() const {
  if (!exists() || node().kind == JsonDocument::Kind::kNull) return true;
  return node().kind == JsonDocument::Kind::kText && node().text_begin == node().text_end;
}

std::optional<std::string_view> JsonView::Text() const {
  if (!Is(JsonDocument::Kind::kText)) return std::nullopt;
  return std::string_view(document_->text_).substr(node().text_begin, node().text_end - node().text_begin);
}

absl::StatusOr<std::optional<int64_t>> JsonView::Int64() const {
  if (IsUnset()) return std::nullopt;
  const std::optional<std::string_view> text = Text();
  return text ? ParseInteger<int64_t>(*text, "an integer") : NotA("an integer", text);
}

absl::StatusOr<std::optional<uint64_t>> JsonView::Uint64() const {
  if (IsUnset()) return std::nullopt;
  const std::optional<std::string_view> text = Text();
  return text ? ParseInteger<uint64_t>(*text, "an unsigned integer") : NotA("an unsigned integer", text);
}

absl::StatusOr<std::optional<Decimal>> JsonView::ToDecimal() const {
  if (IsUnset()) return std::nullopt;
  const std::optional<std::string_view> text = Text();
  if (!text) return NotA("a decimal", text);
  absl::StatusOr<Decimal> value = Decimal::ParseWire(*text);
  if (!value.ok()) return value.status();
  return *value;
}

JsonView JsonView::Get(std::string_view key) const {
  if (!IsObject()) return JsonView();
  // From the member behind the one found last to the end, then from the start to it.
  const uint32_t start = next_member_;
  JsonView found = FindBetween(start, node().end, key);
  if (!found.exists()) found = FindBetween(index_ + 1, start, key);
  if (found.exists()) next_member_ = found.node().end;
  return found;
}

JsonView JsonView::FindBetween(uint32_t first, uint32_t last, std::string_view key) const {
  for (uint32_t i = first; i < last; i = document_->nodes_[i + 1].end) {
    const JsonDocument::Node& name = document_->nodes_[i];
    if (std::string_view(document_->text_.data() + name.text_begin, name.text_end - name.text_begin) == key) {
      return JsonView(document_, i + 1);
    }
  }
  return JsonView();
}

std::vector<std::pair<std::string_view, JsonView>> JsonView::Members() const {
  std::vector<std::pair<std::string_view, JsonView>> members;
  if (!IsObject()) return members;
  for (uint32_t i = index_ + 1; i < node().end; i = document_->nodes_[i + 1].end) {
    const JsonDocument::Node& name = document_->nodes_[i];
    members.emplace_back(
        std::string_view(document_->text_.data() + name.text_begin, name.text_end - name.text_begin),
        JsonView(document_, i + 1));
  }
  return members;
}

absl::StatusOr<std::optional<int64_t>> JsonView::GetInt64(std::string_view key) const {
  return WithName(Get(key).Int64(), key);
}

absl::StatusOr<std::optional<uint64_t>> JsonView::GetUint64(std::string_view key) const {
  return WithName(Get(key).Uint64(), key);
}

absl::StatusOr<std::optional<Decimal>> JsonView::GetDecimal(std::string_view key) const {
  return WithName(Get(key).ToDecimal(), key);
}

JsonView::Iterator& JsonView::Iterator::operator++() {
  index_ = document_->nodes_[index_].end;
  return *this;
}

JsonView::Iterator JsonView::begin() const {
  return IsArray() ? Iterator(document_, index_ + 1) : Iterator(document_, 0);
}

JsonView::Iterator JsonView::end() const {
  return IsArray() ? Iterator(document_, node().end) : Iterator(document_, 0);
}

}  // namespace mtsuite::mt5wire

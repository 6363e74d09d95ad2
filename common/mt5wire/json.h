#ifndef COMMON_MT5WIRE_JSON_H_
#define COMMON_MT5WIRE_JSON_H_

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/decimal/decimal.h"

// Tolerant reading of the JSON bodies that MT5 servers and their clients exchange (mt5-webapi §1.7): scalars
// come quoted or bare, "" means unset, a missing member means unset or unchanged, unknown members are
// ignored.
namespace mtsuite::mt5wire {

struct JsonLimits {
  size_t max_bytes = 64 << 20;
  int max_depth = 16;  // arrays and objects within each other
};

class JsonView;

// A parsed document. Every scalar is kept as the text it was written with, so decimals stay exact.
class JsonDocument {
 public:
  // Parses UTF-8. When that fails and the text has backslashes, parses it once more with all of them doubled,
  // because older servers do not escape them. INVALID_ARGUMENT with the byte position otherwise.
  static absl::StatusOr<JsonDocument> Parse(std::string_view utf8, JsonLimits limits = {});

  // The outermost value. Views are valid while the document stays where it is.
  JsonView root() const;

 private:
  friend class JsonBuilder;
  friend class JsonView;

  enum class Kind : uint8_t { kNull, kText, kArray, kObject };

  // Nodes lie in document order; those of a container follow it (in an object: key, value, key, value, ...).
  struct Node {
    Kind kind;
    uint32_t end;         // the index behind the node and all within
    uint32_t text_begin;  // of a scalar or key, in text_
    uint32_t text_end;
  };

  std::vector<Node> nodes_;
  std::string text_;
};

// A value within a JsonDocument, or the absence of one: looking up members of anything but an object gives an
// absent value. Cheap to copy. Reading the members of an object in the order they were written takes constant
// time each.
class JsonView {
 public:
  // An absent value.
  JsonView() = default;

  bool exists() const { return document_ != nullptr; }
  bool IsObject() const { return Is(JsonDocument::Kind::kObject); }
  bool IsArray() const { return Is(JsonDocument::Kind::kArray); }
  // Whether there is nothing to read: absent, null or "".
  bool IsUnset() const;

  // The text of a scalar, quoted or bare; nullopt for absent values, null, arrays and objects.
  std::optional<std::string_view> Text() const;

  // The number in a scalar, quoted or bare: nullopt when unset, INVALID_ARGUMENT (with the text) when it is
  // no such number or not a scalar.
  absl::StatusOr<std::optional<int64_t>> Int64() const;
  absl::StatusOr<std::optional<uint64_t>> Uint64() const;
  absl::StatusOr<std::optional<Decimal>> ToDecimal() const;

  // A member of an object, by its exact name. Which one of several of that name is not specified.
  JsonView Get(std::string_view key) const;

  // Typed members: as above, with the name in the error. GetText gives "" for everything that is unset.
  std::string_view GetText(std::string_view key) const {
    return Get(key).Text().value_or(std::string_view());
  }
  absl::StatusOr<std::optional<int64_t>> GetInt64(std::string_view key) const;
  absl::StatusOr<std::optional<uint64_t>> GetUint64(std::string_view key) const;
  absl::StatusOr<std::optional<Decimal>> GetDecimal(std::string_view key) const;

  // All members of an object, in the order they were written; none for everything else. The names are valid
  // as long as views are.
  std::vector<std::pair<std::string_view, JsonView>> Members() const;

  // The elements of an array; none for everything else.
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = JsonView;
    using difference_type = std::ptrdiff_t;
    using pointer = const JsonView*;
    using reference = JsonView;

    Iterator(const JsonDocument* document, uint32_t index) : document_(document), index_(index) {}
    JsonView operator*() const { return JsonView(document_, index_); }
    Iterator& operator++();
    bool operator==(const Iterator& other) const { return index_ == other.index_; }

   private:
    const JsonDocument* document_;
    uint32_t index_;
  };
  Iterator begin() const;
  Iterator end() const;
  // The number of elements of an array; takes time in proportion to it.
  size_t size() const { return static_cast<size_t>(std::distance(begin(), end())); }

 private:
  friend class JsonDocument;

  JsonView(const JsonDocument* document, uint32_t index)
      : document_(document), index_(index), next_member_(index + 1) {}

  bool Is(JsonDocument::Kind kind) const { return exists() && node().kind == kind; }
  // The member of this name among those whose keys lie in [first, last).
  JsonView FindBetween(uint32_t first, uint32_t last, std::string_view key) const;
  const JsonDocument::Node& node() const { return document_->nodes_[index_]; }

  const JsonDocument* document_ = nullptr;
  uint32_t index_ = 0;
  mutable uint32_t next_member_ = 0;  // where the next Get starts to look
};

}  // namespace mtsuite::mt5wire

#endif  // COMMON_MT5WIRE_JSON_H_

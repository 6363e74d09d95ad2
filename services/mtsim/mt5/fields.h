// The JSON object of a request's body, read as tolerantly as the real server reads it.
#ifndef SERVICES_MTSIM_MT5_FIELDS_H_
#define SERVICES_MTSIM_MT5_FIELDS_H_

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/mt5wire/json.h"
#include "services/mtsim/engine/fixed.h"

namespace mtsuite::mtsim {

// Members may be strings or bare numbers; a missing member is unchanged, an unknown one ignored. Numbers that
// are empty, malformed or out of range read as missing. Keeps its document alive.
class Fields {
 public:
  // An empty body has no members. Nothing when the body is not a JSON object.
  static std::optional<Fields> Parse(std::string_view body);

  bool Has(std::string_view member) const { return view_.Get(member).exists(); }
  // Null, arrays and objects read as missing, an empty string as itself.
  std::optional<std::string> Text(std::string_view member) const;
  std::optional<Fixed> Number(std::string_view member) const;
  std::optional<int64_t> Signed(std::string_view member) const;
  std::optional<uint64_t> Unsigned(std::string_view member) const;

  // Stores the member in `target` if it is there and fits.
  template <std::integral T>
  void Assign(std::string_view member, T& target) const {
    const auto value = Signed(member);
    if (value && std::in_range<T>(*value)) target = static_cast<T>(*value);
  }
  // `last` is the highest number of the enumeration.
  template <typename T>
  requires std::is_enum_v<T>
  void Assign(std::string_view member, T& target, T last) const {
    const auto value = Unsigned(member);
    if (value && *value <= static_cast<uint64_t>(last)) target = static_cast<T>(*value);
  }
  void Assign(std::string_view member, Fixed& target) const;
  void Assign(std::string_view member, std::string& target) const;

  // Whether the member is an array.
  bool IsArray(std::string_view member) const { return view_.Get(member).IsArray(); }
  // The objects of an array member; empty when it is missing or no array.
  std::vector<Fields> Objects(std::string_view member) const { return ObjectsIn(view_.Get(member)); }
  // The objects of each array within an array member.
  std::vector<std::vector<Fields>> NestedObjects(std::string_view member) const;
  // The scalars of an array member as texts.
  std::vector<std::string> Elements(std::string_view member) const;

 private:
  Fields(std::shared_ptr<const mt5wire::JsonDocument> document, mt5wire::JsonView view)
      : document_(std::move(document)), view_(view) {}

  std::vector<Fields> ObjectsIn(mt5wire::JsonView array) const;

  // Null for an empty body.
  std::shared_ptr<const mt5wire::JsonDocument> document_;
  mt5wire::JsonView view_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_MT5_FIELDS_H_

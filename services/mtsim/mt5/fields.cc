#include "services/mtsim/mt5/fields.h"

#include "services/mtsim/mt5/request.h"

namespace mtsuite::mtsim {

std::optional<Fields> Fields::Parse(std::string_view body) {
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return Fields(nullptr, mt5wire::JsonView());
  absl::StatusOr<mt5wire::JsonDocument> parsed = mt5wire::JsonDocument::Parse(body);
  if (!parsed.ok()) return std::nullopt;
  auto document = std::make_shared<const mt5wire::JsonDocument>(*std::move(parsed));
  const mt5wire::JsonView root = document->root();
  if (!root.IsObject()) return std::nullopt;
  return Fields(std::move(document), root);
}

std::optional<std::string> Fields::Text(std::string_view member) const {
  const std::optional<std::string_view> text = view_.Get(member).Text();
  if (!text) return std::nullopt;
  return std::string(*text);
}

std::optional<Fixed> Fields::Number(std::string_view member) const {
  const auto text = view_.Get(member).Text();
  return text ? ParseFixed(*text) : std::nullopt;
}

std::optional<int64_t> Fields::Signed(std::string_view member) const {
  const auto text = view_.Get(member).Text();
  return text ? ParseSigned(*text) : std::nullopt;
}

std::optional<uint64_t> Fields::Unsigned(std::string_view member) const {
  const auto text = view_.Get(member).Text();
  return text ? ParseUnsigned(*text) : std::nullopt;
}

void Fields::Assign(std::string_view member, Fixed& target) const {
  if (const auto value = Number(member)) target = *value;
}

void Fields::Assign(std::string_view member, std::string& target) const {
  if (auto value = Text(member)) target = *std::move(value);
}

std::vector<Fields> Fields::ObjectsIn(mt5wire::JsonView array) const {
  std::vector<Fields> objects;
  for (const mt5wire::JsonView element : array) {
    if (element.IsObject()) objects.push_back(Fields(document_, element));
  }
  return objects;
}

std::vector<std::vector<Fields>> Fields::NestedObjects(std::string_view member) const {
  std::vector<std::vector<Fields>> nested;
  for (const mt5wire::JsonView element : view_.Get(member)) nested.push_back(ObjectsIn(element));
  return nested;
}

std::vector<std::string> Fields::Elements(std::string_view member) const {
  std::vector<std::string> elements;
  for (const mt5wire::JsonView element : view_.Get(member)) {
    if (const auto text = element.Text()) elements.emplace_back(*text);
  }
  return elements;
}

}  // namespace mtsuite::mtsim

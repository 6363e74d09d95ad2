#include "common/config/config.h"

#include <exception>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/config/files.h"
#include "common/config/scalar.h"
#include "common/config/suggest.h"
#include "common/status/macros.h"
#include "common/strings/view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "yaml-cpp/yaml.h"

namespace mtsuite::config {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kDepthMax = 32;
constexpr size_t kBytesMax = 4 * 1024 * 1024;

// Walks the YAML tree and the message's descriptor side by side.
class Reader {
 public:
  explicit Reader(std::string_view file) : file_(file) {}

  absl::Status ReadMessage(const YAML::Node& node, Message& message, int depth) const;

 private:
  absl::Status ErrorAt(const YAML::Mark& mark, std::string_view what) const;
  absl::Status ReadField(const YAML::Node& node, const FieldDescriptor& field, Message& message,
                         int depth) const;
  absl::Status ReadMap(const YAML::Node& node, const FieldDescriptor& field, Message& message,
                       int depth) const;
  absl::Status ReadValue(const YAML::Node& node, const FieldDescriptor& field, Message& message,
                         int depth) const;
  absl::Status UnknownKey(const YAML::Node& key, const Descriptor& type) const;
  absl::Status CheckOneof(const YAML::Node& key, const FieldDescriptor& field, const Message& message) const;

  std::string_view file_;
};

Scalar ToScalar(const YAML::Node& node) { return {.text = node.Scalar(), .quoted = node.Tag() == "!"}; }

absl::Status Reader::ErrorAt(const YAML::Mark& mark, std::string_view what) const {
  // YAML counts from 0, people and editors from 1.
  return absl::InvalidArgumentError(
      absl::StrCat(AbslView(file_), ":", mark.line + 1, ":", mark.column + 1, ": ", AbslView(what)));
}

absl::Status Reader::UnknownKey(const YAML::Node& key, const Descriptor& type) const {
  std::vector<std::string> known;
  for (int i = 0; i < type.field_count(); ++i) known.push_back(type.field(i)->name());
  return ErrorAt(key.Mark(), absl::StrCat("unknown key '", absl::Utf8SafeCHexEscape(key.Scalar()), "'",
                                          Suggestion(key.Scalar(), known)));
}

absl::Status Reader::CheckOneof(const YAML::Node& key, const FieldDescriptor& field,
                                const Message& message) const {
  if (field.real_containing_oneof() == nullptr) return absl::OkStatus();
  const FieldDescriptor* other =
      message.GetReflection()->GetOneofFieldDescriptor(message, field.real_containing_oneof());
  if (other == nullptr) return absl::OkStatus();
  return ErrorAt(key.Mark(), absl::StrCat("'", field.name(), "' cannot be set beside '", other->name(), "'"));
}

absl::Status Reader::ReadMessage(const YAML::Node& node, Message& message, int depth) const {
  if (depth > kDepthMax) return ErrorAt(node.Mark(), "nested too deeply");
  if (!node.IsMap()) {
    return ErrorAt(node.Mark(),
                   absl::StrCat("expected a mapping of ", message.GetDescriptor()->name(), "'s fields"));
  }
  std::set<std::string> seen;
  for (const auto& entry : node) {
    if (!entry.first.IsScalar()) return ErrorAt(entry.first.Mark(), "a key must be a name");
    const std::string& name = entry.first.Scalar();
    if (!seen.insert(name).second)
      return ErrorAt(entry.first.Mark(), absl::StrCat("'", name, "' is set twice"));
    const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
    if (field == nullptr) return UnknownKey(entry.first, *message.GetDescriptor());
    RETURN_IF_ERROR(CheckOneof(entry.first, *field, message));
    if (entry.second.IsNull()) return ErrorAt(entry.first.Mark(), absl::StrCat("'", name, "' has no value"));
    RETURN_IF_ERROR(ReadField(entry.second, *field, message, depth));
  }
  return absl::OkStatus();
}

absl::Status Reader::ReadField(const YAML::Node& node, const FieldDescriptor& field, Message& message,
                               int depth) const {
  if (field.is_map()) return ReadMap(node, field, message, depth);
  if (!field.is_repeated()) return ReadValue(node, field, message, depth);
  if (!node.IsSequence()) return ErrorAt(node.Mark(), absl::StrCat("'", field.name(), "' must be a list"));
  for (const YAML::Node& item : node) {
    if (item.IsNull())
      return ErrorAt(item.Mark(), absl::StrCat("an item of '", field.name(), "' has no value"));
    RETURN_IF_ERROR(ReadValue(item, field, message, depth));
  }
  return absl::OkStatus();
}

absl::Status Reader::ReadMap(const YAML::Node& node, const FieldDescriptor& field, Message& message,
                             int depth) const {
  if (!node.IsMap()) return ErrorAt(node.Mark(), absl::StrCat("'", field.name(), "' must be a mapping"));
  const FieldDescriptor& key_field = *field.message_type()->FindFieldByNumber(1);
  const FieldDescriptor& value_field = *field.message_type()->FindFieldByNumber(2);
  std::set<std::string> seen;
  for (const auto& entry : node) {
    if (!entry.first.IsScalar()) return ErrorAt(entry.first.Mark(), "a key must be a name");
    const std::string& key = entry.first.Scalar();
    if (!seen.insert(key).second)
      return ErrorAt(entry.first.Mark(), absl::StrCat("'", key, "' is set twice"));
    if (entry.second.IsNull()) return ErrorAt(entry.first.Mark(), absl::StrCat("'", key, "' has no value"));
    // A map field is a repeated message of key and value; reflection keeps the two views equal.
    Message& item = *message.GetReflection()->AddMessage(&message, &field);
    RETURN_IF_ERROR(ReadValue(entry.first, key_field, item, depth));
    RETURN_IF_ERROR(ReadValue(entry.second, value_field, item, depth));
  }
  return absl::OkStatus();
}

absl::Status Reader::ReadValue(const YAML::Node& node, const FieldDescriptor& field, Message& message,
                               int depth) const {
  const bool is_message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  const bool wants_scalar = !is_message || IsScalarMessage(*field.message_type());
  if (wants_scalar && !node.IsScalar()) {
    return ErrorAt(node.Mark(), absl::StrCat("'", field.name(), "' must be a single value"));
  }
  absl::Status status;
  if (!is_message) {
    status = SetScalar(ToScalar(node), field, message);
  } else {
    Message& nested = field.is_repeated() ? *message.GetReflection()->AddMessage(&message, &field)
                                          : *message.GetReflection()->MutableMessage(&message, &field);
    if (!wants_scalar) return ReadMessage(node, nested, depth + 1);
    status = SetScalarMessage(ToScalar(node), nested);
  }
  if (status.ok()) return status;
  return ErrorAt(node.Mark(), absl::StrCat("'", field.name(), "': ", status.message()));
}

}  // namespace

absl::Status ParseInto(std::string_view yaml, std::string_view file, Message& message) {
  message.Clear();
  // The YAML library reports mistakes by exceptions; none leaves this function.
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(yaml));
    if (documents.empty() || documents.front().IsNull()) return absl::OkStatus();
    if (documents.size() > 1) {
      return absl::InvalidArgumentError(absl::StrCat(AbslView(file), ": has more than one document ('---')"));
    }
    return Reader(file).ReadMessage(documents.front(), message, 0);
  } catch (const YAML::Exception& e) {
    return absl::InvalidArgumentError(
        absl::StrCat(AbslView(file), ":", e.mark.line + 1, ":", e.mark.column + 1, ": ", e.msg));
  } catch (const std::exception& e) {
    return absl::InvalidArgumentError(absl::StrCat(AbslView(file), ": ", e.what()));
  }
}

absl::Status LoadInto(const std::string& path, Message& message) {
  ASSIGN_OR_RETURN(const std::string yaml, ReadFile(path, kBytesMax));
  return ParseInto(yaml, path, message);
}

}  // namespace mtsuite::config

#include "services/connector/commands/field_match.h"

#include <vector>

#include "absl/strings/str_split.h"

namespace mtsuite::connector {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Accounts have texts, whole numbers, truth values and messages of those.
bool ScalarMatches(const Message& expected, const Message& actual, const FieldDescriptor* field) {
  const auto* a = expected.GetReflection();
  const auto* b = actual.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return a->GetString(expected, field) == b->GetString(actual, field);
    case FieldDescriptor::CPPTYPE_INT32:
      return a->GetInt32(expected, field) == b->GetInt32(actual, field);
    case FieldDescriptor::CPPTYPE_INT64:
      return a->GetInt64(expected, field) == b->GetInt64(actual, field);
    case FieldDescriptor::CPPTYPE_BOOL:
      return a->GetBool(expected, field) == b->GetBool(actual, field);
    default:
      return false;
  }
}

bool MessageMatches(const Message& expected, const Message& actual) {
  std::vector<const FieldDescriptor*> fields;
  expected.GetReflection()->ListFields(expected, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE || !ScalarMatches(expected, actual, field))
      return false;
  }
  return true;
}

}  // namespace

bool FieldMatches(const accounts::v1::Account& expected, const accounts::v1::Account& actual,
                  const std::string& path) {
  const Message* wanted = &expected;
  const Message* found = &actual;
  const std::vector<std::string> names = absl::StrSplit(path, '.');
  for (size_t i = 0; i < names.size(); ++i) {
    const FieldDescriptor* field = wanted->GetDescriptor()->FindFieldByName(names[i]);
    if (field == nullptr || field->is_repeated()) return false;
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      return i + 1 == names.size() && ScalarMatches(*wanted, *found, field);
    }
    wanted = &wanted->GetReflection()->GetMessage(*wanted, field);
    found = &found->GetReflection()->GetMessage(*found, field);
  }
  return MessageMatches(*wanted, *found);
}

}  // namespace mtsuite::connector

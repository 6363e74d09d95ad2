#include "common/config/scalar.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/config/suggest.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"

namespace mtsuite::config {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

absl::Status Expected(const char* what, const Scalar& scalar) {
  return absl::InvalidArgumentError(
      absl::StrCat("expected ", what, ", got '", absl::Utf8SafeCHexEscape(scalar.text), "'"));
}

// "LOG_LEVEL_" for the values of an enum LogLevel.
std::string ValuePrefix(const EnumDescriptor& type) {
  std::string prefix;
  for (const char c : type.name()) {
    if (absl::ascii_isupper(c) && !prefix.empty()) prefix.push_back('_');
    prefix.push_back(absl::ascii_toupper(c));
  }
  return prefix + "_";
}

absl::StatusOr<const EnumValueDescriptor*> FindEnumValue(const Scalar& scalar, const EnumDescriptor& type) {
  const std::string prefix = ValuePrefix(type);
  std::vector<std::string> known;
  for (int i = 0; i < type.value_count(); ++i) {
    const EnumValueDescriptor& candidate = *type.value(i);
    std::string name = candidate.name();
    if (absl::StartsWith(name, prefix)) name = name.substr(prefix.size());
    name = absl::AsciiStrToLower(name);
    if (scalar.text == candidate.name() || scalar.text == name) return &candidate;
    if (candidate.number() != 0) known.push_back(name);
  }
  return absl::InvalidArgumentError(absl::StrCat("unknown value '", absl::Utf8SafeCHexEscape(scalar.text),
                                                 "'", Suggestion(scalar.text, known)));
}

template <class T>
absl::StatusOr<T> ParseInteger(const Scalar& scalar, const char* what) {
  T value = 0;
  if (scalar.quoted || !absl::SimpleAtoi(scalar.text, &value)) return Expected(what, scalar);
  return value;
}

absl::StatusOr<bool> ParseBool(const Scalar& scalar) {
  if (scalar.quoted || (scalar.text != "true" && scalar.text != "false"))
    return Expected("true or false", scalar);
  return scalar.text == "true";
}

absl::StatusOr<double> ParseDouble(const Scalar& scalar) {
  double value = 0;
  if (scalar.quoted || !absl::SimpleAtod(scalar.text, &value)) return Expected("a number", scalar);
  return value;
}

// A field of a message, and how to write one type of value there.
class Target {
 public:
  Target(const FieldDescriptor& field, Message& message) : field_(field), message_(message) {}

  template <class Parsed, class T>
  absl::Status Store(const absl::StatusOr<Parsed>& value,
                     void (Reflection::*set)(Message*, const FieldDescriptor*, T) const,
                     void (Reflection::*add)(Message*, const FieldDescriptor*, T) const) const {
    if (!value.ok()) return value.status();
    (message_.GetReflection()->*(field_.is_repeated() ? add : set))(&message_, &field_,
                                                                    static_cast<T>(*value));
    return absl::OkStatus();
  }

 private:
  const FieldDescriptor& field_;
  Message& message_;
};

}  // namespace

absl::Status SetScalar(const Scalar& scalar, const FieldDescriptor& field, Message& message) {
  const Target target(field, message);
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return target.Store(ParseInteger<int32_t>(scalar, "a whole number of 32 bits"), &Reflection::SetInt32,
                          &Reflection::AddInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return target.Store(ParseInteger<int64_t>(scalar, "a whole number of 64 bits"), &Reflection::SetInt64,
                          &Reflection::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT32:
      return target.Store(ParseInteger<uint32_t>(scalar, "a whole number of 32 bits, not negative"),
                          &Reflection::SetUInt32, &Reflection::AddUInt32);
    case FieldDescriptor::CPPTYPE_UINT64:
      return target.Store(ParseInteger<uint64_t>(scalar, "a whole number of 64 bits, not negative"),
                          &Reflection::SetUInt64, &Reflection::AddUInt64);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return target.Store(ParseDouble(scalar), &Reflection::SetDouble, &Reflection::AddDouble);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return target.Store(ParseDouble(scalar), &Reflection::SetFloat, &Reflection::AddFloat);
    case FieldDescriptor::CPPTYPE_BOOL:
      return target.Store(ParseBool(scalar), &Reflection::SetBool, &Reflection::AddBool);
    case FieldDescriptor::CPPTYPE_ENUM:
      return target.Store(FindEnumValue(scalar, *field.enum_type()), &Reflection::SetEnum,
                          &Reflection::AddEnum);
    case FieldDescriptor::CPPTYPE_STRING:
      return target.Store(absl::StatusOr<std::string>(scalar.text), &Reflection::SetString,
                          &Reflection::AddString);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Expected("a mapping", scalar);
  }
  return Expected("a known type", scalar);
}

bool IsScalarMessage(const google::protobuf::Descriptor& type) {
  return &type == google::protobuf::Duration::descriptor() ||
         &type == google::protobuf::Timestamp::descriptor();
}

absl::Status SetScalarMessage(const Scalar& scalar, Message& message) {
  if (message.GetDescriptor() == google::protobuf::Duration::descriptor()) {
    absl::Duration value;
    if (!absl::ParseDuration(scalar.text, &value) || value < absl::ZeroDuration() ||
        value == absl::InfiniteDuration()) {
      return Expected("a duration such as 30s, 1m30s or 250ms", scalar);
    }
    auto& duration = static_cast<google::protobuf::Duration&>(message);
    duration.set_seconds(absl::IDivDuration(value, absl::Seconds(1), &value));
    duration.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(value)));
    return absl::OkStatus();
  }
  absl::Time value;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, scalar.text, &value, &error)) {
    return Expected("a time such as 2026-01-31T12:00:00Z", scalar);
  }
  auto& timestamp = static_cast<google::protobuf::Timestamp&>(message);
  timestamp.set_seconds(absl::ToUnixSeconds(value));
  timestamp.set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(value - absl::FromUnixSeconds(timestamp.seconds()))));
  return absl::OkStatus();
}

}  // namespace mtsuite::config

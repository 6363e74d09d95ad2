#ifndef COMMON_CONFIG_SCALAR_H_
#define COMMON_CONFIG_SCALAR_H_

#include <string>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace mtsuite::config {

// One value of a YAML file as it was written.
struct Scalar {
  std::string text;
  // Quoted in the file: then it is a text, never a number or a truth value.
  bool quoted = false;
};

// Sets a singular field, or appends to a repeated one. The error says what was expected, without the place.
absl::Status SetScalar(const Scalar& scalar, const google::protobuf::FieldDescriptor& field,
                       google::protobuf::Message& message);

// Whether messages of this type are written as one scalar: google.protobuf.Duration and Timestamp.
bool IsScalarMessage(const google::protobuf::Descriptor& type);

// Sets such a message.
absl::Status SetScalarMessage(const Scalar& scalar, google::protobuf::Message& message);

}  // namespace mtsuite::config

#endif  // COMMON_CONFIG_SCALAR_H_

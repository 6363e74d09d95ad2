#ifndef COMMON_STATUS_DETAIL_PAYLOAD_H_
#define COMMON_STATUS_DETAIL_PAYLOAD_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace mtsuite {

// The prefix of the type URLs under which a status carries the details of google.rpc.Status.
inline constexpr char kTypeUrlPrefix[] = "type.googleapis.com/";

// The detail of message type T that `status` carries; nullopt when there is none or it is damaged.
template <typename T>
std::optional<T> GetDetail(const absl::Status& status) {
  const auto payload = status.GetPayload(absl::StrCat(kTypeUrlPrefix, T::descriptor()->full_name()));
  T detail;
  if (!payload.has_value() || !detail.ParseFromString(std::string(*payload))) return std::nullopt;
  return detail;
}

// Adds or replaces the detail of type T. Does nothing for OK. Equal details have equal bytes, maps included.
template <typename T>
void SetDetail(const T& detail, absl::Status& status) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream output(&stream);
    output.SetSerializationDeterministic(true);
    detail.SerializeToCodedStream(&output);
  }
  status.SetPayload(absl::StrCat(kTypeUrlPrefix, T::descriptor()->full_name()), absl::Cord(std::move(bytes)));
}

}  // namespace mtsuite

#endif  // COMMON_STATUS_DETAIL_PAYLOAD_H_

#ifndef COMMON_TESTING_PROTO_MATCHERS_H_
#define COMMON_TESTING_PROTO_MATCHERS_H_

#include <string>
#include <type_traits>

#include "gmock/gmock.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"

namespace mtsuite::testing {

// The message written in text format; a test failure and an empty message when the text is wrong.
template <typename Message>
Message ParseTextProto(const std::string& text) {
  Message message;
  if (!google::protobuf::TextFormat::ParseFromString(text, &message)) {
    ADD_FAILURE() << "not a " << Message::descriptor()->full_name() << ": " << text;
    message.Clear();
  }
  return message;
}

// Equal to a message of the same type, or to one in text format; the explanation lists the differences.
MATCHER_P(EqualsProto, expected, negation ? "differs from the message" : "equals the message") {
  using Arg = std::decay_t<decltype(arg)>;
  Arg message;
  if constexpr (std::is_base_of_v<google::protobuf::Message, std::decay_t<decltype(expected)>>) {
    message.CopyFrom(expected);
  } else {
    message = ParseTextProto<Arg>(expected);
  }
  std::string differences;
  google::protobuf::util::MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&differences);
  const bool equal = differencer.Compare(message, arg);
  *result_listener << (equal ? "without differences"
                             : "with the differences (expected -> actual)\n" + differences);
  return equal;
}

}  // namespace mtsuite::testing

#endif  // COMMON_TESTING_PROTO_MATCHERS_H_

#include "common/status/error.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/status/grpc_convert.h"
#include "common/status/rpc_status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mtsuite {
namespace {

using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

absl::Status TooPrecise() {
  return MakeError(absl::StatusCode::kInvalidArgument, type::v1::AMOUNT_TOO_PRECISE, "1.005 has 3 decimals")
      .With("amount", "1.005")
      .With("digits", 2)
      .Field("balance_operation.amount", "at most 2 decimals")
      .RetryAfter(absl::Milliseconds(1500))
      .Outcome(type::v1::REJECTED);
}

void ExpectTooPrecise(const absl::Status& status) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "1.005 has 3 decimals");
  EXPECT_EQ(GetErrorReason(status), type::v1::AMOUNT_TOO_PRECISE);
  EXPECT_EQ(GetOutcome(status), type::v1::REJECTED);
  EXPECT_THAT(GetMetadata(status), UnorderedElementsAre(Pair("amount", "1.005"), Pair("digits", "2"),
                                                        Pair("outcome", "REJECTED")));
  EXPECT_EQ(GetRetryAfter(status), absl::Milliseconds(1500));
  const google::rpc::BadRequest bad_request = GetBadRequest(status);
  ASSERT_EQ(bad_request.field_violations_size(), 1);
  EXPECT_EQ(bad_request.field_violations(0).field(), "balance_operation.amount");
  EXPECT_EQ(bad_request.field_violations(0).description(), "at most 2 decimals");
}

TEST(ErrorTest, CarriesItsDetails) {
  ExpectTooPrecise(TooPrecise());
  const auto as_status_or = []() -> absl::StatusOr<int> {
    return MakeError(absl::StatusCode::kNotFound, type::v1::GROUP_NOT_FOUND, "no group")
        .With("group", "demo");
  };
  EXPECT_EQ(GetErrorReason(as_status_or().status()), type::v1::GROUP_NOT_FOUND);
}

TEST(ErrorTest, PlainStatusesHaveNoDetails) {
  for (const absl::Status& status : {absl::OkStatus(), absl::InternalError("disk full")}) {
    EXPECT_EQ(GetErrorReason(status), std::nullopt);
    EXPECT_EQ(GetOutcome(status), type::v1::OUTCOME_UNSPECIFIED);
    EXPECT_THAT(GetMetadata(status), IsEmpty());
    EXPECT_EQ(GetRetryAfter(status), std::nullopt);
    EXPECT_EQ(GetBadRequest(status).field_violations_size(), 0);
  }
}

TEST(ErrorTest, OutcomeAndMetadataAreAddedOrReplaced) {
  const absl::Status changed =
      WithMetadata(WithOutcome(TooPrecise(), type::v1::NOT_SENT), "request_id", "r1");
  EXPECT_EQ(GetOutcome(changed), type::v1::NOT_SENT);
  EXPECT_EQ(GetErrorReason(changed), type::v1::AMOUNT_TOO_PRECISE);
  EXPECT_EQ(GetMetadata(changed).at("request_id"), "r1");
  EXPECT_EQ(GetBadRequest(changed).field_violations_size(), 1);
  const absl::Status internal = WithOutcome(absl::InternalError("disk full"), type::v1::UNCONFIRMED);
  EXPECT_EQ(GetOutcome(internal), type::v1::UNCONFIRMED);
  EXPECT_EQ(GetErrorReason(internal), std::nullopt);
  EXPECT_EQ(internal.message(), "disk full");
  EXPECT_TRUE(WithOutcome(absl::OkStatus(), type::v1::UNCONFIRMED).ok());
  EXPECT_EQ(WithOutcome(TooPrecise(), type::v1::OUTCOME_UNSPECIFIED), TooPrecise());
  EXPECT_EQ(ToRpcStatus(TooPrecise()).SerializeAsString(), ToRpcStatus(TooPrecise()).SerializeAsString());
}

TEST(ErrorTest, TextIsValidUtf8OfLimitedLength) {
  const absl::Status status = MakeError(absl::StatusCode::kInternal, type::v1::INTERNAL,
                                        "\xFFraw" + std::string(kMaxErrorMessageBytes, 'x'))
                                  .With("value", "a\xC3")
                                  .With("long", std::string(1000, 'y'))
                                  .RetryAfter(absl::InfiniteDuration());
  EXPECT_EQ(status.message().substr(0, 6), "\xEF\xBF\xBDraw");
  EXPECT_EQ(status.message().size(), kMaxErrorMessageBytes);
  EXPECT_EQ(GetMetadata(status).at("value"), "a\xEF\xBF\xBD");
  EXPECT_EQ(GetMetadata(status).at("long").size(), kMaxErrorMetadataBytes);
  EXPECT_EQ(GetRetryAfter(status), absl::Hours(24));
}

TEST(ErrorDeathTest, NeedsACodeAndAReason) {
  EXPECT_DEATH(MakeError(absl::StatusCode::kOk, type::v1::INTERNAL, ""), "code OK");
  EXPECT_DEATH(MakeError(absl::StatusCode::kInternal, type::v1::ERROR_REASON_UNSPECIFIED, ""),
               "needs a reason");
}

TEST(GrpcConvertTest, RoundTripsEverything) {
  ExpectTooPrecise(FromGrpc(ToGrpc(TooPrecise())));
  ExpectTooPrecise(FromRpcStatus(ToRpcStatus(TooPrecise())));
  EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok());
  EXPECT_TRUE(FromGrpc(grpc::Status::OK).ok());
  const grpc::Status wire = ToGrpc(TooPrecise());
  EXPECT_EQ(wire.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(wire.error_message(), "1.005 has 3 decimals");
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(wire.error_details()));
  ASSERT_EQ(details.details_size(), 3);
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(details.details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "AMOUNT_TOO_PRECISE");
  EXPECT_EQ(info.domain(), "mtsuite.dev");
}

TEST(GrpcConvertTest, InternalCausesStayInside) {
  const absl::Status secret =
      WithOutcome(absl::FailedPreconditionError("password is hunter2"), type::v1::UNCONFIRMED);
  const grpc::Status wire = ToGrpc(secret);
  EXPECT_EQ(wire.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_EQ((wire.error_message() + wire.error_details()).find("hunter2"), std::string::npos);
  const absl::Status received = FromGrpc(wire);
  EXPECT_EQ(GetErrorReason(received), type::v1::INTERNAL);
  EXPECT_EQ(GetOutcome(received), type::v1::UNCONFIRMED);
}

TEST(GrpcConvertTest, TransportCodesSurviveWithoutTheirMessage) {
  const std::vector<std::pair<absl::Status, ErrorReason>> cases = {
      {absl::CancelledError("fd 7"), type::v1::CANCELLED},
      {absl::DeadlineExceededError("fd 7"), type::v1::DEADLINE_EXCEEDED},
      {absl::UnavailableError("fd 7"), type::v1::SERVICE_UNAVAILABLE},
  };
  for (const auto& [status, reason] : cases) {
    const absl::Status received = FromGrpc(ToGrpc(status));
    EXPECT_EQ(received.code(), status.code());
    EXPECT_EQ(GetErrorReason(received), reason);
    EXPECT_EQ(std::string(received.message()).find("fd 7"), std::string::npos);
  }
}

TEST(GrpcConvertTest, SurvivesStrangePeers) {
  const absl::Status damaged =
      FromGrpc(grpc::Status(grpc::StatusCode::ABORTED, "text", "\xFF\xFFnot a message"));
  EXPECT_EQ(damaged.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(damaged.message(), "text");
  EXPECT_EQ(GetErrorReason(damaged), std::nullopt);
  google::rpc::Status odd;
  odd.set_code(4711);
  EXPECT_EQ(FromRpcStatus(odd).code(), absl::StatusCode::kUnknown);

  google::rpc::ErrorInfo info;
  info.set_reason("API_KEY_INVALID");
  info.set_domain("googleapis.com");
  google::rpc::Status foreign;
  foreign.set_code(7);
  foreign.add_details()->PackFrom(info);
  EXPECT_EQ(GetErrorReason(FromRpcStatus(foreign)), std::nullopt);
}

TEST(GrpcConvertTest, FitsIntoTrailers) {
  ErrorBuilder builder =
      MakeError(absl::StatusCode::kInvalidArgument, type::v1::FIELD_INVALID, std::string(5000, 'm'));
  for (int i = 0; i < 100; ++i) builder.Field(std::string(300, 'f'), std::string(300, 'd'));
  const absl::Status status = builder.RetryAfter(absl::Seconds(1)).Outcome(type::v1::REJECTED);
  EXPECT_EQ(GetBadRequest(status).field_violations_size(), kMaxFieldViolations);
  const grpc::Status wire = ToGrpc(status);
  EXPECT_LE(wire.error_details().size(), 3072u);
  const absl::Status received = FromGrpc(wire);
  EXPECT_EQ(GetErrorReason(received), type::v1::FIELD_INVALID);
  EXPECT_EQ(GetOutcome(received), type::v1::REJECTED);
  EXPECT_EQ(GetRetryAfter(received), absl::Seconds(1));
  EXPECT_GT(GetBadRequest(received).field_violations_size(), 0);
}

}  // namespace
}  // namespace mtsuite

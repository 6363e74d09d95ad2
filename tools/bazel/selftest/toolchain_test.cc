// Proves that the toolchain of this workspace is whole: C++20, generated code, and the libraries that
// everything uses.
#include <memory>
#include <string>

#include "absl/cleanup/cleanup.h"
#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/hash/hash.h"
#include "absl/random/random.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/any.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "tools/bazel/selftest/selftest.grpc.pb.h"
#include "tools/bazel/selftest/selftest.pb.h"

namespace mtsuite::selftest {
namespace {

class EchoService : public Echo::CallbackService {
 public:
  grpc::ServerUnaryReactor* Say(grpc::CallbackServerContext* context, const Line* request,
                                Line* response) override {
    *response = *request;
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

TEST(ToolchainTest, GrpcServesOverLoopback) {
  EchoService service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  ASSERT_NE(server, nullptr);

  auto stub = Echo::NewStub(
      grpc::CreateChannel(absl::StrFormat("127.0.0.1:%d", port), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  Line request;
  request.set_text("one two");
  Line response;
  const grpc::Status status = stub->Say(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.text(), "one two");
}

TEST(ToolchainTest, AbseilLinks) {
  absl::flat_hash_map<std::string, int> map = {{"a", 1}};
  absl::btree_map<int, std::string> ordered = {{2, "b"}, {1, "a"}};
  absl::AnyInvocable<int()&&> once = [value = std::make_unique<int>(7)] { return *value; };
  bool cleaned = false;
  {
    absl::Cleanup cleanup = [&cleaned] { cleaned = true; };
  }
  absl::Mutex mutex;
  absl::MutexLock lock(&mutex);
  absl::BitGen random;
  absl::StatusOr<absl::any> any = absl::any(absl::Uniform(random, 0, 10));

  EXPECT_TRUE(cleaned);
  EXPECT_EQ(std::move(once)(), 7);
  EXPECT_EQ(ordered.begin()->second, "a");
  EXPECT_EQ(map["a"], 1);
  EXPECT_LT(absl::any_cast<int>(*any), 10);
  EXPECT_NE(absl::HashOf(1), absl::HashOf(2));
  EXPECT_EQ(absl::FormatTime(absl::UnixEpoch() + absl::Hours(1), absl::UTCTimeZone()),
            "1970-01-01T01:00:00+00:00");
}

TEST(ToolchainTest, StatusDetailsAreGenerated) {
  google::rpc::ErrorInfo info;
  info.set_reason("R");
  EXPECT_THAT(info.ShortDebugString(), testing::HasSubstr("reason"));
}

}  // namespace
}  // namespace mtsuite::selftest

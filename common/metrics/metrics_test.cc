#include "common/metrics/metrics.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "common/metrics/exposer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mtsuite::metrics {
namespace {

using ::testing::HasSubstr;

// The whole answer to `GET path` from a server on the loopback.
std::string HttpGet(int port, const std::string& path) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    close(fd);
    return "";
  }
  const std::string request = absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  std::string answer;
  if (write(fd, request.data(), request.size()) == static_cast<ssize_t>(request.size())) {
    char buffer[4096];
    for (ssize_t n = read(fd, buffer, sizeof(buffer)); n > 0; n = read(fd, buffer, sizeof(buffer))) {
      answer.append(buffer, static_cast<size_t>(n));
    }
  }
  close(fd);
  return answer;
}

TEST(MetricsTest, CountsAndRendersWithHelpAndLabels) {
  Registry registry;
  Counter counter = MakeCounter(&registry, {"calls_total", "Calls handled."}, {{"code", "OK"}});
  counter.Increment();
  counter.Increment(2);
  EXPECT_EQ(counter.value(), 3);
  EXPECT_THAT(registry.Text(), HasSubstr("# HELP calls_total Calls handled."));
  EXPECT_THAT(registry.Text(), HasSubstr("calls_total{code=\"OK\"} 3"));
}

TEST(MetricsTest, DeclaringAgainGivesTheSameMetric) {
  Registry registry;
  MakeCounter(&registry, {"calls_total", "Calls handled."}).Increment();
  MakeCounter(&registry, {"calls_total", "Calls handled."}).Increment();
  EXPECT_THAT(registry.Text(), HasSubstr("calls_total 2"));
}

TEST(MetricsTest, GaugesAndHistograms) {
  Registry registry;
  Gauge gauge = MakeGauge(&registry, {"queue_depth", "Items waiting."});
  gauge.Set(5);
  gauge.Add(-2);
  EXPECT_EQ(gauge.value(), 3);
  Histogram histogram = MakeHistogram(&registry, {"latency_seconds", "Time taken."}, {0.1, 1});
  histogram.Observe(0.5);
  EXPECT_THAT(registry.Text(), HasSubstr("latency_seconds_bucket{le=\"1\"} 1"));
}

TEST(MetricsTest, NoRegistryMeansInertHandles) {
  Counter counter = MakeCounter(nullptr, {"calls_total", "Calls handled."});
  counter.Increment();
  MakeGauge(nullptr, {"queue_depth", "Items waiting."}).Set(1);
  MakeHistogram(nullptr, {"latency_seconds", "Time taken."}, LatencyBuckets()).Observe(1);
  EXPECT_EQ(counter.value(), 0);
}

TEST(ExposerTest, ServesTheRegistryOnAFreePort) {
  Registry registry;
  MakeCounter(&registry, {"calls_total", "Calls handled."}).Increment();
  auto exposer = Exposer::Start("127.0.0.1:0", registry);
  ASSERT_TRUE(exposer.ok()) << exposer.status();
  EXPECT_GT((*exposer)->port(), 0);
  EXPECT_THAT(HttpGet((*exposer)->port(), "/metrics"), HasSubstr("calls_total 1"));
}

TEST(ExposerTest, SaysWhichAddressIsTaken) {
  Registry registry;
  auto first = Exposer::Start("127.0.0.1:0", registry);
  ASSERT_TRUE(first.ok()) << first.status();
  const std::string address = absl::StrCat("127.0.0.1:", (*first)->port());
  auto second = Exposer::Start(address, registry);
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(second.status().message(), HasSubstr(address));
}

}  // namespace
}  // namespace mtsuite::metrics

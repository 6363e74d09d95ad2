// Calls one function of every system library that toolchain_test does not touch, so that a wrong link line
// shows here.
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "asio.hpp"
#include "benchmark/benchmark.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "gtest/gtest.h"
#include "jwt.h"
#include "openssl/evp.h"
#include "openssl/ssl.h"
#include "prometheus/counter.h"
#include "prometheus/exposer.h"
#include "prometheus/registry.h"
#include "prometheus/text_serializer.h"
#include "soci/postgresql/soci-postgresql.h"
#include "soci/soci.h"
#include "soci/sqlite3/soci-sqlite3.h"
#include "spdlog/sinks/ostream_sink.h"
#include "spdlog/spdlog.h"
#include "sqlite3.h"
#include "yaml-cpp/yaml.h"
#include "zlib.h"

ABSL_FLAG(int, answer, 42, "A flag.");

namespace mtsuite::selftest {
namespace {

TEST(LibrariesTest, Flags) {
  char name[] = "test";
  char flag[] = "--answer=43";
  char* arguments[] = {name, flag};
  absl::ParseCommandLine(2, arguments);
  EXPECT_EQ(absl::GetFlag(FLAGS_answer), 43);
}

TEST(LibrariesTest, OpenSsl) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  ASSERT_EQ(EVP_Digest("abc", 3, digest, &size, EVP_sha256(), nullptr), 1);
  EXPECT_EQ(size, 32u);
  EXPECT_EQ(digest[0], 0xba);
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  EXPECT_NE(context, nullptr);
  SSL_CTX_free(context);
}

TEST(LibrariesTest, SociOverSqlite) {
  soci::session session(*soci::factory_sqlite3(), ":memory:");
  std::string text;
  session << "select 'x' || 'y'", soci::into(text);
  EXPECT_EQ(text, "xy");
  EXPECT_NE(soci::factory_postgresql(), nullptr);
  EXPECT_GE(sqlite_api::sqlite3_libversion_number(), 3040000);
}

TEST(LibrariesTest, Prometheus) {
  auto registry = std::make_shared<prometheus::Registry>();
  prometheus::BuildCounter().Name("calls_total").Register(*registry).Add({}).Increment();
  EXPECT_NE(prometheus::TextSerializer().Serialize(registry->Collect()).find("calls_total 1"),
            std::string::npos);
  prometheus::Exposer exposer("127.0.0.1:0", 1);
  EXPECT_EQ(exposer.GetListeningPorts().size(), 1u);
}

TEST(LibrariesTest, Spdlog) {
  std::ostringstream out;
  spdlog::logger logger("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(out));
  logger.info("login {}", 7);
  EXPECT_NE(out.str().find("login 7"), std::string::npos);
}

TEST(LibrariesTest, YamlJsonJwtZlib) {
  EXPECT_EQ(YAML::Load("a: [1, 2]")["a"][1].as<int>(), 2);
  EXPECT_EQ(nlohmann::json::parse(R"({"a": 3})")["a"], 3);
  jwt_t* token = nullptr;
  ASSERT_EQ(jwt_new(&token), 0);
  jwt_free(token);
  EXPECT_NE(crc32(0, reinterpret_cast<const Bytef*>("a"), 1), 0u);
}

TEST(LibrariesTest, Asio) {
  asio::io_context context;
  bool ran = false;
  asio::post(context, [&ran] { ran = true; });
  context.run();
  EXPECT_TRUE(ran);
}

TEST(LibrariesTest, ReflectionAndBenchmark) {
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  int value = 1;
  benchmark::DoNotOptimize(value);
  EXPECT_EQ(benchmark::ReportUnrecognizedArguments(1, nullptr), false);
}

}  // namespace
}  // namespace mtsuite::selftest

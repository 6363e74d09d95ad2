#ifndef SERVICES_RISK_STORE_STORE_FIXTURE_H_
#define SERVICES_RISK_STORE_STORE_FIXTURE_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "common/clock/clock.h"
#include "common/storage/database.h"
#include "common/storage/testing_database.h"
#include "common/testing/matchers.h"
#include "services/risk/store/schema.h"

namespace mtsuite::risk {

inline constexpr char kServer[] = "mt5-demo";

// A migrated, empty database of each kind.
class RiskStoreTest : public ::testing::TestWithParam<std::string> {
 protected:
  RiskStoreTest() : testing_database_(GetParam()) {}

  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(database_, storage::Database::Open(testing_database_.url()));
    ASSERT_OK(MigrateRiskSchema(*database_, RealClock()));
  }

  // In one transaction each.
  absl::Status Write(absl::FunctionRef<absl::Status(storage::Transaction&)> body) {
    return database_->Write(body);
  }
  // The value of a function of the store; the default and a failure when it fails.
  template <typename Function>
  auto Get(Function function) {
    using Value = typename decltype(function(std::declval<storage::Transaction&>()))::value_type;
    Value value{};
    EXPECT_OK(database_->Write([&](storage::Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(value, function(transaction));
      return absl::OkStatus();
    }));
    return value;
  }

  storage::TestingDatabase testing_database_;
  std::unique_ptr<storage::Database> database_;
};

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_STORE_STORE_FIXTURE_H_

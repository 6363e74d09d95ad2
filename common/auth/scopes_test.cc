#include "common/auth/scopes.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "mtsuite/accounts/v1/account_service.pb.h"
#include "mtsuite/connector/v1/connector_service.pb.h"
#include "mtsuite/connector/v1/quote_service.pb.h"
#include "mtsuite/connector/v1/trading_service.pb.h"
#include "mtsuite/operations/v1/operation_service.pb.h"
#include "mtsuite/operations/v1/server_service.pb.h"
#include "mtsuite/orders/v1/order_service.pb.h"
#include "mtsuite/quotes/v1/quote_service.pb.h"
#include "mtsuite/sim/v1/sim_service.pb.h"

namespace mtsuite::auth {
namespace {

using google::protobuf::FileDescriptor;
using google::protobuf::ServiceDescriptor;

// Full names of all rpcs of the suite. A new service is named here once.
std::set<std::string> CompiledMethods() {
  std::set<std::string> methods;
  for (const FileDescriptor* file : {
           accounts::v1::CreateAccountRequest::descriptor()->file(),
           connector::v1::CreateAccountRequest::descriptor()->file(),
           connector::v1::GetSymbolRequest::descriptor()->file(),
           connector::v1::PlaceOrderRequest::descriptor()->file(),
           operations::v1::GetOperationRequest::descriptor()->file(),
           operations::v1::GetServerRequest::descriptor()->file(),
           orders::v1::PlaceOrderRequest::descriptor()->file(),
           quotes::v1::GetSymbolRequest::descriptor()->file(),
           sim::v1::GetStatusRequest::descriptor()->file(),
       }) {
    for (int s = 0; s < file->service_count(); ++s) {
      const ServiceDescriptor& service = *file->service(s);
      for (int m = 0; m < service.method_count(); ++m) {
        methods.insert("/" + service.full_name() + "/" + service.method(m)->name());
      }
    }
  }
  return methods;
}

TEST(ScopesTest, TheTableHasEveryRpcAndNoOther) {
  std::set<std::string> rules;
  for (const MethodRule& rule : AllMethodRules()) {
    EXPECT_TRUE(rules.insert(std::string(rule.method)).second) << rule.method << " is there twice";
  }
  EXPECT_EQ(rules, CompiledMethods());
}

TEST(ScopesTest, EveryRuleNamesKnownScopes) {
  const auto all = AllScopes();
  for (const MethodRule& rule : AllMethodRules()) {
    EXPECT_FALSE(rule.scopes.front().empty()) << rule.method;
    for (const std::string_view scope : rule.scopes) {
      EXPECT_TRUE(scope.empty() || std::find(all.begin(), all.end(), scope) != all.end()) << rule.method;
    }
  }
}

TEST(ScopesTest, FindsRules) {
  const MethodRule* rule = FindMethodRule("/mtsuite.accounts.v1.AccountService/GetAccount");
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(rule->scopes.front(), kAccountsRead);
  EXPECT_TRUE(rule->is_read);
  EXPECT_FALSE(FindMethodRule("/mtsuite.accounts.v1.AccountService/CreateBalanceOperation")->is_read);
  EXPECT_EQ(FindMethodRule("/mtsuite.accounts.v1.AccountService/Nothing"), nullptr);
  EXPECT_EQ(FindMethodRule(""), nullptr);
}

// Names that begin so promise to change nothing.
TEST(ScopesTest, ReadsAreNamedLikeReads) {
  for (const MethodRule& rule : AllMethodRules()) {
    const std::string_view name = rule.method.substr(rule.method.rfind('/') + 1);
    const auto begins = [&name](std::string_view prefix) { return name.substr(0, prefix.size()) == prefix; };
    EXPECT_EQ(rule.is_read, begins("Get") || begins("List") || begins("BatchGet") || begins("Check") ||
                                begins("Preview") || begins("Stream"))
        << rule.method;
  }
}

}  // namespace
}  // namespace mtsuite::auth

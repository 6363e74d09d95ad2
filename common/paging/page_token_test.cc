#include "common/paging/page_token.h"

#include "common/testing/matchers.h"
#include "mtsuite/operations/v1/operation_service.pb.h"
#include "mtsuite/operations/v1/server_service.pb.h"

namespace mtsuite::paging {
namespace {

using operations::v1::ListOperationsRequest;
using testing::HasReason;
using ::testing::IsEmpty;
using testing::IsOkAndHolds;

ListOperationsRequest Query() {
  ListOperationsRequest request;
  request.set_server("mt5-demo");
  request.set_login(1001);
  return request;
}

TEST(PageTokenTest, FirstPageHasNoPosition) { EXPECT_THAT(ReadPageToken(Query()), IsOkAndHolds(IsEmpty())); }

TEST(PageTokenTest, PositionComesBackWhateverItsBytes) {
  const std::string position("a\0\xff/+", 5);
  ListOperationsRequest next = Query();
  next.set_page_token(MakePageToken(Query(), position));
  EXPECT_THAT(ReadPageToken(next), IsOkAndHolds(position));
}

TEST(PageTokenTest, PageSizeMayChangeBetweenPages) {
  ListOperationsRequest next = Query();
  next.set_page_token(MakePageToken(Query(), "7"));
  next.set_page_size(9);
  EXPECT_THAT(ReadPageToken(next), IsOkAndHolds("7"));
}

TEST(PageTokenTest, TokenOfOtherFiltersIsRefused) {
  ListOperationsRequest next = Query();
  next.set_page_token(MakePageToken(Query(), "7"));
  next.set_login(1002);
  EXPECT_THAT(ReadPageToken(next), HasReason(type::v1::PAGE_TOKEN_INVALID));
}

TEST(PageTokenTest, TokenOfAnotherRpcIsRefused) {
  operations::v1::ListServersRequest servers;
  ListOperationsRequest empty;
  servers.set_page_token(MakePageToken(empty, "7"));
  EXPECT_THAT(ReadPageToken(servers), HasReason(type::v1::PAGE_TOKEN_INVALID));
}

TEST(PageTokenTest, EveryDamagedCharacterIsNoticed) {
  const std::string token = MakePageToken(Query(), "1767225600000000/9001");
  for (size_t i = 0; i < token.size(); ++i) {
    ListOperationsRequest next = Query();
    std::string damaged = token;
    damaged[i] = damaged[i] == 'A' ? 'Q' : 'A';
    next.set_page_token(damaged);
    EXPECT_THAT(ReadPageToken(next), HasReason(type::v1::PAGE_TOKEN_INVALID)) << i;
    next.set_page_token(token.substr(0, i + 1));
    if (i + 1 < token.size()) {
      EXPECT_THAT(ReadPageToken(next), HasReason(type::v1::PAGE_TOKEN_INVALID)) << i;
    }
  }
}

TEST(PageTokenTest, NonsenseIsRefused) {
  for (const std::string& token : {std::string("x"), std::string("%%%%"), std::string(100000, 'A')}) {
    ListOperationsRequest next = Query();
    next.set_page_token(token);
    EXPECT_THAT(ReadPageToken(next), HasReason(type::v1::PAGE_TOKEN_INVALID));
  }
}

TEST(PageSizeTest, DefaultsAndLimits) {
  EXPECT_THAT(PageSize(0, 100, 500), IsOkAndHolds(100));
  EXPECT_THAT(PageSize(7, 100, 500), IsOkAndHolds(7));
  EXPECT_THAT(PageSize(501, 100, 500), IsOkAndHolds(500));
  EXPECT_THAT(PageSize(-1, 100, 500), HasReason(type::v1::FIELD_INVALID));
}

}  // namespace
}  // namespace mtsuite::paging

#include "services/accounts/deal_reader.h"

#include <utility>

namespace mtsuite::accounts {
namespace {

constexpr int kDealsPerRead = 1000;

// Owns a scan from page to page: each answer either asks for the next page or ends it.
class Scanner : public std::enable_shared_from_this<Scanner> {
 public:
  Scanner(rpc::CallPtr call, ConnectorClient& connector, DealScan scan)
      : call_(std::move(call)), connector_(connector), scan_(std::move(scan)) {
    scan_.query.set_limit(kDealsPerRead);
  }

  void ReadNext() {
    connector_.Read(*call_, &ConnectorAsync::ListDeals, scan_.query,
                    [self = shared_from_this()](absl::StatusOr<connector::v1::ListDealsResponse> page) {
                      self->OnPage(std::move(page));
                    });
  }

 private:
  void OnPage(absl::StatusOr<connector::v1::ListDealsResponse> page) {
    if (!page.ok()) {
      scan_.done(page.status());
      return;
    }
    const absl::StatusOr<bool> go_on = scan_.on_page(*page);
    ++pages_read_;
    if (!go_on.ok() || !*go_on || page->next_offset() == 0 || pages_read_ == scan_.max_pages) {
      scan_.done(go_on.status());
      return;
    }
    scan_.query.set_offset(page->next_offset());
    ReadNext();
  }

  const rpc::CallPtr call_;
  ConnectorClient& connector_;
  DealScan scan_;
  int pages_read_ = 0;
};

}  // namespace

void ScanDeals(rpc::CallPtr call, ConnectorClient& connector, DealScan scan) {
  std::make_shared<Scanner>(std::move(call), connector, std::move(scan))->ReadNext();
}

}  // namespace mtsuite::accounts

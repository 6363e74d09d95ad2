#include "services/risk/store/record_store.h"

#include <string>
#include <vector>

#include "common/testing/proto_matchers.h"
#include "services/risk/certificate/sample_certificate.h"
#include "services/risk/certificate/verification.h"
#include "services/risk/store/store_fixture.h"

namespace mtsuite::risk {
namespace {

using storage::Transaction;
using testing::EqualsProto;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::StatusIs;

class RecordStoreTest : public RiskStoreTest {
 protected:
  void Append(v1::BreachRecord& record) {
    EXPECT_OK(Write([&](Transaction& t) { return AppendRecord(t, record); }));
  }
  std::vector<std::string> Lines(int64_t after, int limit) {
    return Get([&](Transaction& t) { return ListRecordLines(t, kServer, after, limit); });
  }
};

TEST_P(RecordStoreTest, ChainsAndFindsCertificates) {
  v1::BreachCertificate certificate = SampleCertificate();
  const std::string breach_id = certificate.evidence().evidence().breach_id();
  Append(*certificate.mutable_evidence());
  Append(*certificate.mutable_outcomes(0));
  // The records were sealed as the first of a chain before, so nothing changed.
  EXPECT_THAT(certificate, EqualsProto(SampleCertificate()));
  const auto found = Get([&](Transaction& t) { return FindCertificate(t, kServer, breach_id); });
  ASSERT_TRUE(found.has_value());
  EXPECT_THAT(*found, EqualsProto(certificate));
  EXPECT_THAT(VerifyCertificate(*found), IsEmpty());
  EXPECT_FALSE(Get([&](Transaction& t) { return FindCertificate(t, kServer, "other"); }).has_value());
  const ChainHead head = Get([&](Transaction& t) { return FindChainHead(t, kServer); });
  EXPECT_EQ(head.sequence, 2);
  EXPECT_EQ(head.hash, certificate.outcomes(0).hash());
}

TEST_P(RecordStoreTest, LinesAreAChainThatVerifies) {
  for (int i = 0; i < 3; ++i) {
    v1::BreachCertificate certificate = SampleCertificate();
    Append(*certificate.mutable_evidence());
  }
  v1::BreachRecord elsewhere = SampleCertificate().evidence();
  elsewhere.set_server("other");
  Append(elsewhere);
  EXPECT_EQ(elsewhere.sequence(), 1);
  const std::vector<std::string> lines = Lines(0, 10);
  ASSERT_THAT(lines, SizeIs(3));
  size_t next = 0;
  ASSERT_OK_AND_ASSIGN(const ChainSummary summary, VerifyChain([&](std::string& line) {
                         if (next == lines.size()) return false;
                         line = lines[next++];
                         return true;
                       }));
  EXPECT_EQ(summary.head_hash, Get([&](Transaction& t) { return FindChainHead(t, kServer); }).hash);
  EXPECT_THAT(Lines(2, 10), SizeIs(1));
  EXPECT_THAT(Lines(0, 2), SizeIs(2));
}

TEST_P(RecordStoreTest, EvidenceAndStateAreStoredTogetherOrNotAtAll) {
  v1::BreachRecord record = SampleCertificate().evidence();
  EXPECT_THAT(Write([&](Transaction& t) -> absl::Status {
                RETURN_IF_ERROR(AppendRecord(t, record));
                return absl::AbortedError("the state could not be stored");
              }),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(Lines(0, 10), IsEmpty());
  Append(record);
  EXPECT_EQ(record.sequence(), 1);
}

TEST_P(RecordStoreTest, NoticesADamagedRow) {
  v1::BreachCertificate certificate = SampleCertificate();
  const std::string breach_id = certificate.evidence().evidence().breach_id();
  Append(*certificate.mutable_evidence());
  EXPECT_OK(
      Write([&](Transaction& t) { return t.ExecuteOnce("UPDATE breach_records SET record = '{\"x\":1}'"); }));
  EXPECT_THAT(
      database_->Read([&](Transaction& t) { return FindCertificate(t, kServer, breach_id).status(); }),
      StatusIs(absl::StatusCode::kDataLoss));
}

INSTANTIATE_TEST_SUITE_P(Databases, RecordStoreTest, ::testing::ValuesIn(storage::TestBackends()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace mtsuite::risk

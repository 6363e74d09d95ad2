#include "services/risk/certificate/verification.h"

#include <functional>
#include <string>
#include <vector>

#include "common/testing/matchers.h"
#include "common/testing/proto_matchers.h"
#include "nlohmann/json.hpp"
#include "services/risk/certificate/canonical.h"
#include "services/risk/certificate/chain.h"
#include "services/risk/certificate/reckoning.h"
#include "services/risk/certificate/sample_certificate.h"

namespace mtsuite::risk {
namespace {

using Json = nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::StatusIs;
using v1::BreachCertificate;
using v1::BreachEvidence;

// Every leaf below `json`, as the path to it.
void FindLeaves(const Json& json, const Json::json_pointer& path, std::vector<Json::json_pointer>& leaves) {
  if (json.is_structured()) {
    for (const auto& [key, value] : json.items()) {
      if (json.is_array()) {
        FindLeaves(value, path / static_cast<size_t>(std::stoul(key)), leaves);
      } else {
        FindLeaves(value, path / key, leaves);
      }
    }
    return;
  }
  leaves.push_back(path);
}

// A small change that leaves the text plausible: the last digit, or the last character.
Json Changed(const Json& leaf) {
  if (leaf.is_number()) return leaf.get<int>() + 1;
  if (leaf.is_boolean()) return !leaf.get<bool>();
  std::string text = leaf.get<std::string>();
  for (size_t i = text.size(); i-- > 0;) {
    if (text[i] < '0' || text[i] > '9') continue;
    text[i] = text[i] == '9' ? '8' : static_cast<char>(text[i] + 1);
    return text;
  }
  return text + "x";
}

Json SampleJson() { return Json::parse(*CertificateToJson(SampleCertificate())); }

bool Accepts(const Json& json) {
  const absl::StatusOr<BreachCertificate> certificate = CertificateFromJson(json.dump());
  return certificate.ok() && VerifyCertificate(*certificate).empty();
}

TEST(VerifyCertificate, AcceptsWhatWasRecorded) {
  const BreachCertificate certificate = SampleCertificate();
  EXPECT_THAT(VerifyCertificate(certificate), IsEmpty());
  EXPECT_TRUE(Accepts(SampleJson()));
  EXPECT_EQ(certificate.evidence().evidence().equity(), "92993.77");
  EXPECT_THAT(certificate.evidence().evidence().decision(),
              testing::EqualsProto("measure: EQUITY value: '92993.77' comparison: BELOW limit: '93000.00' "
                                   "excess: '6.23'"));
  EXPECT_EQ(certificate.evidence().evidence().trading_day(), "2026-03-29");
}

TEST(VerifyCertificate, JsonComesBackAsItWas) {
  const BreachCertificate certificate = SampleCertificate();
  ASSERT_OK_AND_ASSIGN(const std::string json, CertificateToJson(certificate));
  ASSERT_OK_AND_ASSIGN(const BreachCertificate again, CertificateFromJson(json));
  EXPECT_THAT(again, testing::EqualsProto(certificate));
}

TEST(VerifyCertificate, NoticesEveryChangedField) {
  const Json sample = SampleJson();
  std::vector<Json::json_pointer> leaves;
  FindLeaves(sample, Json::json_pointer(), leaves);
  ASSERT_GT(leaves.size(), 200u);
  for (const Json::json_pointer& leaf : leaves) {
    Json changed = sample;
    changed[leaf] = Changed(sample[leaf]);
    EXPECT_FALSE(Accepts(changed)) << leaf;
    Json without = sample;
    without.at(leaf.parent_pointer()).erase(without.at(leaf.parent_pointer()).is_array() ? "" : leaf.back());
    EXPECT_FALSE(Accepts(without)) << "without " << leaf;
  }
}

// Somebody who changes an input and makes all hashes anew still has to make it lead to the same decision.
TEST(VerifyCertificate, NoticesChangedInputsUnderNewHashes) {
  const auto notices = [](const std::function<void(BreachEvidence&)>& change) {
    BreachCertificate certificate = SampleCertificate();
    change(*certificate.mutable_evidence()->mutable_evidence());
    certificate.clear_outcomes();
    ChainHead head;
    EXPECT_OK(Seal(*certificate.mutable_evidence(), head));
    return !VerifyCertificate(certificate).empty();
  };
  EXPECT_FALSE(notices([](BreachEvidence&) {}));
  EXPECT_TRUE(notices([](BreachEvidence& e) { e.mutable_positions(0)->set_volume("2.01"); }));
  EXPECT_TRUE(notices([](BreachEvidence& e) { e.mutable_positions(0)->set_open_price("1.10001"); }));
  EXPECT_TRUE(notices([](BreachEvidence& e) { e.mutable_positions(1)->set_close_price("150.501"); }));
  EXPECT_TRUE(notices([](BreachEvidence& e) { e.mutable_positions(1)->set_conversion_rate("0.0066449"); }));
  EXPECT_TRUE(notices([](BreachEvidence& e) { e.mutable_positions(1)->set_side(type::v1::BUY); }));
  EXPECT_TRUE(notices([](BreachEvidence& e) { e.mutable_positions(0)->set_swap("-12.41"); }));
  EXPECT_TRUE(notices([](BreachEvidence& e) { e.set_balance("97000.01"); }));
  EXPECT_TRUE(notices([](BreachEvidence& e) { e.mutable_references(0)->set_value_as_set("100001.00"); }));
  EXPECT_TRUE(notices([](BreachEvidence& e) { e.mutable_references(1)->set_value("98001.00"); }));
  EXPECT_TRUE(notices([](BreachEvidence& e) {
    e.mutable_rule_set()->mutable_rules(0)->mutable_daily_loss()->set_percent("6");
  }));
  EXPECT_TRUE(notices([](BreachEvidence& e) { e.mutable_cause()->set_bid("1.08174"); }));
  EXPECT_TRUE(notices([](BreachEvidence& e) { e.mutable_breach_time()->set_seconds(1'774'900'000); }));
  EXPECT_TRUE(notices([](BreachEvidence& e) { e.set_rule_id("max-loss"); }));
  EXPECT_TRUE(notices([](BreachEvidence& e) { e.mutable_path(3)->set_equity("1.00"); }))
      << "the id covers it";
}

TEST(VerifyCertificate, HoldsWhatWasDoneAgainstTheEvidence) {
  const auto problems = [](const std::function<void(v1::Breach&)>& change) {
    BreachCertificate certificate = SampleCertificate();
    change(*certificate.mutable_outcomes(0)->mutable_outcome()->mutable_breach());
    ChainHead head{certificate.evidence().sequence(), certificate.evidence().hash()};
    EXPECT_OK(Seal(*certificate.mutable_outcomes(0), head));
    return VerifyCertificate(certificate);
  };
  EXPECT_THAT(problems([](v1::Breach&) {}), IsEmpty());
  EXPECT_THAT(problems([](v1::Breach& b) { b.set_breach_id("other"); }), Contains(HasSubstr("breach's id")));
  EXPECT_THAT(problems([](v1::Breach& b) { b.set_limit("93001.00"); }), Contains(HasSubstr("limit")));
  EXPECT_THAT(problems([](v1::Breach& b) { b.mutable_actions(0)->set_breach_price("1.1"); }),
              Contains(HasSubstr("price at the breach of the close of position 5001")));
  EXPECT_THAT(problems([](v1::Breach& b) { b.mutable_actions(1)->set_price("150.4"); }),
              ElementsAre(HasSubstr("slippage")));
  EXPECT_THAT(problems([](v1::Breach& b) { b.mutable_steps()->DeleteSubrange(0, 1); }), Not(IsEmpty()));
  EXPECT_THAT(problems([](v1::Breach& b) { b.mutable_steps(3)->mutable_time()->set_seconds(5); }),
              Contains(HasSubstr("earlier")));
}

TEST(VerifyCertificate, NeedsEvidence) {
  EXPECT_THAT(VerifyCertificate(BreachCertificate()), ElementsAre(HasSubstr("no evidence")));
  BreachCertificate twice = SampleCertificate();
  *twice.add_outcomes() = twice.evidence();
  EXPECT_THAT(VerifyCertificate(twice), Not(IsEmpty()));
}

class ChainTest : public ::testing::Test {
 protected:
  ChainTest() {
    ChainHead head;
    for (int i = 0; i < 3; ++i) {
      BreachCertificate certificate = SampleCertificate();
      for (v1::BreachRecord* record : {certificate.mutable_evidence(), certificate.mutable_outcomes(0)}) {
        EXPECT_OK(Seal(*record, head));
        lines_.push_back(*CanonicalJson(*record));
      }
    }
  }
  static absl::StatusOr<ChainSummary> Verify(const std::vector<std::string>& lines) {
    size_t next = 0;
    return VerifyChain([&](std::string& line) {
      if (next == lines.size()) return false;
      line = lines[next++];
      return true;
    });
  }
  std::vector<std::string> lines_;
};

TEST_F(ChainTest, AcceptsWhatWasRecorded) {
  ASSERT_OK_AND_ASSIGN(const ChainSummary summary, Verify(lines_));
  EXPECT_EQ(summary.records, 6);
  EXPECT_EQ(summary.breaches, 3);
  EXPECT_EQ(summary.head_hash, Json::parse(lines_.back())["hash"]);
  EXPECT_EQ(Verify({})->head_hash, kNoHash);
}

TEST_F(ChainTest, NoticesWhatIsChangedLeftOutOrMoved) {
  for (size_t i = 0; i < lines_.size(); ++i) {
    std::vector<std::string> changed = lines_;
    Json json = Json::parse(changed[i]);
    json["recordTime"] = "2026-03-29T11:30:02.999Z";
    changed[i] = json.dump();
    EXPECT_THAT(Verify(changed), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("was changed")));
    // With a new hash, the next record no longer follows; only the last one has none after it.
    v1::BreachRecord record;
    EXPECT_OK(ParseStrictJson(changed[i], record));
    json["hash"] = Sha256Hex(*CanonicalJsonWithout(record, "hash"));
    changed[i] = json.dump();
    EXPECT_EQ(Verify(changed).ok(), i + 1 == lines_.size());

    std::vector<std::string> fewer = lines_;
    fewer.erase(fewer.begin() + static_cast<int>(i));
    EXPECT_EQ(Verify(fewer).ok(), i + 1 == lines_.size()) << "only the end can be missing; its hash tells";
    if (i == 0) continue;
    std::vector<std::string> swapped = lines_;
    std::swap(swapped[i], swapped[i - 1]);
    EXPECT_FALSE(Verify(swapped).ok());
  }
}

TEST_F(ChainTest, NoticesAWrongDecisionUnderRightHashes) {
  BreachCertificate certificate = SampleCertificate();
  certificate.mutable_evidence()->mutable_evidence()->set_equity("92000.00");
  ChainHead head;
  ASSERT_OK(Seal(*certificate.mutable_evidence(), head));
  EXPECT_THAT(Verify({*CanonicalJson(certificate.evidence())}),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("equity")));
}

// Certificates come from anywhere: numbers that no account has are an error, and never end the program.
TEST(Reckon, RefusesAbsurdNumbers) {
  const std::string huge = "999999999999999.99999999";
  for (int positions : {1, 400}) {
    BreachEvidence evidence = SampleInputs();
    evidence.clear_cause();
    const v1::PositionEvidence sample = evidence.positions(0);
    evidence.clear_positions();
    for (int i = 0; i < positions; ++i) {
      v1::PositionEvidence& position = *evidence.add_positions();
      position = sample;
      position.set_ticket(i + 1);
      position.set_swap(huge);
      position.set_commission(huge);
    }
    EXPECT_THAT(Reckon(evidence), StatusIs(absl::StatusCode::kOutOfRange));
    evidence.mutable_positions(0)->set_volume(huge);
    EXPECT_THAT(Reckon(evidence), StatusIs(absl::StatusCode::kOutOfRange));
    evidence.mutable_positions(0)->set_conversion_rate("999999999999999999");
    EXPECT_THAT(Reckon(evidence), StatusIs(absl::StatusCode::kOutOfRange));
    evidence.mutable_positions(0)->set_volume("1e5");
    EXPECT_THAT(Reckon(evidence), StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

TEST(Reckon, SaysWhatIsWrong) {
  const auto error = [](const std::function<void(BreachEvidence&)>& change) {
    BreachEvidence evidence = SampleInputs();
    change(evidence);
    return std::string(Reckon(evidence).message());
  };
  EXPECT_EQ(error([](BreachEvidence&) {}), "");
  EXPECT_THAT(error([](BreachEvidence& e) { e.set_format("2"); }), HasSubstr("format"));
  EXPECT_THAT(error([](BreachEvidence& e) { e.set_currency_digits(99); }), HasSubstr("0 to 8"));
  EXPECT_THAT(error([](BreachEvidence& e) { e.set_balance("x"); }), HasSubstr("balance"));
  EXPECT_THAT(error([](BreachEvidence& e) { e.set_balance("98000"); }), HasSubstr("do not breach"));
  EXPECT_THAT(error([](BreachEvidence& e) { e.set_rule_id("x"); }), HasSubstr("not in the rule set"));
  EXPECT_THAT(error([](BreachEvidence& e) { e.set_server_time_zone("Mars"); }), HasSubstr("Mars"));
  EXPECT_THAT(error([](BreachEvidence& e) { e.mutable_references()->RemoveLast(); }),
              HasSubstr("DAY_START_EQUITY"));
  EXPECT_THAT(error([](BreachEvidence& e) { e.mutable_cause()->set_bid("1.08"); }),
              HasSubstr("tick says 1.08"));
  EXPECT_THAT(error([](BreachEvidence& e) { e.mutable_positions(1)->set_ticket(5001); }),
              HasSubstr("listed twice"));
  EXPECT_THAT(error([](BreachEvidence& e) { e.mutable_positions(1)->clear_side(); }),
              HasSubstr("long or short"));
}

}  // namespace
}  // namespace mtsuite::risk

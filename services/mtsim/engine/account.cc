#include "services/mtsim/engine/account.h"

#include "services/mtsim/engine/text.h"

namespace mtsuite::mtsim {
namespace {

void Cut(std::string& text, size_t units) { text.resize(TruncateUtf16(text, units).size()); }

}  // namespace

void ApplyFieldLimits(AccountDetails& details) {
  constexpr size_t kLong = 127;
  constexpr size_t kShort = 63;
  constexpr size_t kPhonePassword = 31;
  for (std::string* text : {&details.name, &details.address, &details.trade_accounts}) Cut(*text, kLong);
  for (std::string* text :
       {&details.first_name, &details.last_name, &details.middle_name, &details.company,
        &details.bank_account, &details.country, &details.city, &details.state, &details.zip_code,
        &details.phone, &details.email, &details.document_id, &details.status, &details.comment,
        &details.lead_campaign, &details.lead_source, &details.metaquotes_id}) {
    Cut(*text, kShort);
  }
  Cut(details.phone_password, kPhonePassword);
}

}  // namespace mtsuite::mtsim

// Makes, lists and revokes the API keys of the suite.
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "common/auth/key_admin.h"
#include "common/auth/scopes.h"
#include "common/clock/clock.h"
#include "common/status/macros.h"

ABSL_FLAG(std::string, file, "", "the key file (YAML); made by create when it does not exist");
ABSL_FLAG(std::string, id, "", "public name of the key: lower-case letters, digits and '-'");
ABSL_FLAG(std::vector<std::string>, scopes, {},
          "what the key may do, separated by commas; 'all' for everything");
ABSL_FLAG(std::vector<std::string>, servers, {},
          "trading servers that the key may use, separated by commas; none means all");
ABSL_FLAG(absl::Duration, valid_for, absl::InfiniteDuration(), "how long the key is valid, such as 720h");
ABSL_FLAG(std::string, comment, "", "who has the key, and what for");

namespace mtsuite::auth {
namespace {

constexpr char kUsage[] = R"(API keys of mtsuite.

  apikey create --file=keys.yaml --id=crm --scopes=accounts.read,funds.write \
                [--servers=mt5-demo] [--valid_for=720h] [--comment=…]
      prints the new key, once; the file gets its hash
  apikey revoke --file=keys.yaml --id=crm
      disables the key; services notice within a second
  apikey list --file=keys.yaml
  apikey scopes
      lists what --scopes takes)";

absl::Status Create(const std::string& file) {
  NewKey key = {.id = absl::GetFlag(FLAGS_id),
                .scopes = absl::GetFlag(FLAGS_scopes),
                .servers = absl::GetFlag(FLAGS_servers),
                .expires = RealClock().TimeNow() + absl::GetFlag(FLAGS_valid_for),
                .comment = absl::GetFlag(FLAGS_comment)};
  if (key.scopes == std::vector<std::string>{"all"})
    key.scopes.assign(AllScopes().begin(), AllScopes().end());
  ASSIGN_OR_RETURN(const std::string text, CreateKey(file, key));
  std::printf("%s\n", text.c_str());
  return absl::OkStatus();
}

// One line per key: "crm scopes=a,b servers=all expires=… revoked  # comment".
std::string Describe(const config::v1::ApiKey& key) {
  std::string line = key.id() + " scopes=" + absl::StrJoin(key.scopes(), ",");
  line += " servers=" + (key.servers_size() == 0 ? "all" : absl::StrJoin(key.servers(), ","));
  if (key.has_expires()) {
    line += " expires=" + absl::FormatTime(absl::RFC3339_sec, absl::FromUnixSeconds(key.expires().seconds()),
                                           absl::UTCTimeZone());
  }
  if (key.disabled()) line += " revoked";
  if (!key.comment().empty()) line += "  # " + key.comment();
  return line;
}

absl::Status List(const std::string& file) {
  ASSIGN_OR_RETURN(const config::v1::ApiKeys keys, ListKeys(file));
  for (const config::v1::ApiKey& key : keys.keys()) std::printf("%s\n", Describe(key).c_str());
  return absl::OkStatus();
}

absl::Status ListScopes() {
  for (const std::string_view scope : AllScopes()) std::printf("%s\n", std::string(scope).c_str());
  return absl::OkStatus();
}

absl::Status Run(const std::string& command) {
  if (command == "scopes") return ListScopes();
  const std::string file = absl::GetFlag(FLAGS_file);
  if (file.empty()) return absl::InvalidArgumentError("--file is missing; apikey --help says more");
  if (command == "create") return Create(file);
  if (command == "revoke") return RevokeKey(file, absl::GetFlag(FLAGS_id));
  if (command == "list") return List(file);
  return absl::InvalidArgumentError("unknown command '" + command +
                                    "'; there are create, revoke, list and scopes");
}

}  // namespace
}  // namespace mtsuite::auth

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(mtsuite::auth::kUsage);
  const std::vector<char*> words = absl::ParseCommandLine(argc, argv);
  const absl::Status status =
      words.size() == 2 ? mtsuite::auth::Run(words[1])
                        : absl::InvalidArgumentError("one command is needed: create, revoke, list or scopes");
  if (status.ok()) return 0;
  std::fprintf(stderr, "apikey: %s\n", std::string(status.message()).c_str());
  return 1;
}

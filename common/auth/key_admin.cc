#include "common/auth/key_admin.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string>

#include "absl/cleanup/cleanup.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/auth/api_key.h"
#include "common/auth/scope_check.h"
#include "common/config/config.h"
#include "common/config/files.h"
#include "common/status/macros.h"
#include "yaml-cpp/yaml.h"

namespace mtsuite::auth {
namespace {

using config::v1::ApiKey;
using config::v1::ApiKeys;

// The hashes are of no use to a reader; writing is what must be kept from others.
constexpr unsigned kFileMode = 0640;

// Reads the file, lets `change` work on it, and writes it back, while nobody else does the same.
absl::Status ChangeFile(const std::string& path, absl::FunctionRef<absl::Status(ApiKeys&)> change) {
  // The folder is locked, not the file, because the file is replaced.
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot open folder ", folder));
  const absl::Cleanup closer = [fd] { close(fd); };
  if (flock(fd, LOCK_EX) != 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot lock folder ", folder));
  absl::StatusOr<ApiKeys> keys = ListKeys(path);
  if (absl::IsNotFound(keys.status())) keys = ApiKeys();
  RETURN_IF_ERROR(keys.status());
  RETURN_IF_ERROR(change(*keys));
  return config::WriteFileAtomically(path, FormatKeyFile(*keys), kFileMode);
}

void EmitList(YAML::Emitter& out, const char* name,
              const google::protobuf::RepeatedPtrField<std::string>& items) {
  out << YAML::Key << name << YAML::Value << YAML::Flow << YAML::BeginSeq;
  for (const std::string& item : items) out << item;
  out << YAML::EndSeq;
}

ApiKey* Find(ApiKeys& keys, const std::string& id) {
  const auto found = std::find_if(keys.mutable_keys()->begin(), keys.mutable_keys()->end(),
                                  [&id](const ApiKey& key) { return key.id() == id; });
  return found == keys.mutable_keys()->end() ? nullptr : &*found;
}

}  // namespace

std::string FormatKeyFile(const ApiKeys& keys) {
  YAML::Emitter out;
  out << YAML::Comment("Written by the tool apikey. Holds hashes of API keys, not the keys.")
      << YAML::Newline;
  out << YAML::BeginMap << YAML::Key << "keys" << YAML::Value << YAML::BeginSeq;
  for (const ApiKey& key : keys.keys()) {
    out << YAML::BeginMap;
    out << YAML::Key << "id" << YAML::Value << key.id();
    out << YAML::Key << "sha256" << YAML::Value << YAML::DoubleQuoted << key.sha256();
    EmitList(out, "scopes", key.scopes());
    if (key.servers_size() > 0) EmitList(out, "servers", key.servers());
    if (key.disabled()) out << YAML::Key << "disabled" << YAML::Value << true;
    if (key.has_expires()) {
      out << YAML::Key << "expires" << YAML::Value
          << absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixSeconds(key.expires().seconds()),
                              absl::UTCTimeZone());
    }
    if (!key.comment().empty()) {
      out << YAML::Key << "comment" << YAML::Value << YAML::DoubleQuoted << key.comment();
    }
    out << YAML::EndMap;
  }
  out << YAML::EndSeq << YAML::EndMap;
  return std::string(out.c_str()) + "\n";
}

absl::StatusOr<ApiKeys> ListKeys(const std::string& path) { return config::LoadConfig<ApiKeys>(path); }

absl::StatusOr<std::string> CreateKey(const std::string& path, const NewKey& key) {
  RETURN_IF_ERROR(CheckKeyId(key.id));
  if (key.scopes.empty())
    return absl::InvalidArgumentError("a key without scopes may do nothing; name at least one");
  for (const std::string& scope : key.scopes) RETURN_IF_ERROR(CheckScope(scope));
  const std::string secret = NewSecret();
  RETURN_IF_ERROR(ChangeFile(path, [&](ApiKeys& keys) -> absl::Status {
    if (Find(keys, key.id) != nullptr) {
      return absl::AlreadyExistsError(
          absl::StrCat("there is a key '", key.id, "' already; ids are not used twice"));
    }
    ApiKey& entry = *keys.add_keys();
    entry.set_id(key.id);
    entry.set_sha256(HashToHex(HashSecret(secret)));
    entry.mutable_scopes()->Add(key.scopes.begin(), key.scopes.end());
    entry.mutable_servers()->Add(key.servers.begin(), key.servers.end());
    if (key.expires != absl::InfiniteFuture())
      entry.mutable_expires()->set_seconds(absl::ToUnixSeconds(key.expires));
    entry.set_comment(key.comment);
    return absl::OkStatus();
  }));
  return FormatApiKey(key.id, secret);
}

absl::Status RevokeKey(const std::string& path, const std::string& id) {
  return ChangeFile(path, [&id](ApiKeys& keys) -> absl::Status {
    ApiKey* key = Find(keys, id);
    if (key == nullptr) return absl::NotFoundError(absl::StrCat("there is no key '", id, "'"));
    key->set_disabled(true);
    return absl::OkStatus();
  });
}

}  // namespace mtsuite::auth

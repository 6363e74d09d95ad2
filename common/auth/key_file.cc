#include "common/auth/key_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/auth/api_key.h"
#include "common/auth/scope_check.h"
#include "common/config/config.h"
#include "common/log/log.h"
#include "common/status/macros.h"
#include "common/strings/view.h"

namespace mtsuite::auth {
namespace {

constexpr absl::Duration kCheckInterval = absl::Seconds(1);

// What is wrong with one entry, with its id.
absl::Status InKey(const config::v1::ApiKey& key, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("key '", absl::Utf8SafeCHexEscape(key.id()), "': ", what));
}

absl::Status CheckEntry(const config::v1::ApiKey& key) {
  if (const absl::Status status = CheckKeyId(key.id()); !status.ok()) return InKey(key, status.message());
  for (const std::string& scope : key.scopes()) {
    if (const absl::Status status = CheckScope(scope); !status.ok()) return InKey(key, status.message());
  }
  if (!HashFromHex(key.sha256())) return InKey(key, "sha256 must be 64 hexadecimal digits");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<KeyFile>> KeyFile::Open(std::string path, Clock& clock) {
  std::unique_ptr<KeyFile> file(new KeyFile(std::move(path), clock));
  struct stat info {};
  if (stat(file->path_.c_str(), &info) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot open key file ", file->path_));
  }
  ASSIGN_OR_RETURN(std::shared_ptr<const Table> table, file->Load());
  {
    absl::MutexLock lock(&file->reload_mutex_);
    file->version_ = VersionOf(info);
  }
  absl::MutexLock lock(&file->table_mutex_);
  file->table_ = std::move(table);
  return file;
}

KeyFile::KeyFile(std::string path, Clock& clock) : path_(std::move(path)), clock_(clock) {}

KeyFile::FileVersion KeyFile::VersionOf(const struct stat& info) {
  return {.modified_nanos = int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec,
          .size = info.st_size,
          .inode = info.st_ino};
}

absl::StatusOr<KeyFile::Table> KeyFile::BuildTable(const config::v1::ApiKeys& keys) {
  Table table;
  absl::flat_hash_set<std::string> ids;
  for (const config::v1::ApiKey& key : keys.keys()) {
    RETURN_IF_ERROR(CheckEntry(key));
    if (!ids.insert(key.id()).second) return InKey(key, "is there twice");
    if (key.disabled()) continue;
    Entry entry;
    entry.hash = *HashFromHex(key.sha256());
    if (key.has_expires()) {
      entry.expires =
          absl::FromUnixSeconds(key.expires().seconds()) + absl::Nanoseconds(key.expires().nanos());
    }
    entry.principal =
        std::make_shared<const Principal>(Principal{.key_id = key.id(),
                                                    .scopes = {key.scopes().begin(), key.scopes().end()},
                                                    .servers = {key.servers().begin(), key.servers().end()}});
    table.emplace(key.id(), std::move(entry));
  }
  return table;
}

absl::StatusOr<std::shared_ptr<const KeyFile::Table>> KeyFile::Load() const {
  ASSIGN_OR_RETURN(const config::v1::ApiKeys keys, config::LoadConfig<config::v1::ApiKeys>(path_));
  absl::StatusOr<Table> table = BuildTable(keys);
  if (!table.ok()) {
    return absl::Status(table.status().code(), absl::StrCat(path_, ": ", table.status().message()));
  }
  return std::make_shared<const Table>(*std::move(table));
}

void KeyFile::ReloadIfChanged(absl::Time now) {
  const int64_t now_nanos = absl::ToUnixNanos(now);
  int64_t due = next_check_nanos_.load(std::memory_order_relaxed);
  // One caller a second wins the exchange and looks; the others go on with the keys they have.
  if (now_nanos < due ||
      !next_check_nanos_.compare_exchange_strong(due, now_nanos + absl::ToInt64Nanoseconds(kCheckInterval))) {
    return;
  }
  absl::MutexLock lock(&reload_mutex_);
  struct stat info {};
  // A file that is gone counts as a version of its own: told once, and read when it is back.
  const FileVersion version = stat(path_.c_str(), &info) == 0 ? VersionOf(info) : FileVersion{};
  if (version == version_) return;
  version_ = version;
  absl::StatusOr<std::shared_ptr<const Table>> fresh = Load();
  if (!fresh.ok()) {
    LOG_EVENT(kError, "key_file_rejected", {"path", path_}, {"error", std::string(fresh.status().message())},
              {"advice", "the earlier keys stay in force; mend the file"});
    return;
  }
  LOG_EVENT(kInfo, "key_file_loaded", {"path", path_}, {"keys", (*fresh)->size()});
  absl::MutexLock table_lock(&table_mutex_);
  table_ = *std::move(fresh);
}

std::shared_ptr<const KeyFile::Table> KeyFile::table() const {
  absl::MutexLock lock(&table_mutex_);
  return table_;
}

std::shared_ptr<const Principal> KeyFile::Verify(std::string_view text) {
  const absl::Time now = clock_.TimeNow();
  ReloadIfChanged(now);
  const std::optional<ApiKeyParts> parts = ParseApiKey(text);
  if (!parts) return nullptr;
  const std::shared_ptr<const Table> keys = table();
  const auto found = keys->find(AbslView(parts->id));
  if (found == keys->end()) return nullptr;
  const Entry& entry = found->second;
  if (!EqualHashes(HashSecret(parts->secret), entry.hash) || now >= entry.expires) return nullptr;
  return entry.principal;
}

}  // namespace mtsuite::auth

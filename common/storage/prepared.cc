#include "common/storage/prepared.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/status/check.h"
#include "common/strings/view.h"

namespace mtsuite::storage {
namespace {

// PostgreSQL's text form of BYTEA; SOCI exchanges texts with it. SQLite takes the bytes as they are.
constexpr std::string_view kHexPrefix = "\\x";

}  // namespace

Prepared::Prepared(soci::session& session, Backend backend, const Statement& statement)
    : backend_(backend), statement_(session) {
  for (const Type type : statement.parameters) {
    Slot& slot = parameters_.emplace_back(type);
    if (type == Type::kInt) {
      statement_.exchange(soci::use(slot.number, slot.indicator));
    } else {
      statement_.exchange(soci::use(slot.text, slot.indicator));
    }
  }
  for (const Type type : statement.columns) {
    Slot& slot = columns_.emplace_back(type);
    if (type == Type::kInt) {
      statement_.exchange(soci::into(slot.number, slot.indicator));
    } else {
      statement_.exchange(soci::into(slot.text, slot.indicator));
    }
  }
  statement_.alloc();
  statement_.prepare(statement.sql);
  statement_.define_and_bind();
}

void Prepared::Bind(absl::Span<const Param> params) {
  MTSUITE_CHECK(params.size() == parameters_.size(), "a statement needs as many parameters as it declares");
  for (size_t i = 0; i < params.size(); ++i) {
    Slot& slot = parameters_[i];
    const Param::Variant& value = params[i].value();
    slot.indicator = std::holds_alternative<std::monostate>(value) ? soci::i_null : soci::i_ok;
    if (slot.indicator == soci::i_null) continue;
    switch (slot.type) {
      case Type::kInt:
        MTSUITE_CHECK(std::holds_alternative<int64_t>(value), "the parameter is declared as a number");
        slot.number = std::get<int64_t>(value);
        break;
      case Type::kText:
        MTSUITE_CHECK(std::holds_alternative<std::string_view>(value), "the parameter is declared as a text");
        slot.text.assign(std::get<std::string_view>(value));
        break;
      case Type::kBytes:
        MTSUITE_CHECK(std::holds_alternative<storage::Bytes>(value), "the parameter is declared as bytes");
        if (backend_ == Backend::kPostgres) {
          slot.text = absl::StrCat(AbslView(kHexPrefix),
                                   absl::BytesToHexString(AbslView(std::get<storage::Bytes>(value).data)));
        } else {
          slot.text.assign(std::get<storage::Bytes>(value).data);
        }
        break;
    }
  }
}

int64_t Prepared::Execute() {
  statement_.execute(true);
  return statement_.get_affected_rows();
}

void Prepared::Start() { statement_.execute(false); }

bool Prepared::Fetch() {
  if (!statement_.fetch()) return false;
  DecodeColumns();
  return true;
}

void Prepared::DecodeColumns() {
  for (Slot& slot : columns_) {
    if (slot.indicator == soci::i_null) {
      // SOCI leaves the variable as the last row left it.
      slot.number = 0;
      slot.text.clear();
    } else if (slot.type == Type::kBytes && backend_ == Backend::kPostgres) {
      slot.text = absl::HexStringToBytes(absl::string_view(slot.text).substr(kHexPrefix.size()));
    }
  }
}

const Prepared::Slot& Prepared::Column(size_t column, Type type) const {
  MTSUITE_CHECK(column < columns_.size(), "the statement declares fewer columns");
  MTSUITE_CHECK(columns_[column].type == type, "the statement declares another type for this column");
  return columns_[column];
}

bool Prepared::IsNull(size_t column) const {
  MTSUITE_CHECK(column < columns_.size(), "the statement declares fewer columns");
  return columns_[column].indicator == soci::i_null;
}

int64_t Prepared::Int(size_t column) const { return Column(column, Type::kInt).number; }

std::string_view Prepared::Text(size_t column) const { return Column(column, Type::kText).text; }

std::string_view Prepared::Bytes(size_t column) const { return Column(column, Type::kBytes).text; }

}  // namespace mtsuite::storage

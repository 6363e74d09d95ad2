#ifndef COMMON_STORAGE_PREPARED_H_
#define COMMON_STORAGE_PREPARED_H_

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "common/storage/database.h"
#include "common/storage/value.h"
#include "soci/soci.h"

namespace mtsuite::storage {

// A statement prepared on one connection, with the variables that SOCI binds to it. Throws SOCI's exceptions.
class Prepared final : public Row {
 public:
  Prepared(soci::session& session, Backend backend, const Statement& statement);
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;

  // Copies the parameters into place; aborts when their number or types are not the declared ones.
  void Bind(absl::Span<const Param> params);
  // Runs the statement and gives the number of rows it changed.
  int64_t Execute();
  // Runs the query; Fetch then steps to the next row and tells whether there is one.
  void Start();
  bool Fetch();

  bool IsNull(size_t column) const override;
  int64_t Int(size_t column) const override;
  std::string_view Text(size_t column) const override;
  std::string_view Bytes(size_t column) const override;

 private:
  // The variable behind one parameter or column. Its address must not change.
  struct Slot {
    explicit Slot(Type type) : type(type) {}
    Type type;
    long long number = 0;  // NOLINT(google-runtime-int): the type that SOCI exchanges
    std::string text;
    soci::indicator indicator = soci::i_ok;
  };

  const Slot& Column(size_t column, Type type) const;
  void DecodeColumns();

  const Backend backend_;
  std::deque<Slot> parameters_;
  std::deque<Slot> columns_;
  soci::statement statement_;
};

}  // namespace mtsuite::storage

#endif  // COMMON_STORAGE_PREPARED_H_

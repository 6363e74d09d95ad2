#ifndef SERVICES_MTSIM_ENGINE_SYMBOL_BOOK_H_
#define SERVICES_MTSIM_ENGINE_SYMBOL_BOOK_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "services/mtsim/engine/retcode.h"
#include "services/mtsim/engine/symbol.h"

namespace mtsuite::mtsim {

// The server's symbols in the order of their creation. Not thread-safe.
class SymbolBook {
 public:
  static constexpr size_t kSymbolsMax = 10'000;

  // Adds `symbol`, or replaces the one of that name (its id stays). kInvalidParameters when a member is out
  // of its range (see symbol.h), kConfigLimit beyond kSymbolsMax.
  Result<SymbolRef> Put(Symbol symbol);
  // kNotFound. Whether positions use it is the caller's question. The id is never used again.
  Retcode Delete(std::string_view name);

  // Null when there is none.
  SymbolRef Find(std::string_view name) const;
  // The current version of the symbol with that id, null when it was deleted.
  const SymbolRef& ById(uint32_t id) const { return by_id_[id]; }

  // By index in the order of creation, for one-by-one listing; null past the end.
  SymbolRef At(size_t index) const;
  const std::vector<SymbolRef>& all() const { return symbols_; }
  size_t size() const { return symbols_.size(); }
  // Names and masks as SymbolMaskList reads them, in the order of creation.
  std::vector<SymbolRef> Select(std::string_view masks) const;

  // The first forex symbol that quotes `base` in `profit`; null when there is none.
  SymbolRef ForexPair(std::string_view base, std::string_view profit) const;

 private:
  void Reindex();

  std::vector<SymbolRef> symbols_;
  std::vector<SymbolRef> by_id_;
  absl::flat_hash_map<std::string, SymbolRef> by_name_;
  // Base and profit currency, joined by a slash.
  absl::flat_hash_map<std::string, SymbolRef> pairs_;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_ENGINE_SYMBOL_BOOK_H_

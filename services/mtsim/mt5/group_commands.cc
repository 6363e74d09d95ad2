// Groups: GROUP_*. A manager sees only its own; the others look as if they did not exist.
#include <string>
#include <utility>
#include <vector>

#include "services/mtsim/mt5/commands.h"
#include "services/mtsim/mt5/group_json.h"
#include "services/mtsim/mt5/json_writer.h"

namespace mtsuite::mtsim {
namespace {

std::vector<const Group*> VisibleGroups(const CommandContext& context) {
  std::vector<const Group*> groups = context.engine.state().groups.Select("*");
  std::erase_if(groups, [&](const Group* group) { return !context.manager.Sees(group->name); });
  return groups;
}

Reply OneGroup(const Group& group) {
  JsonWriter json;
  WriteGroup(group, json);
  return Reply::WithBody(json.Finish());
}

}  // namespace

Reply GroupTotal(CommandContext& context, const Request&) {
  return Reply::WithParameter("TOTAL", std::to_string(VisibleGroups(context).size()));
}

Reply GroupNext(CommandContext& context, const Request& request) {
  const auto index = request.Unsigned("INDEX");
  if (!index) return Retcode::kInvalidParameters;
  const std::vector<const Group*> groups = VisibleGroups(context);
  if (*index >= groups.size()) return Retcode::kNotFound;
  return OneGroup(*groups[*index]);
}

Reply GroupGet(CommandContext& context, const Request& request) {
  const auto name = request.Text("GROUP");
  if (!name) return Retcode::kInvalidParameters;
  const Group* group = context.engine.state().groups.Find(*name);
  if (group == nullptr || !context.manager.Sees(*name)) return Retcode::kNotFound;
  return OneGroup(*group);
}

Reply GroupAdd(CommandContext& context, const Request& request) {
  if (!context.manager.Has(kConfigureMarket)) return Retcode::kNoPermission;
  const std::optional<Fields> fields = Fields::Parse(request.body);
  if (!fields) return Retcode::kInvalidParameters;
  const std::optional<std::string> name = fields->Text("Group");
  if (!name || name->empty()) return Retcode::kInvalidParameters;
  if (!context.manager.Sees(*name)) return Retcode::kNoPermission;
  const Group* existing = context.engine.state().groups.Find(*name);
  Group group = existing == nullptr ? Group() : *existing;
  ReadGroup(*fields, group);
  const Result<const Group*> stored = context.engine.PutGroup(std::move(group));
  if (!stored.ok()) return stored.retcode();
  return OneGroup(**stored);
}

Reply GroupDelete(CommandContext& context, const Request& request) {
  if (!context.manager.Has(kConfigureMarket)) return Retcode::kNoPermission;
  const auto name = request.Text("GROUP");
  if (!name) return Retcode::kInvalidParameters;
  if (!context.manager.Sees(*name)) return Retcode::kNotFound;
  return context.engine.DeleteGroup(*name);
}

}  // namespace mtsuite::mtsim

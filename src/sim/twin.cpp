#include "sim/twin.h"

#include "base/uri.h"
#include "rest/route.h"

namespace kith::sim {

namespace {

std::string part(const std::string& text) { return '/' + uri_encoded(text); }
std::string part(std::uint64_t number) { return '/' + std::to_string(number); }

// `{"name":{…}}` → `{…}`.
std::string body_of(const wire::Command& command) {
  std::string text;
  wire::write_json(wire::Command{0, command.command}, text);
  auto begin = text.find(':') + 1;
  return text.substr(begin, text.size() - begin - 1);
}

struct Twin {
  std::string method, path, query = {};
};

struct TwinOf {
  static std::string talk(const std::string& conversation) { return "/v1/conversations" + part(conversation); }
  static std::string message(const std::string& conversation, std::uint64_t seq) { return talk(conversation) + "/messages" + part(seq); }
  static std::string group(const std::string& id) { return "/v1/groups" + part(id); }
  static std::string limit(std::uint32_t count) { return "limit=" + std::to_string(count); }
  static std::string page(const std::string& page) { return page.empty() ? "" : "&page=" + uri_encoded(page); }

  Twin operator()(const wire::Send& c) const {
    if (const auto* to = std::get_if<wire::Send::To>(&c.target)) return {"POST", "/v1/users" + part(to->value) + "/messages"};
    return {"POST", talk(std::get<wire::Send::Conversation>(c.target).value) + "/messages"};
  }
  Twin operator()(const wire::GetHistory& c) const {
    std::string query = limit(c.limit);
    if (c.before != 0) query += "&before=" + std::to_string(c.before);
    if (c.after) query += "&after=" + std::to_string(*c.after);
    return {"GET", talk(c.conversation) + "/messages", query};
  }
  Twin operator()(const wire::GetConversations& c) const { return {"GET", "/v1/conversations", limit(c.limit) + page(c.page)}; }
  Twin operator()(const wire::Read& c) const { return {"PUT", talk(c.conversation) + "/read"}; }
  Twin operator()(const wire::Edit& c) const { return {"PATCH", message(c.conversation, c.seq)}; }
  Twin operator()(const wire::Delete& c) const { return {"DELETE", message(c.conversation, c.seq)}; }
  Twin operator()(const wire::React& c) const {
    return {c.remove ? "DELETE" : "PUT", message(c.conversation, c.seq) + "/reactions" + part(c.emoji)};
  }
  Twin operator()(const wire::CreateGroup&) const { return {"POST", "/v1/groups"}; }
  Twin operator()(const wire::UpdateGroup& c) const { return {"PATCH", group(c.conversation)}; }
  Twin operator()(const wire::AddMembers& c) const { return {"POST", group(c.conversation) + "/members"}; }
  Twin operator()(const wire::RemoveMember& c) const { return {"DELETE", group(c.conversation) + "/members" + part(c.user)}; }
  Twin operator()(const wire::Leave& c) const { return {"POST", group(c.conversation) + "/leave"}; }
  Twin operator()(const wire::SetRole& c) const { return {"PUT", group(c.conversation) + "/members" + part(c.user) + "/role"}; }
  Twin operator()(const wire::Clear& c) const { return {"PUT", talk(c.conversation) + "/cleared"}; }
  Twin operator()(const wire::Hide& c) const { return {"PUT", message(c.conversation, c.seq) + "/hidden"}; }
  Twin operator()(const wire::Configure& c) const { return {"PATCH", talk(c.conversation) + "/settings"}; }
  Twin operator()(const wire::Look& c) const { return {"GET", talk(c.conversation) + "/receipts"}; }
  Twin operator()(const wire::AddContact& c) const { return {"PUT", "/v1/contacts" + part(c.user)}; }
  Twin operator()(const wire::RemoveContact& c) const { return {"DELETE", "/v1/contacts" + part(c.user)}; }
  Twin operator()(const wire::Block& c) const { return {c.blocked ? "PUT" : "DELETE", "/v1/users" + part(c.user) + "/block"}; }
  Twin operator()(const wire::GetContacts& c) const { return {"GET", "/v1/contacts", limit(c.limit) + page(c.page)}; }
  Twin operator()(const wire::GetPresence&) const { return {"POST", "/v1/presence"}; }
  Twin operator()(const wire::Prefer&) const { return {"PATCH", "/v1/preferences"}; }
  Twin operator()(const wire::CreateInvite& c) const { return {"POST", group(c.conversation) + "/invites"}; }
  Twin operator()(const wire::RevokeInvite& c) const { return {"DELETE", group(c.conversation) + "/invites" + part(c.code)}; }
  Twin operator()(const wire::GetInvites& c) const { return {"GET", group(c.conversation) + "/invites"}; }
  Twin operator()(const wire::RefuseJoin& c) const { return {"DELETE", group(c.conversation) + "/waiting" + part(c.user)}; }
  Twin operator()(const wire::Join& c) const { return {"POST", "/v1/invites" + part(c.code)}; }
  template <class T>
  Twin operator()(const T&) const {
    return {};
  }
};

}  // namespace

std::optional<RestRequest> as_http(const wire::Command& command) {
  Twin twin = std::visit(TwinOf{}, command.command);
  if (twin.method.empty()) return std::nullopt;
  RestRequest request;
  request.method = std::move(twin.method);
  request.path = std::move(twin.path);
  request.query = std::move(twin.query);
  bool has_body = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (has_body) request.body = body_of(command);
  return request;
}

std::string as_frame(const RestRequest& asked, const RestResponse& response, std::uint64_t re) {
  std::string name = "error", body = response.body;
  if (response.status < 300) {
    auto matched = find_route(asked.method, asked.path);
    KITH_ASSERT(matched.line);
    name = matched.line->reply;
    if (body.empty()) body = "{}";
  }
  return "{\"re\":" + std::to_string(re) + ",\"" + name + "\":" + body + "}";
}

}  // namespace kith::sim

#include <charconv>
#include <iterator>

#include "check/history.h"

namespace kith::check {

namespace {

constexpr std::string_view kOps[] = {
    "start",        "send",        "open",           "read",  "revoke",  "history",      "list",   "edit",     "delete", "react",
    "create_group", "add",         "remove",         "leave", "role",    "update_group", "join",   "clear",    "hide",   "configure",
    "look",         "add_contact", "remove_contact", "block", "unblock", "contacts",     "prefer", "presence", "invite", "end_invite",
    "sync",         "page",        "event",          "marks", "resync",  "synced",       "final",  "mark"};
constexpr std::string_view kKinds[] = {"", "edited", "deleted", "reacted", "group"};
constexpr std::string_view kPhases[] = {"", "invoke", "ok", "fail", "info"};
constexpr std::string_view kCursors[] = {"none", "own", "foreign", "future"};

// Writes the members of one object; absent and default values are left out.
class Members {
 public:
  explicit Members(std::string& out) : out_(out) { out_ += '{'; }
  void close() { out_ += '}'; }

  void key(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    out_ += '"';
    out_ += name;
    out_ += "\":";
  }
  void text(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    key(name);
    quote(value);
  }
  template <class N>
  void number(std::string_view name, N value) {
    key(name);
    char digits[24];
    out_.append(digits, std::to_chars(std::begin(digits), std::end(digits), value).ptr);
  }
  template <class N>
  void number_if(std::string_view name, N value) {
    if (value != 0) number(name, value);
  }
  void number_if(std::string_view name, const std::optional<std::uint64_t>& value) {
    if (value) number(name, *value);
  }
  void flag(std::string_view name, bool value) {
    if (!value) return;
    key(name);
    out_ += "true";
  }
  template <class L, class F>
  void list(std::string_view name, const L& values, F write_one) {
    if (values.empty()) return;
    key(name);
    out_ += '[';
    bool first = true;
    for (const auto& value : values) {
      if (!first) out_ += ',';
      first = false;
      write_one(value);
    }
    out_ += ']';
  }

  void numbers(std::string_view name, const std::vector<std::uint64_t>& values) {
    list(name, values, [&](std::uint64_t value) { out_ += std::to_string(value); });
  }
  // A list of texts.
  void texts(std::string_view name, const std::vector<std::string_view>& values) {
    list(name, values, [&](std::string_view value) { quote(value); });
  }

 private:
  void quote(std::string_view value) {
    out_ += '"';
    for (char c : value) {
      if (static_cast<unsigned char>(c) < 0x20) {
        constexpr char kHex[] = "0123456789abcdef";
        out_ += "\\u00";
        out_ += kHex[c >> 4];
        out_ += kHex[c & 15];
      } else {
        if (c == '"' || c == '\\') out_ += '\\';
        out_ += c;
      }
    }
    out_ += '"';
  }

  std::string& out_;
  bool first_ = true;
};

void write_entry_members(const Entry& entry, Members& m, std::string& out) {
  m.number("seq", entry.seq);
  m.text("from", entry.from);
  m.text("id", entry.client_id);
  m.text("text", entry.text);
  m.number_if("details", entry.details);
  m.texts("mentions", entry.mentions);
  m.number_if("time", entry.time);
  m.number_if("n", entry.n);
  m.flag("unknown", entry.unknown);
  m.text("kind", name(entry.kind));
  m.numbers("edits", entry.edits);
  m.number_if("deleted", entry.deleted);
  m.flag("withheld", entry.withheld);
  m.list("reactions", entry.reactions, [&](const Reaction& reaction) {
    Members r(out);
    r.text("emoji", reaction.emoji);
    r.texts("users", reaction.users);
    r.close();
  });
  m.number_if("target", entry.target);
  m.flag("removed", entry.removed);
  m.text("what", entry.what);
  m.texts("users", entry.users);
  m.text("role", entry.role);
}

void write_entries(const std::vector<Entry>& entries, Members& m, std::string& out) {
  m.list("entries", entries, [&](const Entry& entry) {
    Members e(out);
    write_entry_members(entry, e, out);
    e.close();
  });
}

void write_page(const Operation& o, Members& m, std::string& out) {
  m.number("from", o.from);
  m.number("to", o.end);
  m.list("changes", o.changes, [&](const Change& change) {
    Members c(out);
    c.text("conv", change.conversation);
    c.number_if("from", change.from);
    c.number_if("to", change.to);
    c.number_if("read", change.read);
    c.number_if("cleared", change.cleared);
    c.numbers("hidden", change.hidden);
    c.text("settings", change.settings);
    write_entries(change.entries, c, out);
    c.close();
  });
}

void write_contacts(const Operation& o, Members& m, std::string& out) {
  m.list("contacts", o.contacts, [&](const Contact& contact) {
    Members c(out);
    c.text("user", contact.user);
    c.text("state", contact.state);
    c.close();
  });
}

// What a call or an event says beside the rest: about the user alone, and about other users.
void write_own(const Operation& o, Members& m, std::string& out) {
  m.number_if("read", o.mark);
  m.number_if("cleared", o.cleared);
  m.number_if("hidden", o.hidden);
  m.text("settings", o.settings);
  m.flag("other", o.other);
  if (o.contact) {
    m.text("contact", o.contact->user);
    m.text("state", o.contact->state);
  }
  m.text("reads", o.reads);
  m.text("presence", o.presence);
  m.flag("approval", o.approval);
  m.flag("waiting", o.waiting);
  m.flag("late", o.late);
  m.flag("alone", o.alone);
  m.list("marks", o.marks, [&](const Mark& mark) {
    Members k(out);
    k.text("user", mark.user);
    k.number_if("delivered", mark.delivered);
    k.number_if("read", mark.read);
    k.close();
  });
}

}  // namespace

std::string_view name(Op op) { return kOps[static_cast<std::size_t>(op)]; }
std::string_view name(Kind kind) { return kKinds[static_cast<std::size_t>(kind)]; }
std::string_view name(Phase phase) { return kPhases[static_cast<std::size_t>(phase)]; }
std::string_view name(Cursor cursor) { return kCursors[static_cast<std::size_t>(cursor)]; }

void write(const Operation& o, std::string& out) {
  Members m(out);
  m.number("t", o.t);
  m.text("p", o.process);
  m.text("op", name(o.op));
  m.text("phase", name(o.phase));
  m.number_if("call", o.call);
  m.text("user", o.user);
  m.text("device", o.device);
  m.text("conv", o.conversation);
  m.text("to", o.to);
  m.text("id", o.client_id);
  m.text("text", o.text);
  m.number_if("details", o.details);
  m.texts("mentions", o.mentions);
  m.number_if("base", o.base);
  m.number_if("seq", o.seq);
  m.number_if("time", o.time);
  m.flag("repeated", o.repeated);
  m.flag("removed", o.removed);
  m.texts("users", o.users);
  m.text("role", o.role);
  m.text(o.op == Op::resync ? "reason" : o.op == Op::mark ? "name" : "code", o.code);
  if (o.op == Op::sync && o.phase == Phase::invoke) m.text("cursor", name(o.cursor));
  m.number_if("useq", o.useq);
  m.number_if("before", o.before);
  m.number_if("after", o.after);
  m.number_if("limit", o.limit);
  m.flag("final", o.final);
  m.flag("next", o.next);
  m.number_if("head", o.head);
  if (o.op == Op::history && o.from != 0) {
    m.number("from", o.from);
    m.number("to", o.end);
  }
  m.flag("more", o.more);
  write_own(o, m, out);
  if (o.op == Op::page) write_page(o, m, out);
  if (o.op == Op::event) {
    if (!o.entries.empty()) write_entry_members(o.entries.front(), m, out);
  } else {
    write_entries(o.entries, m, out);
  }
  m.list("items", o.items, [&](const Item& item) {
    Members i(out);
    i.text("conv", item.conversation);
    i.number_if("head", item.head);
    i.number_if("read", item.read);
    write_entries(item.entries, i, out);
    i.text("title", item.title);
    i.number_if("cleared", item.cleared);
    i.text("settings", item.settings);
    i.close();
  });
  write_contacts(o, m, out);
  m.close();
  out += '\n';
}

}  // namespace kith::check

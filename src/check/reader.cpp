#include <simdjson.h>

#include <istream>

#include "check/history.h"

namespace kith::check {

namespace {

namespace json = simdjson::dom;

// Collects the first thing that is wrong with a line.
struct Line {
  Operation& operation;
  Entry entry;  // Fields of an entry that stand at the top of an `event` line.
  bool has_t = false;
  bool has_process = false;
  bool has_op = false;
  bool has_seq = false;
  bool has_cursor = false;
  std::string wrong;

  void say(std::string_view key, std::string_view what) {
    if (wrong.empty()) wrong = "\"" + std::string(key) + "\" " + std::string(what);
  }
};

void take(Line& line, std::string_view key, json::element value, std::string_view& to) {
  if (value.get_string().get(to)) line.say(key, "is not a string");
}

void take(Line& line, std::string_view key, json::element value, std::uint64_t& to) {
  if (value.get_uint64().get(to)) line.say(key, "is not an unsigned number");
}

void take(Line& line, std::string_view key, json::element value, std::optional<std::uint64_t>& to) { take(line, key, value, to.emplace()); }

void take(Line& line, std::string_view key, json::element value, std::int64_t& to) {
  if (value.get_int64().get(to)) line.say(key, "is not a whole number");
}

void take(Line& line, std::string_view key, json::element value, bool& to) {
  if (value.get_bool().get(to)) line.say(key, "is neither true nor false");
}

// One of the names of an enumeration whose first value is `first` and last is `last`.
template <class E>
void take(Line& line, std::string_view key, json::element value, E& to, E first, E last) {
  std::string_view text;
  take(line, key, value, text);
  for (auto i = static_cast<int>(first); i <= static_cast<int>(last); ++i) {
    if (name(static_cast<E>(i)) == text) {
      to = static_cast<E>(i);
      return;
    }
  }
  line.say(key, "is unknown: " + std::string(text));
}

template <class F>
void elements(Line& line, std::string_view key, json::element value, F each) {
  json::array array;
  if (value.get_array().get(array)) return line.say(key, "is not a list");
  for (json::element element : array) {
    each(element);
    if (!line.wrong.empty()) return;
  }
}

template <class T>
void take(Line& line, std::string_view key, json::element value, std::vector<T>& to) {
  elements(line, key, value, [&](json::element element) { take(line, key, element, to.emplace_back()); });
}

// Calls `each(key, value)` for the fields of an object.
template <class F>
void fields(Line& line, std::string_view key, json::element value, F each) {
  json::object object;
  if (value.get_object().get(object)) return line.say(key, "is not an object");
  for (json::key_value_pair field : object) {
    each(field.key, field.value);
    if (!line.wrong.empty()) return;
  }
}

// What only a message has besides its text, what it does not have, and what later entries made of one. False: not of these.
bool take_changed(Line& line, std::string_view key, json::element value, Entry& to) {
  if (key == "kind") {
    take(line, key, value, to.kind, Kind::edited, Kind::group);
  } else if (key == "details") {
    take(line, key, value, to.details);
  } else if (key == "mentions") {
    take(line, key, value, to.mentions);
  } else if (key == "edits") {
    take(line, key, value, to.edits);
  } else if (key == "deleted") {
    take(line, key, value, to.deleted);
  } else if (key == "withheld") {
    take(line, key, value, to.withheld);
  } else if (key == "target") {
    take(line, key, value, to.target);
  } else if (key == "removed") {
    take(line, key, value, to.removed);
  } else if (key == "what") {
    take(line, key, value, to.what);
  } else if (key == "users") {
    take(line, key, value, to.users);
  } else if (key == "role") {
    take(line, key, value, to.role);
  } else if (key == "reactions") {
    elements(line, key, value, [&](json::element element) {
      Reaction& reaction = to.reactions.emplace_back();
      fields(line, "reactions", element, [&](std::string_view k, json::element v) {
        if (k == "emoji") take(line, k, v, reaction.emoji);
        if (k == "users") take(line, k, v, reaction.users);
      });
    });
  } else {
    return false;
  }
  return true;
}

// What an entry of its kind cannot do without.
void complete(Line& line, const Entry& entry) {
  bool about_message = entry.kind == Kind::edited || entry.kind == Kind::deleted || entry.kind == Kind::reacted;
  if (about_message && entry.target == 0) line.say("target", "is missing");
  if (entry.kind == Kind::group && entry.what.empty()) line.say("what", "is missing");
}

void take_entries(Line& line, json::element value, std::vector<Entry>& to) {
  elements(line, "entries", value, [&](json::element element) {
    Entry& entry = to.emplace_back();
    fields(line, "entries", element, [&](std::string_view key, json::element v) {
      if (key == "seq") take(line, key, v, entry.seq);
      if (key == "from") take(line, key, v, entry.from);
      if (key == "id") take(line, key, v, entry.client_id);
      if (key == "text") take(line, key, v, entry.text);
      if (key == "time") take(line, key, v, entry.time);
      if (key == "n") take(line, key, v, entry.n);
      if (key == "unknown") take(line, key, v, entry.unknown);
      take_changed(line, key, v, entry);
    });
    if (entry.seq == 0) line.say("seq", "is missing or 0 in \"entries\"");
    complete(line, entry);
  });
}

void take_changes(Line& line, json::element value, std::vector<Change>& to) {
  elements(line, "changes", value, [&](json::element element) {
    Change& change = to.emplace_back();
    fields(line, "changes", element, [&](std::string_view key, json::element v) {
      if (key == "conv") take(line, key, v, change.conversation);
      if (key == "from") take(line, key, v, change.from);
      if (key == "to") take(line, key, v, change.to);
      if (key == "read") take(line, key, v, change.read);
      if (key == "cleared") take(line, key, v, change.cleared);
      if (key == "hidden") take(line, key, v, change.hidden);
      if (key == "settings") take(line, key, v, change.settings);
      if (key == "entries") take_entries(line, v, change.entries);
    });
    if (change.conversation.empty()) line.say("conv", "is missing in \"changes\"");
  });
}

void take_items(Line& line, json::element value, std::vector<Item>& to) {
  elements(line, "items", value, [&](json::element element) {
    Item& item = to.emplace_back();
    fields(line, "items", element, [&](std::string_view key, json::element v) {
      if (key == "conv") take(line, key, v, item.conversation);
      if (key == "head") take(line, key, v, item.head);
      if (key == "read") take(line, key, v, item.read);
      if (key == "entries") take_entries(line, v, item.entries);
      if (key == "title") take(line, key, v, item.title);
      if (key == "cleared") take(line, key, v, item.cleared);
      if (key == "settings") take(line, key, v, item.settings);
    });
    if (item.conversation.empty()) line.say("conv", "is missing in \"items\"");
  });
}

void take_marks(Line& line, json::element value, std::vector<Mark>& to) {
  elements(line, "marks", value, [&](json::element element) {
    Mark& mark = to.emplace_back();
    fields(line, "marks", element, [&](std::string_view key, json::element v) {
      if (key == "user") take(line, key, v, mark.user);
      if (key == "delivered") take(line, key, v, mark.delivered);
      if (key == "read") take(line, key, v, mark.read);
    });
    if (mark.user.empty()) line.say("user", "is missing in \"marks\"");
  });
}

void take_contacts(Line& line, json::element value, std::vector<Contact>& to) {
  elements(line, "contacts", value, [&](json::element element) {
    Contact& contact = to.emplace_back();
    fields(line, "contacts", element, [&](std::string_view key, json::element v) {
      if (key == "user") take(line, key, v, contact.user);
      if (key == "state") take(line, key, v, contact.state);
    });
    if (contact.user.empty()) line.say("user", "is missing in \"contacts\"");
  });
}

// What every line has.
bool take_common(Line& line, std::string_view key, json::element value) {
  Operation& o = line.operation;
  if (key == "t") {
    line.has_t = true;
    take(line, key, value, o.t);
  } else if (key == "p") {
    line.has_process = true;
    take(line, key, value, o.process);
  } else if (key == "op") {
    line.has_op = true;
    take(line, key, value, o.op, Op::start, Op::mark);
  } else if (key == "phase") {
    take(line, key, value, o.phase, Phase::invoke, Phase::info);
  } else if (key == "call") {
    take(line, key, value, o.call);
  } else {
    return false;
  }
  return true;
}

bool take_numbers(Line& line, std::string_view key, json::element value) {
  Operation& o = line.operation;
  if (key == "seq") {
    line.has_seq = true;
    take(line, key, value, o.seq);
  } else if (key == "time") {
    take(line, key, value, o.time);
  } else if (key == "n") {
    take(line, key, value, line.entry.n);
  } else if (key == "useq") {
    take(line, key, value, o.useq);
  } else if (key == "read") {
    take(line, key, value, o.mark);
  } else if (key == "base") {
    take(line, key, value, o.base);
  } else if (key == "before") {
    take(line, key, value, o.before);
  } else if (key == "after") {
    take(line, key, value, o.after);
  } else if (key == "limit") {
    take(line, key, value, o.limit);
  } else if (key == "head") {
    take(line, key, value, o.head);
  } else {
    return false;
  }
  return true;
}

bool take_flags(Line& line, std::string_view key, json::element value) {
  Operation& o = line.operation;
  if (key == "repeated") {
    take(line, key, value, o.repeated);
  } else if (key == "more") {
    take(line, key, value, o.more);
  } else if (key == "final") {
    take(line, key, value, o.final);
  } else if (key == "next") {
    take(line, key, value, o.next);
  } else if (key == "unknown") {
    take(line, key, value, line.entry.unknown);
  } else if (key == "alone") {
    take(line, key, value, o.alone);
  } else if (key == "other") {
    take(line, key, value, o.other);
  } else if (key == "approval") {
    take(line, key, value, o.approval);
  } else if (key == "waiting") {
    take(line, key, value, o.waiting);
  } else if (key == "late") {
    take(line, key, value, o.late);
  } else {
    return false;
  }
  return true;
}

// What is about the user alone, or about other users.
bool take_own(Line& line, std::string_view key, json::element value) {
  Operation& o = line.operation;
  if (key == "cleared") {
    take(line, key, value, o.cleared);
  } else if (key == "hidden") {
    take(line, key, value, o.hidden);
  } else if (key == "settings") {
    take(line, key, value, o.settings);
  } else if (key == "reads") {
    take(line, key, value, o.reads);
  } else if (key == "presence") {
    take(line, key, value, o.presence);
  } else if (key == "marks") {
    take_marks(line, value, o.marks);
  } else if (key == "contacts") {
    take_contacts(line, value, o.contacts);
  } else if (key == "contact") {
    if (!o.contact) o.contact.emplace();
    take(line, key, value, o.contact->user);
  } else if (key == "state") {
    if (!o.contact) o.contact.emplace();
    take(line, key, value, o.contact->state);
  } else {
    return false;
  }
  return true;
}

void take_rest(Line& line, std::string_view key, json::element value) {
  Operation& o = line.operation;
  if (key == "conv") {
    take(line, key, value, o.conversation);
  } else if (key == "id") {
    take(line, key, value, o.client_id);
  } else if (key == "text") {
    take(line, key, value, o.text);
  } else if (key == "from") {  // The sender of an event, or the begin of a page.
    value.is_string() ? take(line, key, value, line.entry.from) : take(line, key, value, o.from);
  } else if (key == "to") {  // The other user of a send, or the end of a page.
    value.is_string() ? take(line, key, value, o.to) : take(line, key, value, o.end);
  } else if (key == "user") {
    take(line, key, value, o.user);
  } else if (key == "device") {
    take(line, key, value, o.device);
  } else if (key == "code" || key == "reason" || key == "name") {
    take(line, key, value, o.code);
  } else if (key == "cursor") {
    line.has_cursor = true;
    take(line, key, value, o.cursor, Cursor::none, Cursor::future);
  } else if (key == "entries") {
    take_entries(line, value, o.entries);
  } else if (key == "changes") {
    take_changes(line, value, o.changes);
  } else if (key == "items") {
    take_items(line, value, o.items);
  }
}

bool is_call(Op op) { return op >= Op::send && op <= Op::sync; }

// What a line of its kind cannot do without.
void complete(Line& line) {
  Operation& o = line.operation;
  if (!line.has_t) line.say("t", "is missing");
  if (!line.has_op) line.say("op", "is missing");
  if (!line.has_process && o.op != Op::mark) line.say("p", "is missing");
  if (is_call(o.op) && o.phase == Phase::none) line.say("phase", "is missing");
  if (!is_call(o.op) && o.phase != Phase::none) line.say("phase", "is only for calls");
  bool invoke = o.phase == Phase::invoke;
  bool ok = o.phase == Phase::ok;
  if ((o.op == Op::start || (o.op == Op::revoke && invoke)) && o.user.empty()) line.say("user", "is missing");
  if ((o.op == Op::start || (o.op == Op::revoke && invoke)) && o.device.empty()) line.say("device", "is missing");
  if ((o.op == Op::send || o.op == Op::create_group) && invoke && o.client_id.empty()) line.say("id", "is missing");
  if (o.op == Op::send && invoke && o.conversation.empty() == o.to.empty()) line.say("conv", "or \"to\" must be given, not both");
  if (o.op == Op::open && invoke && o.to.empty()) line.say("to", "is missing");
  bool about_message = o.op == Op::edit || o.op == Op::erase || o.op == Op::react;
  bool names_conversation = o.op == Op::read || o.op == Op::history || o.op == Op::invite || o.op == Op::end_invite ||
                            (o.op >= Op::edit && o.op <= Op::look && o.op != Op::create_group && o.op != Op::join);
  bool of_conversation = ((o.op == Op::send || o.op == Op::open || o.op == Op::create_group) && ok) || (names_conversation && invoke);
  bool about_place = about_message || o.op == Op::read || o.op == Op::clear || o.op == Op::hide;
  bool needs_none = o.op == Op::event && (o.contact || o.other);
  if ((of_conversation || o.op == Op::event || o.op == Op::marks) && o.conversation.empty() && !needs_none) line.say("conv", "is missing");
  if (((o.op == Op::send && ok) || (about_place && invoke)) && o.seq == 0) line.say("seq", "is missing or 0");
  int brings = (o.seq != 0) + (o.mark != 0) + (o.cleared != 0) + (o.hidden != 0) + !o.settings.empty() + o.contact.has_value() + o.other;
  if (o.op == Op::event && brings != 1) line.say("seq", "or one other thing that the event brings must be given, not more");
  if (o.op >= Op::add_contact && o.op <= Op::unblock && invoke && o.user.empty()) line.say("user", "is missing");
  if (((o.op == Op::join && invoke) || (o.op == Op::invite && ok) || (o.op == Op::end_invite && invoke)) && o.code.empty())
    line.say("code", "is missing");
  bool of_users = o.op == Op::add || o.op == Op::remove || o.op == Op::role;
  if (of_users && invoke && line.entry.users.empty()) line.say("users", "is missing");
  if (o.op == Op::history && o.before && o.after) line.say("before", "and \"after\" exclude each other");
  if (o.op == Op::mark && o.code.empty()) line.say("name", "is missing");
}

}  // namespace

struct Reader::Parser {
  json::parser parser;
};

Reader::Reader(std::istream& input, std::uint32_t file) : input_(input), file_(file), parser_(std::make_unique<Parser>()) {}
Reader::~Reader() = default;

bool Reader::next(Operation& operation) {
  if (!error_.empty()) return false;
  do {
    if (!std::getline(input_, text_)) {
      if (input_.bad()) error_ = "reading failed after line " + std::to_string(line_);
      return false;
    }
    ++line_;
  } while (text_.find_first_not_of(" \t\r") == std::string::npos);
  operation = Operation{};
  operation.line = line_;
  operation.file = file_;
  text_.reserve(text_.size() + simdjson::SIMDJSON_PADDING);

  Line line{operation, {}};
  json::element document;
  if (parser_->parser.parse(text_.data(), text_.size(), false).get(document)) {
    line.say("line", "is not valid JSON");
  } else {
    fields(line, "line", document, [&](std::string_view key, json::element value) {
      if (take_common(line, key, value) || take_numbers(line, key, value) || take_flags(line, key, value)) return;
      if (take_changed(line, key, value, line.entry) || take_own(line, key, value)) return;
      take_rest(line, key, value);
    });
  }
  complete(line);
  bool is_entry = operation.op == Op::event && operation.seq != 0;
  if (is_entry) complete(line, line.entry);
  if (line.has_t && operation.t < last_t_) line.say("t", "goes back");
  if (!line.wrong.empty()) {
    error_ = "line " + std::to_string(line_) + ": " + line.wrong;
    return false;
  }
  last_t_ = operation.t;
  if (operation.op == Op::sync && !line.has_cursor && operation.useq) operation.cursor = Cursor::own;
  if (!is_entry) {
    operation.users = std::move(line.entry.users);
    operation.details = line.entry.details;
    operation.mentions = std::move(line.entry.mentions);
    operation.role = line.entry.role;
    operation.removed = line.entry.removed;
  } else {
    line.entry.seq = operation.seq;
    line.entry.client_id = operation.client_id;
    line.entry.text = operation.text;
    line.entry.time = operation.time;
    operation.entries.push_back(std::move(line.entry));
    operation.seq = 0;
    operation.client_id = operation.text = {};
    operation.time = 0;
  }
  return true;
}

}  // namespace kith::check

// sim/device.h — One simulated device: speaks the protocol as docs/protocol.md tells it, writes down what it did and saw, and does at
// random what devices do: reconnects, dies, comes back with an old cursor, sends twice, reads slowly.
//
// What it remembers between two of its processes is what docs/protocol.md asks a device to remember: cursor, useq, unsent messages with
// their ids and bases, and the head that it knew of each conversation.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "check/checker.h"
#include "sim/exchange.h"
#include "sim/machine.h"
#include "wire/json_reader.h"
#include "wire/wire.gen.h"

namespace kith::sim {

// Where histories go: to the checker, and to a file if one is wanted.
class Recorder {
 public:
  explicit Recorder(World& world) : world_(world) {}
  void add(check::Operation operation);
  void mark(std::string_view what);
  // For what the checker of histories does not judge.
  void violation(std::string sentence);

  check::Checker checker;
  std::string* lines = nullptr;
  std::vector<std::string> violations;
  std::uint64_t acked = 0;
  // Messages that somebody asked to edit or to delete: then any text under their client ids is answered.
  std::set<std::pair<std::string, std::uint64_t>> changed;
  // A link into a group, which people pass on among themselves.
  struct Link {
    std::string group, code;
    WallTime expires;
    bool ended = false;  // Confirmed.
  };
  std::vector<Link> invites;

 private:
  World& world_;
};

struct DeviceOptions {
  double actions_per_second = 1;
  WireOptions wire;
  bool mischief = true;  // Foreign cursors, repeats of frames, reused ids.
  double polls = 0;      // How likely a connection is none, but long polling and plain requests …
  double details = 0;    // … and that a message has more than a text.
};

class Device final : private Client {
 public:
  Device(World& world, Machine& machine, Recorder& recorder, std::string user, std::string device, std::vector<std::string> others,
         DeviceOptions options);
  ~Device() override;

  void start();  // A new process of it; connects and acts on its own.
  void kill();
  bool running() const { return loop_ != nullptr; }
  void cut();
  void revoke();  // Its user ends it from elsewhere; it must go silent and never comes back.
  bool revoked() const { return revoked_; }

  // From now on it starts nothing new and sends what is unsent; when that is done and the server is quiet, it reads everything once more.
  void wind_up();
  bool wound_up() const { return revoked_ || (synced_ && outbox_.empty() && wishes_.empty() && !owes_list_); }
  void read_finally();
  bool finished() const { return revoked_ || finished_; }
  std::string why_unfinished() const;

  // For stories: one action by hand.
  void poll_from_now_on();
  void change_transport();  // In the middle of whatever it does.
  void ask_history(const std::string& conversation) { do_history(conversation, 0, std::nullopt, 100, false); }
  void clear(const std::string& conversation, std::uint64_t seq);
  void hide(const std::string& conversation, std::uint64_t seq);
  void look(const std::string& conversation, bool final = false);
  void add_contact(const std::string& user, bool add = true);
  void block(const std::string& user, bool block = true);
  const std::map<std::string, std::string>& contacts() const { return contacts_; }
  void say(const std::string& to, std::string text);
  void read(const std::string& conversation, std::uint64_t seq) { do_read(conversation, seq); }
  void edit(const std::string& conversation, std::uint64_t seq, const std::string& text);
  void erase(const std::string& conversation, std::uint64_t seq);
  void make_group(std::string title, std::vector<std::string> members);
  void admit(const std::string& group, std::vector<std::string> users);
  void expel(const std::string& group, const std::string& user);
  void flood(const std::string& group, std::uint64_t count);  // Messages at once, if it knows the group.
  // A group of its own, and somebody in it.
  std::optional<std::pair<std::string, std::string>> one_to_expel();
  bool synced() const { return synced_; }
  // As it knows it; empty: nothing, or deleted.
  std::string text(const std::string& conversation, std::uint64_t seq);
  std::string first_group() const { return groups_.empty() ? std::string() : groups_.begin()->first; }
  std::string conversation_with(const std::string& user) { return by_user_[user]; }
  std::size_t unsent() const { return outbox_.size(); }
  const std::map<std::string, std::map<std::uint64_t, std::string>>& seen() const { return seen_; }

 private:
  struct Outgoing {
    std::string client_id, to, conversation, text;
    // Besides the text, the same at every attempt.
    std::uint64_t reply_to = 0;
    std::vector<std::string> mentions = {};
    std::vector<wire::Attachment> attachments = {};
    std::string kind = {}, data = {};
    std::optional<std::uint64_t> base;
    std::uint64_t call = 0;     // Of the attempt on this connection; 0: none.
    bool spoiled = false;       // A reused id: must be refused.
    std::uint64_t made_at = 0;  // total_seen_ when it was written.
  };
  struct Call {
    check::Op op = check::Op::mark;
    bool final = false;
    bool unrecorded = false;        // Not part of the history.
    bool whole = false;             // A list that a resync asked for: to be read to its end.
    std::string conversation = {};  // Of a change …
    std::uint64_t target = 0;       // … and the message.
    std::string user = {};          // Of a wish about another user.
    // Of a link: by the two clocks when it was asked for, and what it was asked for.
    Instant asked = {};
    WallTime wall = {};
    WallTime expires = {};
    std::string code = {};
    std::set<std::string> ended = {};  // The links that had been ended by then.
  };
  struct Item {
    std::uint64_t head = 0, read = 0, unread = 0, cleared = 0;
    std::string title = {};
    std::string_view settings = {};
  };
  struct Text {
    std::string from, text;
    std::uint64_t version = 0;  // The edit that it is from.
    bool deleted = false;
  };
  struct Group {
    std::set<std::string> members;
    std::uint64_t known = 0;   // The newest entry that `members` contains.
    std::uint64_t joined = 0;  // The entry with which this user came in last.
    bool own = false;
  };
  struct NewGroup {
    std::string client_id, title;
    std::vector<std::string> members;
  };

  // Client
  void frame(std::string_view frame) override;
  void closed(Code reason) override;

  void connect();
  void connect_later();
  void poll();
  void polled(std::uint64_t call, std::optional<RestResponse> response);
  void poll_later();
  void request(std::uint64_t call, RestRequest request);
  void answered(std::uint64_t call, const RestRequest& asked, std::optional<RestResponse> response);
  void take(std::string_view frame);
  wire::Auth present(check::Operation& invoke);
  void drop_exchanges();
  void lose_connection();
  std::uint64_t command(wire::Command command);
  void sync();
  void act_later();
  void act();
  void send_new();
  std::string new_text();
  void post(Outgoing outgoing);
  void dress(Outgoing& outgoing);
  std::uint64_t one_to_answer(const std::string& conversation);
  static wire::Send as_command(const Outgoing& outgoing);
  void say_in(const std::string& conversation, std::string text);
  void send_to_group();
  void change(check::Operation invoke, const wire::Command& what);
  void react(const std::string& conversation, std::uint64_t seq, const std::string& emoji, bool remove);
  void change_something();
  void create_group(const NewGroup& group);
  void make_group();
  void leave(const std::string& group);
  void do_group();
  void do_join();
  void do_invite(const std::string& group);
  void list_invites(const std::string& group);
  bool surely_past(const Call& call, WallTime end) const;
  void change_permissions(const std::string& group);
  void invoke_own(check::Operation invoke, const wire::Command& what);
  void configure(const std::string& conversation);
  void do_own();
  void do_social();
  void prefer();
  void list_contacts(std::string page, bool final);
  void wish(const std::string& user, check::Op what);
  void unblock_if_due();
  void repeat_wishes();
  void wish_over(const Call& call);
  void final_done();
  bool counts_whole(const std::string& conversation, std::uint64_t floor, std::uint64_t head) const;
  void apply(const check::Entry& entry, const std::string& conversation);
  void apply_group(const check::Entry& entry, const std::string& conversation);
  void attempt(Outgoing& outgoing);
  void attempt_once(Outgoing& outgoing);
  void resend();
  void do_read(const std::string& conversation, std::uint64_t seq);
  void do_history(const std::string& conversation, std::uint64_t before, std::optional<std::uint64_t> after, std::uint32_t limit,
                  bool final);
  void do_list(std::string page, bool whole = false);
  void list_if_owed();
  void look_finished();
  void check_unread();
  void check_reused();

  void on(std::uint64_t re, wire::Ready& ready);
  void on(std::uint64_t re, wire::Sent& sent);
  void on(std::uint64_t re, wire::History& history);
  void on(std::uint64_t re, wire::Conversations& conversations);
  void on(std::uint64_t re, wire::Done& done);
  void on(std::uint64_t re, wire::Changed& changed);
  void on(std::uint64_t re, wire::Group& group);
  void on(std::uint64_t re, wire::Error& error);
  void on(std::uint64_t re, wire::Event& event);
  void on(std::uint64_t re, wire::Page& page);
  void on(std::uint64_t re, wire::Resync& resync);
  void on(std::uint64_t re, wire::Synced& synced);
  void on(std::uint64_t re, wire::Receipts& receipts);
  void on(std::uint64_t re, wire::Contacts& contacts);
  void on(std::uint64_t re, wire::Presences& presences);
  void on(std::uint64_t re, wire::Preferences& preferences);
  void on(std::uint64_t re, wire::Invite& invite);
  void on(std::uint64_t re, wire::Invites& invites);
  void on(std::uint64_t re, wire::Typing& typing);
  template <class T>
  void on(std::uint64_t, T&) {}

  check::Operation operation(check::Op op, check::Phase phase, std::uint64_t call = 0) const;
  std::optional<check::Entry> seen(const wire::Entry& entry, const std::string& conversation);
  void know(const std::string& conversation, std::uint64_t head);

  World& world_;
  Machine& machine_;
  Recorder& recorder_;
  const std::string user_, device_;
  const std::vector<std::string> others_;
  DeviceOptions options_;

  // ---- remembered
  std::string cursor_;
  std::uint64_t useq_ = 0;
  std::vector<std::pair<std::string, std::uint64_t>> old_positions_;
  std::deque<Outgoing> outbox_;
  std::map<std::string, std::uint64_t> heads_;                        // Of conversations, as far as known.
  std::map<std::string, std::string> by_user_;                        // The conversation with a user, once known.
  std::map<std::string, std::map<std::uint64_t, std::string>> seen_;  // Sender of each message, for the unread count.
  std::map<std::string, std::map<std::uint64_t, Text>> texts_;
  std::map<std::string, Group> groups_;
  std::vector<NewGroup> made_;
  std::map<std::string, std::string> contacts_;  // State, by user.
  // Whom to add as contacts or to remove, whom to block (true) or to unblock: until that is answered.
  std::map<std::pair<std::string, bool>, check::Op> wishes_;
  std::map<std::string, Instant> unblock_at_;                  // Whom it blocked a moment ago.
  std::vector<std::pair<std::string, std::uint64_t>> reused_;  // Messages whose ids were acked for another text.
  std::uint64_t total_seen_ = 0;                               // Highest head of any conversation: bounds how far one may have moved on.
  bool owes_list_ = false;                                     // After a resync, until all conversations were listed.
  bool moved_ = false;  // A conversation moved in the list while it was read, and nothing but its read mark was told.
  bool revoked_ = false;

  // ---- of the process
  std::unique_ptr<SimLoop> loop_;
  wire::JsonReader reader_;
  std::uint64_t processes_ = 0, next_call_ = 1;
  std::string process_;
  std::shared_ptr<Wire> wire_;  // None while it polls.
  std::map<std::uint64_t, Call> calls_;
  std::map<std::uint64_t, std::shared_ptr<Exchange>> exchanges_;  // By call.
  std::set<std::string> looked_at_;                               // On this connection.
  Duration backoff_ = 100ms;
  Timer act_, reconnect_, silence_;
  bool polling_ = false;
  bool ready_ = false, synced_ = false;
  bool winding_up_ = false, reading_finally_ = false, finished_ = false;
  int final_reads_ = -1;  // Outstanding; -1: not begun.
  std::map<std::string, Item> final_items_;
  std::map<std::string, std::set<std::uint64_t>> final_seqs_;
};

}  // namespace kith::sim

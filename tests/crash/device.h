// tests/crash/device.h — One device of a user that writes much, believes nothing, and lives through the death of the server.
//
// It speaks the protocol as docs/protocol.md tells it, not through the client library, whose care could hide a mistake of the server. It
// keeps what a device must keep: cursor and position, unsent messages with their ids and bases, the heads that it knew.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/websocket_link.h"
#include "tests/crash/poller.h"
#include "tests/crash/recorder.h"
#include "wire/json_reader.h"
#include "wire/wire.gen.h"

namespace kith::crash {

using Dice = std::mt19937_64;

// What all devices share.
struct World {
  Loop& loop;
  Recorder& recorder;
  Dice& dice;
  WebSocketLinks* links = nullptr;  // Null while the server is down.
  ServerAddress server = {};
  double messages_per_s = 0;  // Of one device.
  bool calm = false;          // Nothing new is begun: only what is unsent is sent.
  wire::JsonReader reader = {};

  std::uint64_t below(std::uint64_t bound) { return std::uniform_int_distribution<std::uint64_t>(0, bound - 1)(dice); }
  Duration between(Duration low, Duration high) {
    return low + Duration(static_cast<std::int64_t>(below(static_cast<std::uint64_t>((high - low).count()) + 1)));
  }
};

class Device final : private LinkUser {
 public:
  // `may_poll`: half of its connections are none, but long polling and a request for each command.
  Device(World& world, std::string user, std::string device, std::string token, std::vector<std::string> partners, bool may_poll);
  ~Device() = default;
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  void owns_group(std::vector<std::string> members);                      // It makes one, and writes to it as everybody in it does.
  void blocks(std::string stranger) { stranger_ = std::move(stranger); }  // Now and then. They never write to each other.
  void begin();                                                           // Its process.
  void server_up();                                                       // Connects within the next 100 ms.
  void go();  // Acts from now on, whether there is a server or not. All users must be known to the server by then.
  bool connected() const { return link_ != nullptr || poller_ != nullptr; }

  // In the end.
  bool settled() const { return synced_ && outbox_.empty(); }
  void read_finally();
  bool finished() const { return finished_; }
  std::string state() const;

 private:
  struct Outgoing {
    std::string client_id, to, conversation, text;  // Either of `to` and `conversation`.
    std::uint64_t base = 0;
    std::uint64_t call = 0;  // Of the attempt on this connection; 0: none.
  };
  struct Call {
    check::Op op = check::Op::mark;
    bool final = false;
  };
  struct Item {
    std::uint64_t head = 0, read = 0, cleared = 0;
    std::string title = {};
    std::string_view settings = {};
  };

  void opened() override;
  void received(std::string_view frame) override;
  void closed(LinkEnd end) override;

  void connect_later(Duration most);
  void lose_connection();
  void take(std::string_view frame);
  void poll();
  void polled(std::uint64_t call, std::optional<RestResponse> response);
  void answered(std::uint64_t call, const RestRequest& asked, std::optional<RestResponse> response);
  std::uint64_t command(wire::Command command);
  check::Operation operation(check::Op op, check::Phase phase, std::uint64_t call = 0) const;
  std::uint64_t invoke(check::Operation& operation, wire::Command command);

  void act_later();
  void act();
  void write_some();
  void attempt(Outgoing& outgoing);
  void resend();
  void acknowledged(const std::string& conversation, std::uint64_t seq);
  void make_group();
  void change_something();
  void read_mark();
  void do_own();
  void look(const std::string& conversation, bool final);
  void list_contacts(std::string page, bool final);
  void final_done();
  void history(const std::string& conversation, std::uint64_t before, std::optional<std::uint64_t> after, bool final);
  void list(std::string page);
  void finish();
  void know(const std::string& conversation, std::uint64_t head);

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
  void on(std::uint64_t, wire::Hello&) {}
  void on(std::uint64_t, wire::Goaway&) {}
  template <class T>
  void on(std::uint64_t re, T& unexpected);

  World& world_;
  const std::string user_, device_, token_, process_;
  const std::vector<std::string> partners_;
  std::string stranger_;
  const bool may_poll_;

  std::string cursor_;
  std::uint64_t useq_ = 0;
  std::deque<Outgoing> outbox_;
  std::map<std::string, std::uint64_t> heads_;  // By conversation.
  std::map<std::string, std::string> with_;     // User → the conversation with them.
  std::set<std::string> groups_;
  std::deque<std::pair<std::string, std::uint64_t>> mine_;  // Its newest messages.
  std::string group_id_, group_title_;                      // The group that it is to make; empty: none, or done.
  std::vector<std::string> group_members_;

  std::unique_ptr<Link> link_;  // Or …
  std::unique_ptr<Poller> poller_;
  std::uint64_t next_call_ = 1, written_ = 0;
  std::map<std::uint64_t, Call> calls_;
  Timer act_, reconnect_, retry_;
  bool ready_ = false, synced_ = false, finished_ = false, may_act_ = false;
  std::size_t final_reads_ = 0;  // Conversations that are not read to their beginning yet.
  std::map<std::string, Item> items_;
};

}  // namespace kith::crash

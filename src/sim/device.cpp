#include "sim/device.h"

#include <algorithm>

#include "base/hex.h"
#include "sim/shown.h"

namespace kith::sim {

using check::Op;
using check::Operation;
using check::Phase;

// ------------------------------------------------------------------------------------------------------------ recording

void Recorder::add(Operation operation) {
  operation.t = world_.now().ns;
  checker.add(operation);
  if (operation.op == Op::edit || operation.op == Op::erase) changed.emplace(operation.conversation, operation.seq);
  bool written = lines != nullptr || world_.trace != nullptr;
  if (!written) return;
  std::string line;
  check::write(operation, line);
  if (lines) *lines += line;
  if (world_.trace) {
    line.pop_back();
    world_.trace(line);
  }
}

void Recorder::mark(std::string_view what) {
  Operation operation;
  operation.op = Op::mark;
  operation.code = what;
  add(operation);
}

void Recorder::violation(std::string sentence) {
  world_.note(sentence);
  violations.push_back(std::move(sentence));
}

Operation Device::operation(Op op, Phase phase, std::uint64_t call) const {
  Operation operation;
  operation.op = op;
  operation.phase = phase;
  operation.process = process_;
  operation.call = call;
  operation.alone = polling_ && phase == Phase::invoke;
  return operation;
}

// ------------------------------------------------------------------------------------------------------- its processes

Device::Device(World& world, Machine& machine, Recorder& recorder, std::string user, std::string device, std::vector<std::string> others,
               DeviceOptions options)
    : world_(world),
      machine_(machine),
      recorder_(recorder),
      user_(std::move(user)),
      device_(std::move(device)),
      others_(std::move(others)),
      options_(options) {}

Device::~Device() { kill(); }

void Device::start() {
  if (loop_ || revoked_) return;
  loop_ = std::make_unique<SimLoop>(world_);
  process_ = user_ + "/" + device_ + "/" + std::to_string(++processes_);
  next_call_ = 1;
  auto started = operation(Op::start, Phase::none);
  started.user = user_;
  started.device = device_;
  recorder_.add(started);
  world_.note(process_);
  connect();
  act_later();
}

void Device::kill() {
  if (!loop_) return;
  lose_connection();
  act_.cancel();
  reconnect_.cancel();
  if (wire_) wire_->hang_up();
  wire_.reset();
  loop_.reset();
}

void Device::connect() {
  reconnect_.cancel();
  ready_ = synced_ = false;
  looked_at_.clear();
  polling_ = world_.chance(options_.polls);
  if (polling_) {
    ready_ = true;
    return poll();
  }
  wire_ = std::make_shared<Wire>(world_, *loop_, options_.wire);
  wire_->client = this;
  machine_.connect(wire_, Encoding::json);
  sync();
  // A connection that says nothing for long is given up.
  silence_ = loop_->after(12s, [this] {
    if (ready_) return;
    lose_connection();
    wire_->hang_up();
    connect_later();
  });
}

void Device::connect_later() {
  if (!loop_ || reconnect_) return;
  backoff_ = std::min<Duration>(backoff_ * 2, 4s);
  reconnect_ = loop_->after(world_.between(Duration(0), backoff_), [this] { connect(); });
}

// Every call without an answer has an unknown outcome now.
void Device::lose_connection() {
  silence_.cancel();
  drop_exchanges();
  for (auto& [id, call] : calls_) {
    auto info = operation(call.op, Phase::info, id);
    info.code = "disconnected";
    if (!call.unrecorded) recorder_.add(info);
    if (call.final) final_reads_ = -1;
  }
  calls_.clear();
  std::erase_if(outbox_, [](const Outgoing& outgoing) { return outgoing.spoiled; });
  for (Outgoing& outgoing : outbox_) outgoing.call = 0;
  ready_ = synced_ = false;
}

void Device::closed(Code reason) {
  lose_connection();
  wire_.reset();
  if (reason != Code::ok && info(reason).close >= 4500 && reason != Code::replaced) {
    if (!revoked_) recorder_.violation(process_ + " was closed for good: " + std::string(info(reason).name));
    return;
  }
  connect_later();
}

void Device::revoke() {
  if (revoked_ || !machine_.serving()) return;
  auto user = *UserId::parse(user_);
  auto device = *DeviceId::parse(device_);
  revoked_ = true;
  // What the network holds already cannot be taken back: a device that reads slowly would hear of it long after.
  if (wire_) {
    wire_->read_fast();
    wire_->set_reading(true);
  }
  // Asked for by another process: this one is told nothing.
  // Named by the device: one that never began has no process yet.
  std::string asker = "admin/" + user_ + "/" + device_;
  Operation begin;
  begin.op = Op::start;
  begin.process = asker;
  begin.user = "administrator";
  begin.device = "console";
  recorder_.add(begin);
  Operation invoke;
  invoke.op = Op::revoke;
  invoke.phase = Phase::invoke;
  invoke.process = asker;
  invoke.call = 1;
  invoke.user = user_;
  invoke.device = device_;
  recorder_.add(invoke);
  machine_.revoke(user, device, [this, asker](bool done) {
    Operation ok;
    ok.op = Op::revoke;
    ok.phase = done ? Phase::ok : Phase::info;
    ok.process = asker;
    ok.call = 1;
    recorder_.add(ok);
  });
}

std::uint64_t Device::command(wire::Command command) {
  command.id = next_call_++;
  std::string text;
  if (polling_) {
    if (auto twin = as_http(command)) request(command.id, std::move(*twin));
    return command.id;
  }
  wire::write_json(command, text);
  if (wire_) wire_->send(text);
  return command.id;
}

// What it says of its position; now and then something else than the truth.
wire::Auth Device::present(Operation& invoke) {
  wire::Auth auth{machine_.token(user_, device_), device_, cursor_, useq_};
  invoke.cursor = cursor_.empty() ? check::Cursor::none : check::Cursor::own;
  if (!cursor_.empty()) invoke.useq = useq_;  // position_of(cursor_) at least: it came with the cursor.
  if (options_.mischief && !cursor_.empty() && !winding_up_ && world_.chance(0.15)) {
    switch (world_.between(0, 3)) {
      case 0:
        auth.cursor = "00000000deadbeef.0." + std::to_string(useq_);
        invoke.cursor = check::Cursor::foreign;
        break;
      case 1:
        auth.useq = useq_ + 1'000'000;
        invoke.cursor = check::Cursor::future;
        invoke.useq = auth.useq;
        break;
      case 2:
        auth.cursor.clear();
        invoke.cursor = check::Cursor::none;
        invoke.useq.reset();
        break;
      default:
        if (old_positions_.empty()) break;
        std::tie(auth.cursor, auth.useq) = old_positions_[world_.random().below(old_positions_.size())];
        invoke.useq = auth.useq;
    }
  }
  invoke.call = next_call_;
  recorder_.add(invoke);
  return auth;
}

void Device::sync() {
  auto invoke = operation(Op::sync, Phase::invoke);
  wire::Auth auth = present(invoke);
  std::uint64_t call = command({0, std::move(auth)});
  calls_[call] = {.op = Op::sync};
}

// -------------------------------------------------------------------------------------------------------------- actions

void Device::act_later() {
  auto mean = Duration(static_cast<std::int64_t>(1e9 / options_.actions_per_second));
  act_ = loop_->after(world_.between(Duration(0), 2 * mean), [this] {
    act();
    if (loop_) act_later();
  });
}

void Device::act() {
  if (winding_up_) return look_finished();
  if (revoked_) return;
  if (ready_) resend();
  list_if_owed();
  unblock_if_due();
  switch (world_.between(0, 28)) {
    case 0:
      if (wire_) wire_->set_reading(false);
      if (options_.polls > 0 && world_.chance(0.5)) change_transport();
      break;
    case 25:
    case 26:
      do_own();
      break;
    case 27:
    case 28:
      do_social();
      break;
    case 1:
    case 2:
      if (wire_) wire_->set_reading(true);
      break;
    case 3:
      if (!heads_.empty() && ready_) {
        auto it = std::next(heads_.begin(), static_cast<long>(world_.random().below(heads_.size())));
        if (it->second > 0) do_read(it->first, world_.between(1, it->second));
      }
      break;
    case 4:
      if (!heads_.empty() && ready_) {
        auto it = std::next(heads_.begin(), static_cast<long>(world_.random().below(heads_.size())));
        if (world_.chance(0.5)) {
          do_history(it->first, world_.chance(0.5) ? world_.between(1, it->second + 2) : 0, std::nullopt,
                     static_cast<std::uint32_t>(world_.between(1, 30)), false);
        } else {
          do_history(it->first, 0, world_.between(0, it->second + 1), static_cast<std::uint32_t>(world_.between(1, 30)), false);
        }
      }
      break;
    case 5:
      if (ready_) do_list("");
      break;
    case 6:
      if (ready_) command({0, wire::Confirm{useq_}});
      break;
    case 7:
    case 8:
      change_something();
      break;
    case 9:
      do_group();
      break;
    case 10:
    case 11:
      send_to_group();
      break;
    default:
      send_new();
  }
}

void Device::say(const std::string& to, std::string text) {
  Outgoing outgoing;
  outgoing.to = to;
  outgoing.text = std::move(text);
  auto known = by_user_.find(to);
  bool window_only = options_.mischief && world_.chance(0.05);
  if (!window_only) outgoing.base = known == by_user_.end() ? 0 : heads_[known->second];
  if (known != by_user_.end() && world_.chance(0.5)) {
    outgoing.conversation = known->second;
    outgoing.to.clear();
  }
  post(std::move(outgoing));
}

void Device::post(Outgoing outgoing) {
  std::uint8_t id[16];
  world_.random().fill(id, sizeof id);
  append_hex(outgoing.client_id, id);
  outgoing.made_at = total_seen_;
  if (options_.details > 0 && world_.chance(options_.details)) dress(outgoing);
  outbox_.push_back(std::move(outgoing));
  if (ready_) attempt(outbox_.back());
}

void Device::send_new() {
  std::size_t burst = world_.chance(0.1) ? world_.between(2, 40) : 1;
  std::size_t size = world_.chance(0.05) ? 6000 : 20;
  const std::string& to = others_[world_.random().below(others_.size())];
  for (std::size_t i = 0; i < burst; ++i) {
    std::string text = new_text();
    if (text.size() < size) text.resize(size, '.');
    say(to, std::move(text));
  }
}

// Now and then a frame goes out twice, as an impatient client's would: both are attempts at the same message.
void Device::attempt(Outgoing& outgoing) {
  if (options_.mischief && world_.chance(0.03)) attempt_once(outgoing);
  attempt_once(outgoing);
}

wire::Send Device::as_command(const Outgoing& outgoing) {
  wire::Send send;
  if (outgoing.conversation.empty()) {
    send.target = wire::Send::To{outgoing.to};
  } else {
    send.target = wire::Send::Conversation{outgoing.conversation};
  }
  send.client_id = outgoing.client_id;
  send.base_seq = outgoing.base;
  send.text = outgoing.text;
  send.reply_to = outgoing.reply_to;
  send.mentions = outgoing.mentions;
  send.attachments = outgoing.attachments;
  send.kind = outgoing.kind;
  send.data = outgoing.data;
  return send;
}

void Device::attempt_once(Outgoing& outgoing) {
  wire::Send send = as_command(outgoing);
  auto invoke = operation(Op::send, Phase::invoke, next_call_);
  invoke.conversation = outgoing.conversation;
  invoke.to = outgoing.to;
  invoke.client_id = outgoing.client_id;
  invoke.text = outgoing.text;
  invoke.details = sim::details(send);
  invoke.mentions.assign(outgoing.mentions.begin(), outgoing.mentions.end());
  invoke.base = outgoing.base;
  recorder_.add(invoke);
  outgoing.call = command({0, std::move(send)});
  calls_[outgoing.call] = {.op = Op::send};
}

// In order, each with the id and base of its first attempt.
void Device::resend() {
  // Without a base a repeat is recognised within the last 1000 entries only: a device that is later than that must not repeat.
  constexpr std::uint64_t kSafe = 400;
  std::erase_if(outbox_, [&](const Outgoing& o) { return !o.base && o.call == 0 && total_seen_ > o.made_at + kSafe; });
  for (Outgoing& outgoing : outbox_) {
    if (outgoing.call == 0) attempt(outgoing);
  }
  repeat_wishes();
}

void Device::do_read(const std::string& conversation, std::uint64_t seq) {
  auto invoke = operation(Op::read, Phase::invoke);
  invoke.conversation = conversation;
  invoke.seq = seq;
  invoke_own(std::move(invoke), {0, wire::Read{conversation, seq}});
}

void Device::do_history(const std::string& conversation, std::uint64_t before, std::optional<std::uint64_t> after, std::uint32_t limit,
                        bool final) {
  auto invoke = operation(Op::history, Phase::invoke, next_call_);
  invoke.conversation = conversation;
  if (before != 0) invoke.before = before;
  invoke.after = after;
  invoke.limit = limit;
  invoke.final = final;
  recorder_.add(invoke);
  std::uint64_t call = command({0, wire::GetHistory{conversation, before, after, limit}});
  calls_[call] = {.op = Op::history, .final = final};
}

// After a resync the feed will never tell what lies before its cursor: the list does, and must be read whole.
void Device::list_if_owed() {
  bool asked = std::any_of(calls_.begin(), calls_.end(), [](const auto& call) { return call.second.whole; });
  if (!owes_list_ || !ready_ || asked) return;
  moved_ = false;
  do_list("", true);
}

void Device::do_list(std::string page, bool whole) {
  auto invoke = operation(Op::list, Phase::invoke, next_call_);
  invoke.next = !page.empty();
  recorder_.add(invoke);
  std::uint64_t call =
      command({0, wire::GetConversations{static_cast<std::uint32_t>(reading_finally_ ? 100 : world_.between(1, 5)), std::move(page)}});
  calls_[call] = {.op = Op::list, .final = reading_finally_ && !whole, .whole = whole};
}

// -------------------------------------------------------------------------------------------------------------- the end

void Device::wind_up() {
  winding_up_ = true;
  options_.wire.bytes_per_second = 0;
  if (!wire_) return;
  wire_->read_fast();
  wire_->set_reading(true);
}

void Device::read_finally() { reading_finally_ = true; }

std::string Device::why_unfinished() const {
  return process_ + ": ready " + std::to_string(ready_) + ", synced " + std::to_string(synced_) + ", unsent " +
         std::to_string(outbox_.size()) + ", final reads " + std::to_string(final_reads_);
}

void Device::look_finished() {
  if (revoked_ || finished_ || !synced_) return;
  resend();
  list_if_owed();
  if (!reading_finally_ || !outbox_.empty() || final_reads_ >= 0) return;
  final_reads_ = 1;
  final_items_.clear();
  final_seqs_.clear();
  seen_.clear();
  do_list("");
}

void Device::check_reused() {
  for (const auto& message : reused_) {
    if (!recorder_.changed.contains(message)) recorder_.violation(process_ + " reused an id for another text, and was acked");
  }
}

void Device::check_unread() {
  for (const auto& [conversation, item] : final_items_) {
    std::uint64_t floor = std::max(item.read, item.cleared), unread = 0;
    if (auto group = groups_.find(conversation); group != groups_.end()) floor = std::max(floor, group->second.joined);
    for (const auto& [seq, from] : seen_[conversation]) {
      if (from == user_) floor = std::max(floor, seq);
    }
    // What is hidden counts, but cannot be seen here.
    if (!counts_whole(conversation, floor, item.head)) continue;
    for (const auto& [seq, from] : seen_[conversation]) unread += seq > floor;
    if (unread != item.unread) {
      recorder_.violation(process_ + " is told of " + std::to_string(item.unread) + " unread in " + conversation + ", there are " +
                          std::to_string(unread));
    }
  }
}

}  // namespace kith::sim

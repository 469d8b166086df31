#include "tests/crash/device.h"

#include <utility>

#include "base/hex.h"
#include "sim/twin.h"

namespace kith::crash {

using check::Op;
using check::Operation;
using check::Phase;

namespace {
constexpr std::size_t kWindow = 32;  // Messages that are not acknowledged.
constexpr std::size_t kBurst = 12;
}  // namespace

Device::Device(World& world, std::string user, std::string device, std::string token, std::vector<std::string> partners, bool may_poll)
    : world_(world),
      user_(std::move(user)),
      device_(std::move(device)),
      token_(std::move(token)),
      process_(user_ + "/" + device_),
      partners_(std::move(partners)),
      may_poll_(may_poll) {}

Operation Device::operation(Op op, Phase phase, std::uint64_t call) const {
  Operation operation;
  operation.op = op;
  operation.phase = phase;
  operation.process = process_;
  operation.call = call;
  operation.alone = poller_ && phase == Phase::invoke;
  return operation;
}

void Device::begin() {
  auto start = operation(Op::start, Phase::none);
  start.user = user_;
  start.device = device_;
  world_.recorder.add(start);
}

void Device::go() {
  may_act_ = true;
  act_later();
}

// ---------------------------------------------------------------------------------------------------------- connection

void Device::server_up() { connect_later(100ms); }

void Device::connect_later(Duration most) {
  reconnect_ = world_.loop.after(world_.between(Duration(0), most), [this] {
    reconnect_.cancel();
    if (!world_.links || connected()) return;
    if (!may_poll_ || world_.below(2) == 0) {
      link_ = world_.links->open(*this);
      return;
    }
    poller_ = std::make_unique<Poller>(world_.loop, world_.server, token_);
    ready_ = true;
    poll();
    resend();
  });
}

void Device::opened() {
  auto sync = operation(Op::sync, Phase::invoke);
  sync.cursor = cursor_.empty() ? check::Cursor::none : check::Cursor::own;
  if (!cursor_.empty()) sync.useq = useq_;
  const std::uint64_t call = invoke(sync, {0, wire::Auth{token_, device_, cursor_, useq_}});
  calls_[call] = {.op = Op::sync};
}

void Device::closed(LinkEnd end) {
  lose_connection();
  // A poll that was on its way still when the connection was made takes its place.
  const bool replaced = may_poll_ && end.code == 4504;
  if (end.code >= 4500 && !replaced)
    world_.recorder.violation(process_ + " was closed for good: " + std::to_string(end.code) + " " + end.reason);
  connect_later(200ms);
}

// Every call without an answer has an unknown outcome now.
void Device::lose_connection() {
  link_.reset();
  poller_.reset();
  retry_.cancel();
  for (auto& [id, call] : calls_) {
    auto info = operation(call.op, Phase::info, id);
    info.code = "disconnected";
    world_.recorder.add(info);
  }
  calls_.clear();
  for (Outgoing& outgoing : outbox_) outgoing.call = 0;
  ready_ = synced_ = false;
}

std::uint64_t Device::command(wire::Command command) {
  command.id = next_call_++;
  if (poller_) {
    auto twin = sim::as_http(command);
    if (!twin) return command.id;
    RestRequest asked;
    asked.method = twin->method;
    asked.path = twin->path;
    poller_->request(std::move(*twin), [this, call = command.id, asked = std::move(asked)](std::optional<RestResponse> response) {
      answered(call, asked, std::move(response));
    });
    return command.id;
  }
  std::string text;
  wire::write_json(command, text);
  link_->send(text);
  return command.id;
}

// Written down before the first byte leaves.
std::uint64_t Device::invoke(Operation& operation, wire::Command what) {
  operation.call = next_call_;
  world_.recorder.add(operation);
  return command(std::move(what));
}

// -------------------------------------------------------------------------------------------------------------- actions

void Device::act_later() {
  const double mean_s = kBurst / 2.0 / world_.messages_per_s;
  act_ = world_.loop.after(world_.between(Duration(0), Duration(static_cast<std::int64_t>(2e9 * mean_s))), [this] {
    if (world_.calm) return;
    act();
    act_later();
  });
}

void Device::act() {
  switch (world_.below(100)) {
    case 0:
      if (connected()) {
        lose_connection();  // Somebody walks into a tunnel.
        connect_later(300ms);
      }
      break;
    case 1:
    case 2:
      read_mark();
      break;
    case 3:
      if (ready_ && !heads_.empty()) {
        const auto& [conversation, head] = *std::next(heads_.begin(), static_cast<long>(world_.below(heads_.size())));
        if (head != 0) history(conversation, world_.below(head) + 2, std::nullopt, false);
      }
      break;
    case 4:
      if (ready_) command({0, wire::Confirm{useq_}});
      break;
    case 10:
    case 11:
      do_own();
      break;
    case 5:
    case 6:
    case 7:
    case 8:
    case 9:
      for (std::uint64_t count = world_.below(4); count > 0; --count) change_something();
      break;
    default:
      write_some();
  }
}

void Device::write_some() {
  const std::string& to = partners_[world_.below(partners_.size())];
  const bool to_group = !groups_.empty() && world_.below(10) == 0;
  const std::string group = to_group ? *std::next(groups_.begin(), static_cast<long>(world_.below(groups_.size()))) : std::string();
  for (std::size_t count = 1 + world_.below(kBurst); count > 0 && outbox_.size() < kWindow; --count) {
    Outgoing outgoing;
    append_hex(outgoing.client_id, world_.dice(), 16);
    append_hex(outgoing.client_id, world_.dice(), 16);
    outgoing.text = process_ + " " + std::to_string(++written_);
    if (to_group) {
      outgoing.conversation = group;
      outgoing.base = heads_[group];
    } else {
      const auto known = with_.find(to);
      outgoing.to = to;
      outgoing.base = known == with_.end() ? 0 : heads_[known->second];
    }
    outbox_.push_back(std::move(outgoing));
    if (ready_) attempt(outbox_.back());
  }
}

void Device::attempt(Outgoing& outgoing) {
  auto send = operation(Op::send, Phase::invoke);
  send.to = outgoing.to;
  send.conversation = outgoing.conversation;
  send.client_id = outgoing.client_id;
  send.text = outgoing.text;
  send.base = outgoing.base;
  wire::Send what{wire::Send::To{outgoing.to}, outgoing.client_id, outgoing.base, outgoing.text};
  if (outgoing.to.empty()) what.target = wire::Send::Conversation{outgoing.conversation};
  outgoing.call = invoke(send, {0, std::move(what)});
  calls_[outgoing.call] = {.op = Op::send};
}

// In their order, each with the id and base of its first attempt.
void Device::resend() {
  for (Outgoing& outgoing : outbox_) {
    if (outgoing.call == 0) attempt(outgoing);
  }
}

void Device::read_mark() {
  if (!ready_ || heads_.empty()) return;
  const auto& [conversation, head] = *std::next(heads_.begin(), static_cast<long>(world_.below(heads_.size())));
  if (head == 0) return;
  auto read = operation(Op::read, Phase::invoke);
  read.conversation = conversation;
  read.seq = head;
  const std::uint64_t call = invoke(read, {0, wire::Read{conversation, head}});
  calls_[call] = {.op = Op::read};
}

void Device::history(const std::string& conversation, std::uint64_t before, std::optional<std::uint64_t> after, bool final) {
  const std::uint32_t limit = final || after ? 200 : 20;
  auto read = operation(Op::history, Phase::invoke);
  read.conversation = conversation;
  if (before != 0) read.before = before;
  read.after = after;
  read.limit = limit;
  read.final = final;
  const std::uint64_t call = invoke(read, {0, wire::GetHistory{conversation, before, after, limit}});
  calls_[call] = {.op = Op::history, .final = final};
}

void Device::list(std::string page) {
  const bool final = final_reads_ != 0;
  auto read = operation(Op::list, Phase::invoke);
  read.next = !page.empty();
  const std::uint64_t call = invoke(read, {0, wire::GetConversations{100, std::move(page)}});
  calls_[call] = {.op = Op::list, .final = final};
}

void Device::know(const std::string& conversation, std::uint64_t head) {
  std::uint64_t& known = heads_[conversation];
  known = std::max(known, head);
}

// -------------------------------------------------------------------------------------------------------------- the end

void Device::read_finally() {
  final_reads_ = 1;
  list("");
}

void Device::finish() {
  auto final = operation(Op::final, Phase::none);
  final.useq = useq_;
  for (const auto& [conversation, item] : items_) {
    final.items.push_back({conversation, item.head, item.read, {}, item.title, item.cleared, item.settings});
  }
  world_.recorder.add(final);
  finished_ = true;
}

std::string Device::state() const {
  return process_ + ": connected " + std::to_string(connected()) + ", ready " + std::to_string(ready_) + ", synced " +
         std::to_string(synced_) + ", unsent " + std::to_string(outbox_.size()) + ", unread " + std::to_string(final_reads_);
}

}  // namespace kith::crash

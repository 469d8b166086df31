// What a device does about its user's own view and about other users, and how it does without a WebSocket.
#include "base/uri.h"
#include "sim/shown.h"
#include "sim/twin.h"
#include "tests/crash/device.h"

namespace kith::crash {

using check::Op;
using check::Phase;

// --------------------------------------------------------------------------------------------------------------- polling

void Device::poll() {
  auto sync = operation(Op::sync, Phase::invoke);
  sync.cursor = cursor_.empty() ? check::Cursor::none : check::Cursor::own;
  if (!cursor_.empty()) sync.useq = useq_;
  const std::uint64_t call = sync.call = next_call_++;
  world_.recorder.add(sync);
  calls_[call] = {.op = Op::sync};
  RestRequest request;
  request.method = "GET";
  request.path = "/v1/sync";
  request.query = "device=" + device_ + "&wait=" + std::to_string(world_.below(2));
  if (!cursor_.empty()) request.query += "&cursor=" + uri_encoded(cursor_) + "&useq=" + std::to_string(useq_);
  poller_->poll(std::move(request), [this, call](std::optional<RestResponse> response) { polled(call, std::move(response)); });
}

void Device::polled(std::uint64_t call, std::optional<RestResponse> response) {
  calls_.erase(call);
  const bool good = response && response->status < 300;
  auto outcome = operation(Op::sync, good ? Phase::ok : response ? Phase::fail : Phase::info, call);
  world_.recorder.add(outcome);
  if (!good) {
    if (response) {
      auto error = world_.reader.error(response->body);
      // A poll that was given up may arrive after its successor, and take its place.
      if (!error || (error->outcome != "retry" && error->code != "replaced"))
        world_.recorder.violation(process_ + " cannot poll: " + response->body);
    }
    lose_connection();
    return connect_later(200ms);
  }
  synced_ = response->status == 204;
  if (synced_) {
    auto synced = operation(Op::synced, Phase::none);
    world_.recorder.add(synced);
  } else {
    take(response->body);
  }
  if (poller_) poll();
}

void Device::answered(std::uint64_t call, const RestRequest& asked, std::optional<RestResponse> response) {
  if (response) return take(sim::as_frame(asked, *response, call));
  const auto lost = calls_.find(call);
  if (lost == calls_.end()) return;
  auto info = operation(lost->second.op, Phase::info, call);
  info.code = "disconnected";
  world_.recorder.add(info);
  calls_.erase(lost);
  for (Outgoing& outgoing : outbox_) {
    if (outgoing.call == call) outgoing.call = 0;
  }
  retry_ = world_.loop.after(50ms, [this] {
    retry_.cancel();
    if (ready_) resend();
  });
}

// ------------------------------------------------------------------------------------------------- one's own, and others

void Device::do_own() {
  if (!ready_ || heads_.empty()) return;
  const auto [conversation, head] = *std::next(heads_.begin(), static_cast<long>(world_.below(heads_.size())));
  const std::uint64_t dice = world_.below(10);
  if (dice == 0) {
    const bool blocks = world_.below(2) == 0;
    auto own = operation(blocks ? Op::block : Op::unblock, Phase::invoke);
    own.user = stranger_;
    const std::uint64_t call = invoke(own, {0, wire::Block{stranger_, blocks}});
    calls_[call] = {.op = own.op};
  } else if (dice < 5) {
    auto own = operation(dice < 3 ? Op::add_contact : Op::remove_contact, Phase::invoke);
    const std::string& user = partners_[world_.below(partners_.size())];
    own.user = user;
    const std::uint64_t call =
        invoke(own, dice < 3 ? wire::Command{0, wire::AddContact{user}} : wire::Command{0, wire::RemoveContact{user}});
    calls_[call] = {.op = own.op};
  } else if (head == 0 || dice < 7) {
    if (head != 0) look(conversation, false);
  } else if (dice < 8) {
    const wire::Settings settings{conversation, {}, world_.below(2) == 0, world_.below(2) == 0};
    auto own = operation(Op::configure, Phase::invoke);
    own.conversation = conversation;
    own.settings = sim::shown(settings);
    const std::uint64_t call = invoke(own, {0, wire::Configure{conversation, {1}, settings.pinned, settings.archived}});
    calls_[call] = {.op = Op::configure};
  } else {
    // Little is cleared, and only of what is old: the rest is to be judged.
    const bool clears = dice == 9 && world_.below(20) == 0;
    auto own = operation(clears ? Op::clear : Op::hide, Phase::invoke);
    own.conversation = conversation;
    own.seq = clears ? head / 2 + 1 : world_.below(head) + 1;
    const std::uint64_t call =
        invoke(own, clears ? wire::Command{0, wire::Clear{conversation, own.seq}} : wire::Command{0, wire::Hide{conversation, own.seq}});
    calls_[call] = {.op = own.op};
  }
}

void Device::look(const std::string& conversation, bool final) {
  auto look = operation(Op::look, Phase::invoke);
  look.conversation = conversation;
  look.final = final;
  const std::uint64_t call = invoke(look, {0, wire::Look{conversation}});
  calls_[call] = {.op = Op::look, .final = final};
}

void Device::list_contacts(std::string page, bool final) {
  auto list = operation(Op::contacts, Phase::invoke);
  list.next = !page.empty();
  list.final = final;
  const std::uint64_t call = invoke(list, {0, wire::GetContacts{3, std::move(page)}});
  calls_[call] = {.op = Op::contacts, .final = final};
}

void Device::on(std::uint64_t re, wire::Receipts& receipts) {
  const auto call = calls_.find(re);
  if (re != 0 && call == calls_.end()) return world_.recorder.violation(process_ + " is answered twice");
  auto told = re == 0 ? operation(Op::marks, Phase::none) : operation(Op::look, Phase::ok, re);
  told.conversation = receipts.conversation;
  for (const auto& mark : receipts.items) told.marks.push_back({mark.user, mark.delivered, mark.read});
  world_.recorder.add(told);
  if (re == 0) return;
  const bool is_final = call->second.final;
  calls_.erase(call);
  if (is_final) final_done();
}

void Device::on(std::uint64_t re, wire::Contacts& contacts) {
  const auto call = calls_.find(re);
  if (call == calls_.end()) return world_.recorder.violation(process_ + " is answered twice");
  const bool is_final = call->second.final;
  calls_.erase(call);
  auto ok = operation(Op::contacts, Phase::ok, re);
  ok.more = !contacts.next.empty();
  for (const auto& contact : contacts.items) ok.contacts.push_back({contact.user, contact.state});
  world_.recorder.add(ok);
  if (ok.more) return list_contacts(contacts.next, is_final);
  if (is_final) final_done();
}

}  // namespace kith::crash

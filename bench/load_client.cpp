#include "bench/load_client.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <utility>

#include "wire/wire.gen.h"

namespace kith {

FrameHead read_head(std::string_view frame) {
  FrameHead head;
  if (frame.starts_with("{\"re\":")) {
    head.re = *next_number(frame, "\"re\":");
    if (frame.empty()) return head;
  }
  frame.remove_prefix(1);
  if (!frame.starts_with('"')) return head;
  head.kind = frame.substr(1, frame.find('"', 1) - 1);
  return head;
}

std::optional<std::uint64_t> next_number(std::string_view& frame, std::string_view key) {
  const auto at = frame.find(key);
  if (at == frame.npos) return std::nullopt;
  frame.remove_prefix(at + key.size());
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(frame.data(), frame.data() + frame.size(), value);
  frame.remove_prefix(static_cast<std::size_t>(end - frame.data()));
  return value;
}

std::string_view text_after(std::string_view frame, std::string_view key) {
  const auto at = frame.find(key);
  if (at == frame.npos) return {};
  frame.remove_prefix(at + key.size());
  return frame.substr(0, frame.find('"'));
}

LoadClient::LoadClient(Stage& stage, std::string user, std::string device)
    : stage_(stage), user_(std::move(user)), device_(std::move(device)) {}

void LoadClient::connect() {
  greeted_ = synced_ = ended_ = false;
  link_ = stage_.links().open(*this);
}

void LoadClient::opened() {
  if (!waits_) authenticate();
}

void LoadClient::authenticate() {
  std::string command;
  wire::write_json(wire::Command{1, wire::Auth{stage_.token(user_, device_), device_, cursor_, 0}}, command);
  write(command);
}

void LoadClient::received(std::string_view text) {
  const FrameHead head = read_head(text);
  if (head.kind == "hello") {
    greeted_ = true;
  } else if (head.kind == "resync" || head.kind == "synced") {
    cursor_ = text_after(text, "\"cursor\":\"");
    synced_ = head.kind == "synced";
  } else if (head.kind == "error") {
    fail("error " + std::string(text));
  } else if (head.kind != "ready") {
    frame(head, text);
  }
}

void LoadClient::fail(std::string why) {
  ended_ = true;
  if (why_.empty()) why_ = user_ + ": " + std::move(why);
}

void LoadClient::closed(LinkEnd end) { fail("closed with " + std::to_string(end.code) + " " + end.reason); }

bool connect_all(Stage& stage, const std::vector<LoadClient*>& clients) {
  constexpr std::ptrdiff_t kAtOnce = 150;
  std::vector<LoadClient*> on_the_way;
  std::size_t begun = 0;
  const LoadClient* failed = nullptr;
  const bool done = stage.driver().run_until(120s, [&] {
    std::erase_if(on_the_way, [&](LoadClient* client) {
      if (client->ended()) failed = client;
      return client->ended() || client->synced();
    });
    for (; begun < clients.size() && std::ssize(on_the_way) < kAtOnce; ++begun) {
      clients[begun]->connect();
      on_the_way.push_back(clients[begun]);
    }
    return failed || (begun == clients.size() && on_the_way.empty());
  });
  if (failed) std::fprintf(stderr, "kith-bench: cannot connect: %s\n", failed->why().c_str());
  if (!done && !stage.driver().interrupted()) std::fprintf(stderr, "kith-bench: not all connected within 120 s\n");
  return done && !failed;
}

}  // namespace kith

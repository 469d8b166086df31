#include "terminal/context.h"

#include <sodium.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <filesystem>

#include "client/storage.h"
#include "terminal/show.h"
#include "wire/error.h"
#include "wire/json_reader.h"

namespace kith::terminal {

namespace {

const std::string kDefaultServer = "http://127.0.0.1:8080";
constexpr std::size_t kPasswordMax = 4096;

// Reads a line from the terminal without showing it.
Result<Secret> ask(const char* question) {
  if (!::isatty(STDIN_FILENO)) {
    return Failure(Code::invalid_argument, "no password: give --password-file or KITH_PASSWORD, or run this in a terminal");
  }
  std::fputs(question, stderr);
  termios before{};
  ::tcgetattr(STDIN_FILENO, &before);
  termios quiet = before;
  quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  std::string text;
  for (char c; ::read(STDIN_FILENO, &c, 1) == 1 && c != '\n' && text.size() < kPasswordMax;) text += c;
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  std::fputs("\n", stderr);
  return Secret::from(std::move(text));
}

}  // namespace

Profile Context::profile() const {
  if (line.has("profile")) return Profile(line.get("profile"));
  if (auto directory = environment("KITH_PROFILE"); !directory.empty()) return Profile(directory);
  const std::string home = environment("HOME");
  return Profile((home.empty() ? "." : home) + "/.config/kith");
}

Result<ServerAddress> Context::server(const Account& account) const {
  const auto chosen = [&](const char* option, const char* variable, const std::string& otherwise) {
    if (line.has(option)) return line.get(option);
    auto text = environment(variable);
    return text.empty() ? otherwise : text;
  };
  auto server = ServerAddress::parse(chosen("server", "KITH_SERVER", account.server.empty() ? kDefaultServer : account.server));
  if (!server || !server->tls) return server;
  const std::string ca = chosen("ca", "KITH_CA", account.ca);
  if (ca.empty()) return server;
  // The profile may be used from another directory.
  std::error_code error;
  server->authorities = std::filesystem::absolute(ca, error);
  if (!std::filesystem::is_regular_file(server->authorities, error)) {
    return Failure(Code::invalid_argument, "--ca: there is no file " + server->authorities);
  }
  return server;
}

Result<Account> Context::account() const {
  std::optional<UserId> user;
  std::optional<DeviceId> device;
  if (line.has("user") && !(user = UserId::parse(line.get("user")))) return Failure(Code::invalid_argument, "--user is not a user id");
  if (line.has("device") && !(device = DeviceId::parse(line.get("device"))))
    return Failure(Code::invalid_argument, "--device is not a device id");
  return profile().find(std::move(user), std::move(device));
}

Result<Secret> Context::password(bool twice) const {
  if (line.has("password-file")) {
    auto content = read_file(line.get("password-file"), kPasswordMax);
    if (!content) return content.error();
    content->resize(std::min(content->find('\n'), content->size()));
    if (content->ends_with('\r')) content->pop_back();
    return Secret::from(std::move(*content));
  }
  if (auto text = environment("KITH_PASSWORD"); !text.empty()) return Secret::from(std::move(text));
  auto first = ask("Password: ");
  if (!first || !twice) return first;
  auto second = ask("Again: ");
  if (!second) return second;
  if (!first->equals(second->reveal())) return Failure(Code::invalid_argument, "the two passwords differ");
  return first;
}

int tell(const Failure& failure) {
  std::fprintf(stderr, "kith: %s\n", sentence(failure).c_str());
  return failure.code == Code::invalid_argument ? kUsage : kFailed;
}

int tell_unreachable(const std::string& why) {
  std::fprintf(stderr, "kith: cannot reach the server: %s\n", plain(why).c_str());
  return kUnreachable;
}

int tell_usage(std::string_view text) {
  std::fprintf(stderr, "kith: %.*s\nTry: kith help\n", static_cast<int>(text.size()), text.data());
  return kUsage;
}

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

Called call(const ServerAddress& server, std::string method, std::string path, const Secret& bearer, std::string body) {
  auto answer = http_call(server, {std::move(method), std::move(path), std::string(bearer.reveal()), std::move(body)});
  if (!answer) return {tell_unreachable(answer.error().detail), {}};
  if (answer->status >= 200 && answer->status < 300) return {kFine, std::move(answer->body)};
  wire::JsonReader reader;
  auto error = reader.error(answer->body);
  if (!error || error->code.empty()) {
    return {tell_unreachable("HTTP status " + std::to_string(answer->status) + " is no answer of a Kith server"), {}};
  }
  std::fprintf(stderr, "kith: %s\n", sentence(wire::to_failure(*error)).c_str());
  return {kFailed, {}};
}

int show_help(Context& context) {
  std::string name;
  for (const auto& word : context.line.arguments) name += (name.empty() ? "" : " ") + word;
  if (name.empty()) {
    print(help());
    return kFine;
  }
  const Command* command = find_command(name);
  if (!command) {
    std::string all = help_of_all(name);
    if (all.empty()) return tell_usage(name + ": there is no such command");
    print(all);
    return kFine;
  }
  print(help(*command));
  return kFine;
}

}  // namespace kith::terminal

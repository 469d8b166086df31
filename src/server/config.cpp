#include "server/config.h"

#include <charconv>
#include <string_view>
#include <variant>

#include "base/ids.h"

namespace kith {

namespace {

// A field of Config, and how it is told.
struct Option {
  std::string_view name, value;  // `value`: what stands behind it in --help; empty: a switch.
  std::variant<std::string Config::*, std::uint64_t Config::*, bool Config::*, std::vector<std::string> Config::*, Rate Config::*,
               Duration Config::*>
      field;
  std::string_view sentence;
  std::uint64_t low = 0, high = UINT64_MAX;
};

const Option kOptions[] = {
    {"data", "DIR", &Config::data, "Data directory; made if it is not there."},
    {"listen", "ADDRESS", &Config::listen, "Numeric address to listen on."},
    {"port", "N", &Config::port, "Port; 0: any free one.", 0, 65535},
    {"port-fallback", "", &Config::port_fallback, "Take any free port when --port is taken."},
    {"tls-cert", "FILE", &Config::tls_cert,
     "Certificate in PEM, its chain behind it: the port then speaks TLS only. SIGHUP reads both files again."},
    {"tls-key", "FILE", &Config::tls_key, "Its private key in PEM, without a passphrase."},
    {"signup", "open|closed", &Config::signup, "Whether people may make accounts themselves."},
    {"first-contact", "requests|open|contacts", &Config::first_contact,
     "Who may write to whom first. requests: everybody, and strangers' conversations are told apart; open: everybody; contacts: who was "
     "added."},
    {"group-members-max", "N", &Config::group_members_max, "Members of one group.", 2, 10'000},
    {"origin", "ORIGIN", &Config::origins,
     "A web page that may connect, as https://chat.example; repeatable. None: pages of this host only. *: any."},
    {"jwt-key-file", "FILE", &Config::jwt_key_file,
     "HS256 key of the embedding application, 32 bytes or more; a newline at its end is left out."},
    {"jwt-issuer", "TEXT", &Config::jwt_issuer, "What `iss` of its tokens must be."},
    {"jwt-audience", "TEXT", &Config::jwt_audience, "What `aud` of its tokens must be or contain."},
    {"system-user", "USER", &Config::system_user, "In whose name the embedding application speaks; nobody signs up as this one."},
    {"loops", "N", &Config::loops, "Event loops (threads); 0: one for each processor that this process may use.", 0, 256},
    {"connections", "N", &Config::connections, "Connections in all.", 16, 1'000'000},
    {"connections-per-address", "N", &Config::connections_per_address, "Connections of one address.", 1, 1'000'000},
    {"loopback-exempt", "", &Config::loopback_exempt, "127.0.0.1 may have more: for a proxy in front, and for tests."},
    {"cache-mb", "MB", &Config::cache_mb, "Conversations and inboxes in memory.", 1, 1'000'000},
    {"memtable-mb", "MB", &Config::memtable_mb, "RocksDB write buffer; up to three of them.", 1, 4096},
    {"block-cache-mb", "MB", &Config::block_cache_mb, "RocksDB block cache.", 1, 1'000'000},
    {"low-space-mb", "MB", &Config::low_space_mb, "Free space below which no new messages are taken; 0: 5 %, at least 2 GiB."},
    {"no-space-mb", "MB", &Config::no_space_mb, "Free space below which nothing is written; 0: 1 %."},
    {"password-memory-mb", "MB", &Config::password_memory_mb, "Memory of one password hash (argon2id).", 8, 1024},
    {"presence-online-delay", "S", &Config::presence_online_delay, "Contacts are told that somebody is online when it lasted this long.", 0,
     3600},
    {"presence-offline-grace", "S", &Config::presence_offline_grace, "Others are told that somebody is offline when it lasted this long.",
     0, 3600},
    {"node", "NAME", &Config::node, "Name of this node, shown in `ready`."},
    {"limits", "on|off", &Config::limits, "off: none of the five rates below."},
    {"rate-user", "N/s,BURST", &Config::rate_user, "Commands of one user: so many a second (/m, /h) and so many at once; off: no limit."},
    {"rate-device", "N/s,BURST", &Config::rate_device, "Those of one device."},
    {"rate-ip", "N/s,BURST", &Config::rate_ip, "Requests, connections and commands of one address."},
    {"rate-conversation", "N/s,BURST", &Config::rate_conversation, "Messages and changes in one conversation."},
    {"rate-first-contact", "N/h,BURST", &Config::rate_first_contact, "Strangers whom one user writes to or asks to be a contact."},
    {"edit-within", "TIME", &Config::edit_within, "How long one's own message can be edited, as 90s, 15m, 2h or 7d; 0: for ever."},
    {"delete-within", "TIME", &Config::delete_within, "How long it can be deleted for everyone; moderators of a group always can."},
    {"help", "", &Config::help, "This text."},
};

std::string shown(const Config& config, const Option& option) {
  if (auto* text = std::get_if<std::string Config::*>(&option.field)) return (config.**text).empty() ? "none" : config.**text;
  if (auto* number = std::get_if<std::uint64_t Config::*>(&option.field)) return std::to_string(config.**number);
  if (auto* rate = std::get_if<Rate Config::*>(&option.field)) return (config.**rate).text();
  if (auto* time = std::get_if<Duration Config::*>(&option.field)) return duration_text(config.**time);
  return "";
}

Failure wrong(const Option& option, std::string_view what) {
  return {Code::invalid_argument, "--" + std::string(option.name) + ": " + std::string(what)};
}

Result<Ok> set(Config& config, const Option& option, std::string_view value) {
  if (auto* text = std::get_if<std::string Config::*>(&option.field)) {
    config.** text = value;
  } else if (auto* list = std::get_if<std::vector<std::string> Config::*>(&option.field)) {
    (config.**list).emplace_back(value);
  } else if (auto* number = std::get_if<std::uint64_t Config::*>(&option.field)) {
    std::uint64_t parsed = 0;
    auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), parsed);
    if (error != std::errc() || end != value.data() + value.size()) return wrong(option, "not a number");
    if (parsed < option.low || parsed > option.high) {
      return wrong(option, "must be from " + std::to_string(option.low) + " to " + std::to_string(option.high));
    }
    config.** number = parsed;
  } else if (auto* rate = std::get_if<Rate Config::*>(&option.field)) {
    auto parsed = Rate::parse(value);
    if (!parsed) return wrong(option, "must be like 200/s,4000 (with /s, /m or /h, numbers from 1 to 1000000), or off");
    config.** rate = *parsed;
  } else if (auto* time = std::get_if<Duration Config::*>(&option.field)) {
    auto parsed = parse_duration(value);
    if (!parsed) return wrong(option, "must be like 90s, 15m, 2h or 7d (up to 3650d), or 0");
    config.** time = *parsed;
  }
  return Ok{};
}

}  // namespace

Result<Config> parse_config(int argc, char** argv) {
  Config config;
  for (int i = 1; i < argc; ++i) {
    std::string_view word = argv[i];
    if (!word.starts_with("--")) return Failure{Code::invalid_argument, std::string(word) + ": options begin with --"};
    word.remove_prefix(2);
    auto equals = word.find('=');
    std::string_view name = word.substr(0, equals);
    const Option* option = nullptr;
    for (const Option& candidate : kOptions) {
      if (candidate.name == name) option = &candidate;
    }
    if (!option) return Failure{Code::invalid_argument, "--" + std::string(name) + ": no such option"};
    if (auto* flag = std::get_if<bool Config::*>(&option->field)) {
      if (equals != word.npos) return wrong(*option, "takes no value");
      config.** flag = true;
      continue;
    }
    if (equals == word.npos && ++i == argc) return wrong(*option, "needs a value");
    auto done = set(config, *option, equals == word.npos ? std::string_view(argv[i]) : word.substr(equals + 1));
    if (!done) return done.error();
  }
  if (config.signup != "open" && config.signup != "closed") return Failure{Code::invalid_argument, "--signup: open or closed"};
  if (config.limits != "on" && config.limits != "off") return Failure{Code::invalid_argument, "--limits: on or off"};
  if (config.first_contact != "requests" && config.first_contact != "open" && config.first_contact != "contacts")
    return Failure{Code::invalid_argument, "--first-contact: requests, open or contacts"};
  if (!UserId::parse(config.system_user)) return Failure{Code::invalid_argument, "--system-user: not a user id"};
  if (config.tls_cert.empty() != config.tls_key.empty()) {
    return Failure{Code::invalid_argument, "--tls-cert and --tls-key come together"};
  }
  return config;
}

std::string config_help() {
  std::string out = "kithd — a messenger server. Keeps everything in one data directory.\n\n";
  for (const Option& option : kOptions) {
    std::string head = "  --" + std::string(option.name) + (option.value.empty() ? "" : " " + std::string(option.value));
    head.resize(std::max<std::size_t>(head.size() + 1, 34), ' ');
    std::string standard = shown(Config{}, option);
    out += head + std::string(option.sentence) + (standard.empty() ? "" : " Default: " + standard + ".") + "\n";
  }
  return out;
}

}  // namespace kith

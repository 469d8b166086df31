// server/config.h — What kithd can be told on its command line: each once, with its sentence, unit, default and bounds. --help and
// docs/operations.md are made from the table in config.cpp. All of it needs a restart to change, but for what the files of TLS hold.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "limits/limits.h"

namespace kith {

struct Config {
  std::string data = "data";
  std::string listen = "127.0.0.1";
  std::uint64_t port = 8080;
  bool port_fallback = false;
  std::string tls_cert, tls_key;
  std::string signup = "closed";
  std::string first_contact = "requests";
  std::uint64_t group_members_max = 10'000;
  std::vector<std::string> origins;
  std::string jwt_key_file;
  std::string jwt_issuer, jwt_audience;
  std::string system_user = "system";
  std::uint64_t loops = 0;
  std::uint64_t connections = 18000;
  std::uint64_t connections_per_address = 2000;
  bool loopback_exempt = false;
  std::uint64_t cache_mb = 256;
  std::uint64_t memtable_mb = 32;
  std::uint64_t block_cache_mb = 64;
  std::uint64_t low_space_mb = 0;
  std::uint64_t no_space_mb = 0;
  std::uint64_t password_memory_mb = 19;
  std::uint64_t presence_online_delay = 5;
  std::uint64_t presence_offline_grace = 30;
  std::string node = "node-1";
  std::string limits = "on";
  Rate rate_user = LimitOptions().user;
  Rate rate_device = LimitOptions().device;
  Rate rate_ip = LimitOptions().address;
  Rate rate_conversation = LimitOptions().conversation;
  Rate rate_first_contact = LimitOptions().first_contacts;
  Duration edit_within{}, delete_within{};
  bool help = false;
};

// invalid_argument with a sentence for whoever typed it.
Result<Config> parse_config(int argc, char** argv);
std::string config_help();

}  // namespace kith

// front/config.h — What the network front can be told. Set once, before the Listener starts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/time.h"

namespace kith {

class TlsServer;

struct FrontConfig {
  std::string address = "127.0.0.1";  // Numeric.
  std::uint16_t port = 0;             // 0: any that is free.
  std::shared_ptr<TlsServer> tls;     // The port speaks TLS only. nullptr: plain.

  // Pages that may open a WebSocket, as "https://chat.example"; "*": any. Empty: only pages of this host, as the Host header names it.
  std::vector<std::string> origins;

  std::size_t connections = 18000;             // In all; beyond: 503. Each costs a file descriptor.
  std::size_t connections_per_address = 2000;  // Of one numeric address.
  bool loopback_exempt = false;                // Whether 127.0.0.1 and ::1 may have more.
  std::size_t unauthenticated_percent = 10;    // Of `connections`, at least 64: requests, handshakes and sockets before auth.

  // Clients are told heartbeat and frame_bytes by `hello`: kithd takes both from SessionOptions, these defaults are for tests.
  std::size_t frame_bytes = 64 * 1024;        // A WebSocket message after auth.
  std::size_t early_frame_bytes = 8 * 1024;   // The same before auth,
  std::size_t early_total_bytes = 16 * 1024;  // and all that may come before auth.
  std::size_t read_pause_bytes = 256 * 1024;  // While more than this is unsent, nothing is read from the connection.

  Duration tick = 1s;          // Resolution of the times below; tests make it shorter.
  Duration heartbeat = 30s;    // Silence after which a WebSocket is pinged,
  Duration ping_answer = 20s;  // and how long it may then stay silent.
  Duration write_stall = 60s;  // Longest time without one byte accepted while some are unsent.
  Duration close_wait = 2s;    // For the other end's close frame.
  Duration header_wait = 10s;  // From the first moment, before TLS, to the end of a request's header; for a body: 10 s and 1 s per KiB.
  Duration idle_wait = 60s;    // Between requests.
  Duration stream_idle = 15s;  // Silence of a stream after which it says that it is still there.
  unsigned requests_per_connection = 100;
};

}  // namespace kith

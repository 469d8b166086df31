// front/tls_server.h — The certificate that a listener shows, and the streams of those who connect.
//
//   Which loop   Any: a mutex guards the certificate, and is taken once a connection.
//   Owner        FrontConfig, by all who hold a copy of it. Streams that were made keep the certificate that they began with.
//   Fails        load() and reload() with invalid_argument and a sentence that names the file. After a reload that failed nothing changed.
//   Speaks       TLS 1.2 and 1.3 with OpenSSL's ciphers; no renegotiation, no compression; ALPN http/1.1 (RFC 7301); stateless tickets.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "front/tls_stream.h"

namespace kith {

class TlsServer {
 public:
  // Two PEM files: the certificate and the chain behind it, and its private key without a passphrase.
  static Result<std::shared_ptr<TlsServer>> load(std::string certificate_file, std::string key_file);

  // Reads both files again: for the connections to come.
  Result<Ok> reload();

  std::unique_ptr<TlsStream> accept(int native_socket);

  std::int64_t expires_at() const;  // The end of the certificate, in seconds of Unix time.

  // Handshakes that succeeded, that failed or were not TLS at all, and that took too long.
  std::atomic<std::uint64_t> done{0}, failed{0}, late{0};

 private:
  TlsServer(std::string certificate_file, std::string key_file)
      : certificate_file_(std::move(certificate_file)), key_file_(std::move(key_file)) {}

  const std::string certificate_file_, key_file_;
  mutable std::mutex mutex_;
  SslContextPtr context_;
};

}  // namespace kith

// client/tls_client.h — Whom a client trusts, and its TLS streams to a server.
//
//   Which loop   Any; nothing changes after it was made.
//   Verifies     The chain, and the host name or numeric address that the user gave. There is no way to switch that off.
//   Speaks       TLS 1.2 and 1.3, ALPN http/1.1.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "front/tls_stream.h"

namespace kith {

class TlsClient {
 public:
  // Trusts the authorities in a PEM file; empty: those of the system. Fails with invalid_argument when the file has none.
  static Result<std::shared_ptr<TlsClient>> make(const std::string& authorities_file);

  // For a socket that is connected to `host`, which will be checked. Null: that is no host.
  std::unique_ptr<TlsStream> connect(int native_socket, const std::string& host) const;

  // For whoever brings a stream of its own: makes `ssl`, of this context, ask for `host` and check it. False: that is no host.
  SSL_CTX* context() const { return context_.get(); }
  static bool prepare(SSL* ssl, const std::string& host);

 private:
  explicit TlsClient(SslContextPtr context) : context_(std::move(context)) {}

  SslContextPtr context_;
};

}  // namespace kith

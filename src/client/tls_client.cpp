#include "client/tls_client.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <utility>

namespace kith {

namespace {

bool numeric(const std::string& host) {
  unsigned char bytes[16];
  return ::inet_pton(AF_INET, host.c_str(), bytes) == 1 || ::inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

}  // namespace

Result<std::shared_ptr<TlsClient>> TlsClient::make(const std::string& authorities_file) {
  ERR_clear_error();
  SslContextPtr context(SSL_CTX_new(TLS_client_method()));
  if (!context) return Failure(Code::internal, "OpenSSL does not start: " + take_tls_error());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (authorities_file.empty()) {
    SSL_CTX_set_default_verify_paths(context.get());
  } else if (SSL_CTX_load_verify_file(context.get(), authorities_file.c_str()) != 1) {
    return Failure(Code::invalid_argument, authorities_file + ": has no certificates in PEM that can be read: " + take_tls_error());
  }
  return std::shared_ptr<TlsClient>(new TlsClient(std::move(context)));
}

bool TlsClient::prepare(SSL* ssl, const std::string& host) {
  static constexpr unsigned char kHttp11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  SSL_set_connect_state(ssl);
  SSL_set_alpn_protos(ssl, kHttp11, sizeof kHttp11);
  // RFC 6066 3: a numeric address is not sent as a name.
  if (numeric(host)) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(ssl, host.c_str()) == 1 && SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
}

std::unique_ptr<TlsStream> TlsClient::connect(int native_socket, const std::string& host) const {
  SslPtr ssl(SSL_new(context_.get()));
  if (!ssl || !prepare(ssl.get(), host)) {
    ERR_clear_error();
    return nullptr;
  }
  return std::make_unique<TlsStream>(std::move(ssl), native_socket);
}

}  // namespace kith

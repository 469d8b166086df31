#include "front/tls_server.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <utility>

namespace kith {

namespace {

// Nobody sits there to be asked.
int no_passphrase(char*, int, int, void*) { return -1; }

// RFC 7301 3.2: who names protocols and not ours is refused.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered, unsigned offered_size, void*) {
  static constexpr unsigned char kOurs[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, size, kOurs, sizeof kOurs, offered, offered_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

Failure wrong(const std::string& file, const std::string& what) { return {Code::invalid_argument, file + ": " + what}; }

Result<Ok> readable(const std::string& file) {
  std::FILE* opened = std::fopen(file.c_str(), "rb");
  if (!opened) return wrong(file, std::strerror(errno));
  const bool read = std::fgetc(opened) != EOF;
  const int error = errno;
  const bool failed = std::ferror(opened) != 0;
  std::fclose(opened);
  if (!read) return wrong(file, failed ? std::strerror(error) : "is empty");
  return Ok{};
}

Result<SslContextPtr> load_context(const std::string& certificate_file, const std::string& key_file) {
  for (const auto& file : {certificate_file, key_file}) {
    if (auto there = readable(file); !there) return there.error();
  }
  ERR_clear_error();
  SslContextPtr context(SSL_CTX_new(TLS_server_method()));
  if (!context) return Failure(Code::internal, "OpenSSL does not start: " + take_tls_error());
  SSL_CTX* raw = context.get();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);  // Tickets are kept by the clients.
  SSL_CTX_set_alpn_select_cb(raw, choose_protocol, nullptr);
  SSL_CTX_set_default_passwd_cb(raw, no_passphrase);
  if (SSL_CTX_use_certificate_chain_file(raw, certificate_file.c_str()) != 1) {
    return wrong(certificate_file, "is no certificate chain in PEM that can be used: " + take_tls_error());
  }
  if (SSL_CTX_use_PrivateKey_file(raw, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    const unsigned long first = ERR_peek_error();
    if (ERR_GET_LIB(first) == ERR_LIB_X509) return wrong(key_file, "is not the key of the certificate in " + certificate_file);
    return wrong(key_file, "is no private key in PEM without a passphrase: " + take_tls_error());
  }
  if (SSL_CTX_check_private_key(raw) != 1) {
    ERR_clear_error();
    return wrong(key_file, "is not the key of the certificate in " + certificate_file);
  }
  return context;
}

}  // namespace

Result<std::shared_ptr<TlsServer>> TlsServer::load(std::string certificate_file, std::string key_file) {
  std::shared_ptr<TlsServer> server(new TlsServer(std::move(certificate_file), std::move(key_file)));
  auto loaded = server->reload();
  if (!loaded) return loaded.error();
  return server;
}

Result<Ok> TlsServer::reload() {
  auto context = load_context(certificate_file_, key_file_);
  if (!context) return context.error();
  std::lock_guard lock(mutex_);
  context_.swap(*context);
  return Ok{};
}

std::unique_ptr<TlsStream> TlsServer::accept(int native_socket) {
  SslPtr ssl;
  {
    std::lock_guard lock(mutex_);
    ssl.reset(SSL_new(context_.get()));
  }
  if (!ssl) {
    ERR_clear_error();
    return nullptr;
  }
  SSL_set_accept_state(ssl.get());
  return std::make_unique<TlsStream>(std::move(ssl), native_socket);
}

std::int64_t TlsServer::expires_at() const {
  std::lock_guard lock(mutex_);
  std::tm end{};
  const X509* certificate = SSL_CTX_get0_certificate(context_.get());
  if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) return 0;
  return ::timegm(&end);
}

}  // namespace kith

#include "front/tls_stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

#include "base/assert.h"

namespace kith {

namespace {

constexpr unsigned kNewKeysMax = 32;

}  // namespace

void SslDeleter::operator()(SSL* ssl) const { SSL_free(ssl); }
void SslContextDeleter::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }

// OpenSSL's way to the socket. Its own would raise SIGPIPE, and would not tell whether a read drained the socket.
struct TlsSocket {
  static int read(BIO* bio, char* into, int size) {
    auto& stream = *static_cast<TlsStream*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    const ssize_t got = ::recv(stream.socket_, into, static_cast<std::size_t>(size), MSG_DONTWAIT);
    stream.drained_ = got < size;
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
    return static_cast<int>(got);
  }
  static int write(BIO* bio, const char* bytes, int size) {
    const auto& stream = *static_cast<TlsStream*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    const ssize_t taken = ::send(stream.socket_, bytes, static_cast<std::size_t>(size), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (taken < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
    return static_cast<int>(taken);
  }
  static void saw_message(int writing, int, int type, const void* message, std::size_t size, SSL*, void* stream) {
    if (writing || type != SSL3_RT_HANDSHAKE || size == 0) return;
    if (*static_cast<const unsigned char*>(message) == SSL3_MT_KEY_UPDATE) ++static_cast<TlsStream*>(stream)->new_keys_;
  }
  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  static BIO_METHOD* method() {
    static BIO_METHOD* const kMethod = [] {
      BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "kith socket");
      KITH_ASSERT(made);
      BIO_meth_set_read(made, read);
      BIO_meth_set_write(made, write);
      BIO_meth_set_ctrl(made, control);
      return made;
    }();
    return kMethod;
  }
};

TlsStream::TlsStream(SslPtr ssl, int native_socket) : ssl_(std::move(ssl)), socket_(native_socket) {
  BIO* bio = BIO_new(TlsSocket::method());
  KITH_ASSERT(bio);
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_read_ahead(ssl_.get(), 1);  // Else every record would be two system calls.
  SSL_set_mode(ssl_.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Else a read would go on for as long as the other end sends new keys.
  SSL_clear_mode(ssl_.get(), SSL_MODE_AUTO_RETRY);
  SSL_set_msg_callback(ssl_.get(), TlsSocket::saw_message);
  SSL_set_msg_callback_arg(ssl_.get(), this);
}

TlsStream::~TlsStream() = default;

TlsStream::Handshake TlsStream::handshake() {
  ERR_clear_error();
  reads_want_write_ = false;
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) {
    more_ = SSL_has_pending(ssl_.get()) == 1;
    return Handshake::done;
  }
  const int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_WANT_READ) return Handshake::not_now;
  if (error == SSL_ERROR_WANT_WRITE) {
    reads_want_write_ = true;
    return Handshake::not_now;
  }
  broken_ = true;
  const unsigned long first = ERR_peek_error();
  const bool plain = ERR_GET_LIB(first) == ERR_LIB_SSL && ERR_GET_REASON(first) == SSL_R_HTTP_REQUEST;
  failure_ = take_tls_error();
  if (const long verified = SSL_get_verify_result(ssl_.get()); verified != X509_V_OK) {
    failure_ = std::string("the certificate is not trusted: ") + X509_verify_cert_error_string(verified);
  } else if (failure_.empty()) {
    failure_ = "the connection ended during the TLS handshake";
  }
  return plain ? Handshake::plain_http : Handshake::failed;
}

int TlsStream::lost() {
  broken_ = true;
  ERR_clear_error();
  errno = ECONNRESET;
  return -1;
}

long TlsStream::receive(char* into, std::size_t size) {
  more_ = reads_want_write_ = false;
  if (broken_) return lost();
  std::size_t done = 0;
  while (done < size) {
    ERR_clear_error();
    const int got = SSL_read(ssl_.get(), into + done, static_cast<int>(std::min<std::size_t>(size - done, INT_MAX)));
    if (got > 0) {
      done += static_cast<std::size_t>(got);
      new_keys_ = 0;
      if (drained_ && SSL_has_pending(ssl_.get()) == 0) return static_cast<long>(done);
      continue;
    }
    switch (SSL_get_error(ssl_.get(), got)) {
      case SSL_ERROR_WANT_READ:
        if (new_keys_ > kNewKeysMax) return lost();
        more_ = !drained_;
        break;
      case SSL_ERROR_WANT_WRITE:
        reads_want_write_ = true;
        break;
      case SSL_ERROR_ZERO_RETURN:
        if (done == 0) return 0;
        more_ = true;
        break;
      default:
        if (done == 0) return lost();
        broken_ = more_ = true;  // What came before still counts.
        ERR_clear_error();
    }
    if (done > 0) return static_cast<long>(done);
    errno = EAGAIN;
    return -1;
  }
  more_ = true;
  return static_cast<long>(done);
}

long TlsStream::transmit(const char* bytes, std::size_t size) {
  if (broken_) return lost();
  std::size_t done = 0;
  while (done < size) {
    ERR_clear_error();
    const int taken = SSL_write(ssl_.get(), bytes + done, static_cast<int>(std::min<std::size_t>(size - done, INT_MAX)));
    if (taken > 0) {
      done += static_cast<std::size_t>(taken);
      continue;
    }
    // Nothing here ever waits for reading: once the handshake is done, no other follows.
    if (SSL_get_error(ssl_.get(), taken) != SSL_ERROR_WANT_WRITE) return lost();
    if (done > 0) break;
    errno = EAGAIN;
    return -1;
  }
  return static_cast<long>(done);
}

void TlsStream::close_notify() {
  if (broken_) return;
  ERR_clear_error();
  if (SSL_in_init(ssl_.get()) == 0) SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

std::string take_tls_error() {
  const unsigned long first = ERR_get_error();
  ERR_clear_error();
  if (first == 0) return {};
  const char* reason = ERR_reason_error_string(first);
  return reason ? reason : "error " + std::to_string(first) + " of OpenSSL";
}

}  // namespace kith

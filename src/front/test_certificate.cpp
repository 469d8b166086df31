#include "front/test_certificate.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <vector>

namespace kith::test {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Cert = std::unique_ptr<X509, decltype(&X509_free)>;

Key make_key() { return {EVP_EC_gen("P-256"), EVP_PKEY_free}; }

void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  ASSERT_TRUE(extension) << value;
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// Signed by `issuer`, or by itself.
Cert make_certificate(const std::string& name, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key, const std::string& names, bool expired) {
  Cert made(X509_new(), X509_free);
  X509* raw = made.get();
  X509_set_version(raw, X509_VERSION_3);
  static long serial = 0;
  ASN1_INTEGER_set(X509_get_serialNumber(raw), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(raw), -7200);
  X509_gmtime_adj(X509_getm_notAfter(raw), expired ? -3600 : 3600);
  X509_set_pubkey(raw, key);
  X509_NAME* subject = X509_get_subject_name(raw);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(raw, issuer ? X509_get_subject_name(issuer) : subject);
  if (issuer) {
    extend(raw, issuer, NID_subject_alt_name, names);
  } else {
    extend(raw, raw, NID_basic_constraints, "critical,CA:TRUE");
    extend(raw, raw, NID_key_usage, "critical,keyCertSign");
  }
  EXPECT_GT(X509_sign(raw, issuer_key, EVP_sha256()), 0);
  return made;
}

template <class Write>
void write_file(const std::string& path, Write write) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  ASSERT_TRUE(file) << path;
  write(file);
  std::fclose(file);
}

}  // namespace

Certificate::Certificate(const std::string& names, bool expired) {
  char pattern[] = "/tmp/kith-certificate-XXXXXX";
  folder_ = ::mkdtemp(pattern);
  const Key authority_key = make_key(), own_key = make_key();
  const Cert authority = make_certificate("an authority of a test", authority_key.get(), nullptr, authority_key.get(), {}, false);
  const Cert own = make_certificate("a server of a test", own_key.get(), authority.get(), authority_key.get(), names, expired);
  write_file(this->authority(), [&](std::FILE* file) { PEM_write_X509(file, authority.get()); });
  write_file(chain(), [&](std::FILE* file) {
    PEM_write_X509(file, own.get());
    PEM_write_X509(file, authority.get());
  });
  write_file(key(), [&](std::FILE* file) { PEM_write_PrivateKey(file, own_key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
}

Certificate::~Certificate() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void Certificate::become(const Certificate& other) const {
  for (const char* name : {"chain.pem", "key.pem", "authority.pem"}) {
    std::filesystem::copy_file(other.path(name), path(name), std::filesystem::copy_options::overwrite_existing);
  }
}

}  // namespace kith::test

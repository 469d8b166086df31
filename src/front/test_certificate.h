// front/test_certificate.h — For tests: certificates made on the spot, in files of a directory that goes away.
#pragma once

#include <string>

namespace kith::test {

// An authority, and a server's certificate that it signed for `names` ("DNS:localhost,IP:127.0.0.1").
class Certificate {
 public:
  explicit Certificate(const std::string& names = "DNS:localhost,IP:127.0.0.1", bool expired = false);
  ~Certificate();
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  std::string chain() const { return folder_ + "/chain.pem"; }  // The certificate, then the authority's.
  std::string key() const { return folder_ + "/key.pem"; }
  std::string authority() const { return folder_ + "/authority.pem"; }
  std::string path(const std::string& name) const { return folder_ + "/" + name; }

  // Takes the place of this one's files, as one who renews does.
  void become(const Certificate& other) const;

 private:
  std::string folder_;
};

}  // namespace kith::test

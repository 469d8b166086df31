// Tokens and request bodies as a stranger would make them. The first byte picks the way in; claims and headers come with a signature that
// fits, so that what lies behind it is reached.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "auth/accounts_for_tests.h"
#include "auth/json.h"

namespace {

constexpr std::string_view kKey = "0123456789abcdef0123456789abcdef";
constexpr std::int64_t kNowMs = 1'700'000'000'000;

const kith::TokenReader& reader() {
  static const kith::TokenReader reader = [] {
    kith::TokenKeys keys;
    keys.without_kid = kith::Secret(kKey);
    keys.by_kid.emplace("k", kith::Secret(kKey));
    return *kith::TokenReader::make(std::move(keys), {});
  }();
  return reader;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 5) {
    case 0:
      if (auto token = kith::parse_device_token(text)) {
        // There is exactly one text for a token's parts.
        KITH_ASSERT(!token->user.empty() && !token->device.empty());
        KITH_ASSERT(text.starts_with("kd_" + kith::base64url(token->user.text()) + '.' + token->device.text() + '.'));
      }
      break;
    case 1: {
      // Without the key there is no way in.
      auto read = reader().read(text, {kNowMs});
      KITH_ASSERT(!read || read->kind == kith::TokenKind::device);
      break;
    }
    case 2: {
      auto read = reader().read(kith::sign_jwt(R"({"alg":"HS256"})", text, kKey), {kNowMs});
      bool application = read && read->kind == kith::TokenKind::application && !read->user.empty() && read->issued_ms >= 0;
      bool service = read && read->kind == kith::TokenKind::administrator && read->user.empty() && !read->service.empty();
      KITH_ASSERT(!read || application || service);
      break;
    }
    case 3: {
      auto read = reader().read(kith::sign_jwt(text, R"({"sub":"a","exp":1900000000})", kKey), {kNowMs});
      KITH_ASSERT(!read || text.find("HS256") != text.npos || text.find('\\') != text.npos);
      break;
    }
    case 4: {
      static constexpr std::string_view kFields[] = {"user", "password"};
      auto fields = kith::read_string_fields(text, kFields);
      KITH_ASSERT(!fields || fields->size() == 2);
      break;
    }
  }
  return 0;
}

#include "auth/token.h"

#include <simdjson.h>
#include <sodium.h>

#include <cmath>

#include "auth/json.h"

namespace kith {

namespace {

constexpr std::string_view kDevicePrefix = "kd_";
constexpr std::string_view kAdminPrefix = "ka_";
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kSecretText = 43;  // 32 bytes in base64url without padding.
constexpr std::size_t kJsonDepthMax = 8;
constexpr double kSecondsMax = 9e12;  // Beyond this, milliseconds of a date leave the exact range of a double.

std::string to_base64url(const void* bytes, std::size_t size) {
  std::string out(sodium_base64_encoded_len(size, sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
  sodium_bin2base64(out.data(), out.size(), static_cast<const unsigned char*>(bytes), size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  out.pop_back();  // The terminating zero.
  return out;
}

std::string to_base64url(std::string_view bytes) { return to_base64url(bytes.data(), bytes.size()); }

// Strict: no padding, no white space, no bits left over. There is exactly one text for each value.
std::optional<std::string> from_base64url(std::string_view text) {
  std::string out(text.size() / 4 * 3 + 3, '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(), text.size(), nullptr, &size, nullptr,
                        sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0) {
    return std::nullopt;
  }
  out.resize(size);
  return out;
}

TokenHash hash_of(std::string_view token) {
  TokenHash hash;
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(token.data()), token.size(), nullptr, 0);
  return hash;
}

std::string random_text(Random& random) {
  unsigned char bytes[kSecretBytes];
  random.fill(bytes, sizeof bytes);
  std::string text = to_base64url(bytes, sizeof bytes);
  sodium_memzero(bytes, sizeof bytes);
  return text;
}

// HMAC-SHA256 takes keys of any length, which libsodium offers in its streaming form only.
std::array<unsigned char, crypto_auth_hmacsha256_BYTES> sign(std::string_view signed_part, const Secret& key) {
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> out;
  crypto_auth_hmacsha256_state state;
  auto bytes = key.reveal();
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(signed_part.data()), signed_part.size());
  crypto_auth_hmacsha256_final(&state, out.data());
  sodium_memzero(&state, sizeof state);
  return out;
}

Failure no(std::string why) { return Failure(Code::unauthenticated, std::move(why)); }

// One JSON object, its parser and its input.
class JsonObject {
 public:
  explicit JsonObject(std::string_view json) : text_(json) {
    good_ = parser_.allocate(text_.size(), kJsonDepthMax) == simdjson::SUCCESS && parser_.parse(text_).get(object_) == simdjson::SUCCESS;
  }
  bool good() const { return good_; }
  const simdjson::dom::object& fields() const { return object_; }

 private:
  simdjson::padded_string text_;
  simdjson::dom::parser parser_;
  simdjson::dom::object object_;
  bool good_ = false;
};

// A field that may be there once. False: it is there again, or is of another type.
bool take_text(simdjson::dom::element element, std::optional<std::string>& out) {
  std::string_view text;
  if (out || element.get(text) != simdjson::SUCCESS) return false;
  out = std::string(text);
  return true;
}

// NumericDate of RFC 7519: seconds, perhaps with a fraction.
bool take_seconds(simdjson::dom::element element, std::optional<double>& out) {
  double seconds = 0;
  if (out || !element.is_number() || element.get(seconds) != simdjson::SUCCESS) return false;
  if (!(seconds >= 0 && seconds <= kSecondsMax)) return false;
  out = seconds;
  return true;
}

struct Audience {
  bool present = false;
  bool fits = false;
  bool service = false;
};

// One string, or an array of strings.
bool take_audience(simdjson::dom::element element, const std::optional<std::string>& wanted, Audience& out) {
  if (out.present) return false;
  out.present = true;
  std::string_view text;
  if (element.get(text) == simdjson::SUCCESS) {
    out.fits = wanted && text == *wanted;
    out.service = text == kServiceAudience;
    return true;
  }
  simdjson::dom::array several;
  if (element.get(several) != simdjson::SUCCESS) return false;
  for (auto one : several) {
    if (one.get(text) != simdjson::SUCCESS) return false;
    out.fits = out.fits || (wanted && text == *wanted);
    out.service = out.service || text == kServiceAudience;
  }
  return true;
}

std::int64_t to_ms(double seconds) { return static_cast<std::int64_t>(std::floor(seconds * 1000)); }

}  // namespace

std::string_view bearer(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() < kScheme.size()) return {};
  bool fits = std::equal(kScheme.begin(), kScheme.end(), authorization.begin(),
                         [](char wanted, char found) { return wanted == (found >= 'A' && found <= 'Z' ? found - 'A' + 'a' : found); });
  if (!fits) return {};
  authorization.remove_prefix(kScheme.size());
  while (authorization.starts_with(' ')) authorization.remove_prefix(1);
  while (authorization.ends_with(' ')) authorization.remove_suffix(1);
  return authorization;
}

NewDeviceToken make_device_token(const UserId& user, const DeviceId& device, Random& random) {
  std::string text(kDevicePrefix);
  text += to_base64url(user.text());
  text += '.';
  text += device.text();
  text += '.';
  text += random_text(random);
  TokenHash hash = hash_of(text);
  return {Secret::from(std::move(text)), hash};
}

std::optional<PresentedToken> parse_device_token(std::string_view text) {
  if (!text.starts_with(kDevicePrefix) || text.size() > kTokenBytesMax) return std::nullopt;
  auto rest = text.substr(kDevicePrefix.size());
  // A device id may contain dots; base64url has none.
  auto first = rest.find('.'), last = rest.rfind('.');
  if (first == rest.npos || first == last) return std::nullopt;
  auto user_text = from_base64url(rest.substr(0, first));
  auto secret = rest.substr(last + 1);
  if (!user_text || secret.size() != kSecretText || !from_base64url(secret)) return std::nullopt;
  auto user = UserId::parse(*user_text);
  auto device = DeviceId::parse(rest.substr(first + 1, last - first - 1));
  if (!user || !device) return std::nullopt;
  PresentedToken token;
  token.kind = TokenKind::device;
  token.user = std::move(*user);
  token.device = std::move(*device);
  token.hash = hash_of(text);
  return token;
}

Secret make_admin_token(Random& random) { return Secret::from(std::string(kAdminPrefix) + random_text(random)); }

bool is_admin_token(std::string_view text) {
  return text.starts_with(kAdminPrefix) && text.size() == kAdminPrefix.size() + kSecretText &&
         from_base64url(text.substr(kAdminPrefix.size()));
}

std::string mint_jwt(const JwtClaims& claims, const Secret& key, std::string_view kid) {
  std::string header = R"({"alg":"HS256","typ":"JWT")";
  if (!kid.empty()) {
    header += R"(,"kid":)";
    append_json_string(header, kid);
  }
  header += '}';
  std::string body = R"({"sub":)";
  append_json_string(body, claims.subject);
  auto add_text = [&](std::string_view name, const std::optional<std::string>& value) {
    if (!value) return;
    body.append(",\"").append(name).append("\":");
    append_json_string(body, *value);
  };
  auto add_number = [&](std::string_view name, std::int64_t value) {
    body.append(",\"").append(name).append("\":").append(std::to_string(value));
  };
  add_text("device", claims.device);
  add_text("iss", claims.issuer);
  add_text("aud", claims.audience);
  add_number("exp", claims.expires_s);
  if (claims.issued_s) add_number("iat", *claims.issued_s);
  if (claims.not_before_s) add_number("nbf", *claims.not_before_s);
  body += '}';
  std::string token = to_base64url(header) + '.' + to_base64url(body);
  auto signature = sign(token, key);
  token += '.';
  token += to_base64url(signature.data(), signature.size());
  return token;
}

Result<TokenReader> TokenReader::make(TokenKeys keys, Secret admin) {
  bool long_enough = !keys.without_kid || keys.without_kid->size() >= kTokenKeyBytesMin;
  for (const auto& [kid, key] : keys.by_kid) long_enough = long_enough && key.size() >= kTokenKeyBytesMin;
  if (!long_enough) return Failure(Code::invalid_argument, "a token key must have at least 32 bytes");
  return TokenReader(std::move(keys), std::move(admin));
}

Result<Secret> TokenReader::mint(const UserId& user, const std::optional<DeviceId>& device, Duration life, WallTime now) const {
  if (!keys_.without_kid) return Failure(Code::not_found, "this server has no key of an application");
  JwtClaims claims;
  claims.subject = user.text();
  if (device) claims.device = device->text();
  claims.issuer = keys_.issuer;
  claims.audience = keys_.audience;
  claims.issued_s = now.ms / 1000;
  claims.expires_s = now.ms / 1000 + life / 1s;
  return Secret::from(mint_jwt(claims, *keys_.without_kid));
}

Result<PresentedToken> TokenReader::read(std::string_view text, WallTime now) const {
  if (text.empty()) return no("there is no token");
  if (text.size() > kTokenBytesMax) return no("the token is too long");
  if (text.starts_with(kDevicePrefix)) {
    auto token = parse_device_token(text);
    if (!token) return no("this is not a token");
    return std::move(*token);
  }
  if (text.starts_with(kAdminPrefix)) {
    if (!admin_.equals(text)) return no("this is not the administrator's token");
    PresentedToken token;
    token.kind = TokenKind::administrator;
    return token;
  }
  return read_jwt(text, now);
}

// Nothing of the claims is parsed before the signature fits; of the header only what chooses the key.
Result<PresentedToken> TokenReader::read_jwt(std::string_view text, WallTime now) const {
  auto first = text.find('.');
  auto second = first == text.npos ? text.npos : text.find('.', first + 1);
  if (second == text.npos || text.find('.', second + 1) != text.npos) return no("this is not a token");
  auto header = from_base64url(text.substr(0, first));
  auto signature = from_base64url(text.substr(second + 1));
  if (!header || !signature || signature->size() != crypto_auth_hmacsha256_BYTES) return no("this is not a token");
  const Secret* key = key_for(*header);
  if (!key) return no("the token is not signed with HS256 and a key of this server");
  auto expected = sign(text.substr(0, second), *key);
  if (sodium_memcmp(expected.data(), signature->data(), expected.size()) != 0) return no("the signature does not fit");
  auto claims = from_base64url(text.substr(first + 1, second - first - 1));
  if (!claims) return no("this is not a token");
  return read_claims(*claims, now);
}

// Null when the header asks for anything but HS256 with a key that we have, or is not exactly clear.
const Secret* TokenReader::key_for(std::string_view header_json) const {
  JsonObject header(header_json);
  if (!header.good()) return nullptr;
  std::optional<std::string> algorithm, kid;
  for (auto [name, value] : header.fields()) {
    if (name == "alg" && !take_text(value, algorithm)) return nullptr;
    if (name == "kid" && !take_text(value, kid)) return nullptr;
    if (name == "crit") return nullptr;  // RFC 7515 4.1.11: extensions that must be understood; none is.
  }
  if (algorithm != "HS256") return nullptr;
  if (!kid) return keys_.without_kid ? &*keys_.without_kid : nullptr;
  auto found = keys_.by_kid.find(*kid);
  return found == keys_.by_kid.end() ? nullptr : &found->second;
}

Result<PresentedToken> TokenReader::read_claims(std::string_view json, WallTime now) const {
  JsonObject claims(json);
  if (!claims.good()) return no("the claims are not a JSON object");
  std::optional<std::string> subject, device, issuer;
  std::optional<double> expires, not_before, issued;
  Audience audience;
  for (auto [name, value] : claims.fields()) {
    bool good = true;
    if (name == "sub") good = take_text(value, subject);
    if (name == "device") good = take_text(value, device);
    if (name == "iss") good = take_text(value, issuer);
    if (name == "aud") good = take_audience(value, keys_.audience, audience);
    if (name == "exp") good = take_seconds(value, expires);
    if (name == "nbf") good = take_seconds(value, not_before);
    if (name == "iat") good = take_seconds(value, issued);
    if (!good) return no("claim " + std::string(name) + " is there twice or has a wrong type");
  }
  const std::int64_t leeway_ms = std::chrono::duration_cast<std::chrono::milliseconds>(keys_.leeway).count();
  if (!expires) return no("claim exp is missing");
  if (now.ms >= to_ms(*expires) + leeway_ms) return no("the token has expired");
  if (not_before && now.ms < to_ms(*not_before) - leeway_ms) return no("the token is not valid yet");
  if (issued && now.ms < to_ms(*issued) - leeway_ms) return no("the token was issued in the future");
  if (keys_.issuer && issuer != keys_.issuer) return no("the token is of another issuer");
  if (keys_.audience && !audience.fits && !audience.service) return no("the token is for another audience");
  if (!subject) return no("claim sub is missing");
  auto user = UserId::parse(*subject);
  if (audience.service) {
    const std::int64_t life_ms = std::chrono::duration_cast<std::chrono::milliseconds>(kServiceLifeMax).count();
    if (!user) return no("claim sub is not the name of a service");
    if (device) return no("a service has no device");
    if (to_ms(*expires) > now.ms + life_ms + leeway_ms) return no("a token of a service lives 24 hours at most");
    PresentedToken token;
    token.kind = TokenKind::administrator;
    token.service = user->text();
    return token;
  }
  if (!user) return no("claim sub is not a user id");
  PresentedToken token;
  token.kind = TokenKind::application;
  token.user = std::move(*user);
  if (device) {
    auto id = DeviceId::parse(*device);
    if (!id) return no("claim device is not a device id");
    token.device = std::move(*id);
  }
  token.issued_ms = issued ? to_ms(*issued) : 0;
  return token;
}

}  // namespace kith

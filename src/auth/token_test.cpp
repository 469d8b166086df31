#include "auth/token.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "auth/accounts_for_tests.h"
#include "auth/admin_token.h"

namespace kith {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kKey = "0123456789abcdef0123456789abcdef";
constexpr std::string_view kOtherKey = "another key of thirty-two bytes!";
constexpr std::string_view kHeader = R"({"alg":"HS256","typ":"JWT"})";
constexpr std::int64_t kNow = 1'700'000'000;  // Seconds.

TokenKeys one_key() {
  TokenKeys keys;
  keys.without_kid = Secret(kKey);
  return keys;
}

TokenReader reader(TokenKeys keys = one_key(), Secret admin = {}) { return *TokenReader::make(std::move(keys), std::move(admin)); }

// The detail of the refusal, or "" when the token was taken.
std::string refusal(const TokenReader& reader, std::string_view token, std::int64_t now_ms = kNow * 1000) {
  auto read = reader.read(token, {now_ms});
  if (read) return "";
  EXPECT_EQ(read.error().code, Code::unauthenticated);
  EXPECT_FALSE(read.error().detail.empty());
  return read.error().detail;
}

std::string claims(std::string_view more = "") { return R"({"sub":"alice","exp":)" + std::to_string(kNow + 100) + std::string(more) + "}"; }

std::string token_with(std::string_view more) { return sign_jwt(kHeader, claims(more), kKey); }

TEST(Jwt, Rfc7515AppendixA1) {
  unsigned char key[64];
  std::size_t size = 0;
  constexpr std::string_view kJwk = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
  ASSERT_EQ(sodium_base642bin(key, sizeof key, kJwk.data(), kJwk.size(), nullptr, &size, nullptr, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
            0);
  TokenKeys keys;
  keys.without_kid = Secret({reinterpret_cast<char*>(key), size});
  auto with_key = reader(std::move(keys));
  std::string token =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
      ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
      ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  // Its signature fits and it is read to its end: it only names no user.
  EXPECT_EQ(refusal(with_key, token, 1'300'819'379'000), "claim sub is missing");
  EXPECT_EQ(refusal(with_key, token, 1'300'819'380'000 + 60'000), "the token has expired");
  EXPECT_EQ(refusal(reader(), token, 1'300'819'379'000), "the signature does not fit");
}

TEST(Jwt, WhatIsMintedIsRead) {
  JwtClaims minted;
  minted.subject = "al+ice@example.org";
  minted.device = "web.1";
  minted.issuer = "the \"app\"\n";
  minted.audience = "kith";
  minted.expires_s = kNow + 60;
  minted.issued_s = kNow - 5;
  minted.not_before_s = kNow - 5;
  TokenKeys keys;
  keys.by_kid.emplace("k1", Secret(kKey));
  keys.issuer = minted.issuer;
  keys.audience = "kith";
  auto read = reader(std::move(keys)).read(mint_jwt(minted, Secret(kKey), "k1"), {kNow * 1000});
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->kind, TokenKind::application);
  EXPECT_EQ(read->user.text(), "al+ice@example.org");
  EXPECT_EQ(read->device.text(), "web.1");
  EXPECT_EQ(read->issued_ms, (kNow - 5) * 1000);
}

// RELIABILITY 1.6, row JWT: nothing in a header may choose anything but a key of ours for HS256.
TEST(Jwt, AlgorithmConfusion) {
  auto with_key = reader();
  EXPECT_EQ(refusal(with_key, sign_jwt(kHeader, claims(), kKey)), "");
  for (std::string_view header : {R"({"alg":"none"})",
                                  R"({"alg":"None"})",
                                  R"({"alg":"NONE"})",
                                  R"({"alg":""})",
                                  R"({"alg":null})",
                                  R"({"alg":256})",
                                  R"({})",
                                  R"([])",
                                  R"("HS256")",
                                  R"({"alg":["HS256"]})",
                                  R"({"alg":"hs256"})",
                                  R"({"alg":"HS256 "})",
                                  R"({"alg":"HS384"})",
                                  R"({"alg":"HS512"})",
                                  R"({"alg":"RS256"})",
                                  R"({"alg":"ES256"})",
                                  R"({"alg":"HS256","alg":"none"})",
                                  R"({"alg":"none","alg":"HS256"})",
                                  R"({"alg":"HS256","crit":["exp"]})",
                                  R"({"alg":"HS256","crit":["b64"],"b64":false})",
                                  R"({"alg":"HS256","kid":"unknown"})",
                                  R"({"alg":"HS256","kid":""})",
                                  R"({"alg":"HS256","kid":null})",
                                  R"({"alg":"HS256","kid":"a","kid":"b"})",
                                  R"({"alg":"HS256")",
                                  ""}) {
    EXPECT_EQ(refusal(with_key, sign_jwt(header, claims(), kKey)), "the token is not signed with HS256 and a key of this server") << header;
    EXPECT_NE(refusal(with_key, base64url(header) + '.' + base64url(claims()) + '.'), "") << header;
  }
}

TEST(Jwt, KeysAreChosenByKid) {
  TokenKeys keys = one_key();
  keys.by_kid.emplace("new", Secret(kOtherKey));
  auto both = reader(std::move(keys));
  EXPECT_EQ(refusal(both, sign_jwt(R"({"alg":"HS256","kid":"new"})", claims(), kOtherKey)), "");
  EXPECT_EQ(refusal(both, sign_jwt(R"({"alg":"HS256","kid":"new"})", claims(), kKey)), "the signature does not fit");
  EXPECT_EQ(refusal(both, sign_jwt(kHeader, claims(), kOtherKey)), "the signature does not fit");
  TokenKeys none;
  EXPECT_NE(refusal(reader(std::move(none)), sign_jwt(kHeader, claims(), "")), "");
  TokenKeys weak;
  weak.by_kid.emplace("weak", Secret("thirty-one bytes are too few...."sv.substr(0, 31)));
  EXPECT_FALSE(TokenReader::make(std::move(weak), {}));
  TokenKeys empty;
  empty.without_kid = Secret();
  EXPECT_FALSE(TokenReader::make(std::move(empty), {}));
}

TEST(Jwt, TimesAndLeeway) {
  auto with_key = reader();
  struct Case {
    std::string more;
    std::int64_t now_ms;
    std::string refusal;
  };
  const std::string exp = R"({"sub":"alice","exp":)" + std::to_string(kNow);
  const std::int64_t now = kNow * 1000;
  const Case cases[] = {
      {"}", now, ""},
      {"}", now + 59'999, ""},
      {"}", now + 60'000, "the token has expired"},
      {".5}", now + 60'499, ""},
      {".5}", now + 60'500, "the token has expired"},
      {R"(,"nbf":)" + std::to_string(kNow) + "}", now - 60'000, ""},
      {R"(,"nbf":)" + std::to_string(kNow) + "}", now - 60'001, "the token is not valid yet"},
      {R"(,"iat":)" + std::to_string(kNow) + "}", now - 60'000, ""},
      {R"(,"iat":)" + std::to_string(kNow) + "}", now - 60'001, "the token was issued in the future"},
      {R"(,"exp":9999999999})", now, "claim exp is there twice or has a wrong type"},
      {R"(,"nbf":"0"})", now, "claim nbf is there twice or has a wrong type"},
      {R"(,"nbf":-1})", now, "claim nbf is there twice or has a wrong type"},
      {R"(,"iat":1e300})", now, "claim iat is there twice or has a wrong type"},
      {R"(,"iat":true})", now, "claim iat is there twice or has a wrong type"},
  };
  for (const auto& one : cases) EXPECT_EQ(refusal(with_key, sign_jwt(kHeader, exp + one.more, kKey), one.now_ms), one.refusal) << one.more;
  EXPECT_EQ(refusal(with_key, sign_jwt(kHeader, R"({"sub":"alice"})", kKey)), "claim exp is missing");
  EXPECT_NE(refusal(with_key, sign_jwt(kHeader, R"({"sub":"alice","exp":"1900000000"})", kKey)), "");
  EXPECT_NE(refusal(with_key, sign_jwt(kHeader, R"({"sub":"alice","exp":99999999999999999999})", kKey)), "");
}

TEST(Jwt, SubjectDeviceIssuerAudience) {
  auto plain = reader();
  const std::string exp = R"(,"exp":)" + std::to_string(kNow + 9) + "}";
  for (std::string_view bad :
       {R"({"sub":"")", R"({"sub":"a b")", R"({"sub":1)", R"({"sub":null)", R"({"sub":"a","sub":"b")", R"({"sub":"a/b")",
        R"({"sub":"a\u0000")", R"({"sub":"a","device":"")", R"({"sub":"a","device":"x y")", R"({"sub":"a","device":5)"}) {
    EXPECT_NE(refusal(plain, sign_jwt(kHeader, std::string(bad) + exp, kKey)), "") << bad;
  }
  EXPECT_EQ(refusal(plain, token_with(R"(,"iss":"any","aud":"any","roles":{"a":[1,{}]})")), "");

  TokenKeys keys = one_key();
  keys.issuer = "app";
  keys.audience = "kith";
  auto strict = reader(std::move(keys));
  EXPECT_EQ(refusal(strict, token_with(R"(,"iss":"app","aud":"kith")")), "");
  EXPECT_EQ(refusal(strict, token_with(R"(,"iss":"app","aud":["x","kith"])")), "");
  EXPECT_EQ(refusal(strict, token_with(R"(,"aud":"kith")")), "the token is of another issuer");
  EXPECT_EQ(refusal(strict, token_with(R"(,"iss":"App","aud":"kith")")), "the token is of another issuer");
  EXPECT_EQ(refusal(strict, token_with(R"(,"iss":"app")")), "the token is for another audience");
  for (std::string_view aud : {R"("kith2")", "[]", R"(["x"])", "1", R"(["kith",1])", R"({"kith":1})", "null"}) {
    EXPECT_NE(refusal(strict, token_with(R"(,"iss":"app","aud":)" + std::string(aud))), "") << aud;
  }
}

// The user that a token is of, or "service:NAME"; "" when it is refused.
std::string bearer_of(const TokenReader& reader, std::string_view token) {
  auto read = reader.read(token, {kNow * 1000});
  if (!read) return "";
  if (read->kind == TokenKind::application) return read->user.text();
  EXPECT_EQ(read->kind, TokenKind::administrator);
  EXPECT_TRUE(read->user.empty());
  return "service:" + read->service;
}

TEST(ServiceToken, IsToldByItsAudienceAlone) {
  auto plain = reader();
  TokenKeys keys = one_key();
  keys.audience = "kith";
  keys.issuer = "shop";
  auto strict = reader(std::move(keys));
  EXPECT_EQ(bearer_of(plain, token_with(R"(,"aud":"kith-admin")")), "service:alice");
  EXPECT_EQ(bearer_of(plain, token_with(R"(,"aud":["kith","kith-admin"])")), "service:alice");
  EXPECT_EQ(bearer_of(strict, token_with(R"(,"iss":"shop","aud":"kith-admin")")), "service:alice");
  EXPECT_EQ(bearer_of(strict, token_with(R"(,"iss":"shop","aud":["kith","kith-admin"])")), "service:alice");
  // A user's stays a user's, whatever else it says.
  for (const char* more : {"", R"(,"aud":"kith")", R"(,"aud":"kith-admin2")", R"(,"aud":"KITH-ADMIN")", R"(,"aud":[])",
                           R"(,"aud":["kith-"])", R"(,"scope":"kith-admin","admin":true,"role":"kith-admin")"}) {
    EXPECT_EQ(bearer_of(plain, token_with(more)), "alice") << more;
  }
}

TEST(ServiceToken, ThoseThatAreRefused) {
  TokenKeys keys = one_key();
  keys.issuer = "shop";
  auto strict = reader(std::move(keys));
  auto plain = reader();
  EXPECT_EQ(refusal(strict, token_with(R"(,"aud":"kith-admin")")), "the token is of another issuer");
  EXPECT_EQ(refusal(plain, sign_jwt(kHeader, claims(R"(,"aud":"kith-admin")"), kOtherKey)), "the signature does not fit");
  EXPECT_NE(refusal(plain, sign_jwt(R"({"alg":"none"})", claims(R"(,"aud":"kith-admin")"), kKey)), "");
  EXPECT_EQ(refusal(plain, token_with(R"(,"aud":"kith-admin","device":"phone")")), "a service has no device");
  EXPECT_NE(refusal(plain, token_with(R"(,"aud":"kith-admin","aud":"kith")")), "");
  auto of = [](std::string_view subject, std::int64_t life_s) {
    return sign_jwt(
        kHeader, std::string(R"({"sub":")").append(subject) + R"(","aud":"kith-admin","exp":)" + std::to_string(kNow + life_s) + "}", kKey);
  };
  EXPECT_EQ(refusal(plain, of("shop", 24 * 3600)), "");
  EXPECT_EQ(refusal(plain, of("shop", 24 * 3600 + 61)), "a token of a service lives 24 hours at most");
  EXPECT_EQ(refusal(plain, of("shop", -61)), "the token has expired");
  EXPECT_EQ(refusal(plain, of("two words", 60)), "claim sub is not the name of a service");
  EXPECT_EQ(refusal(plain, of("", 60)), "claim sub is not the name of a service");
}

TEST(Jwt, TheServerMintsWhatItReads) {
  TokenKeys keys = one_key();
  keys.audience = "kith";
  keys.issuer = "shop";
  auto strict = reader(std::move(keys));
  auto token = strict.mint(*UserId::parse("alice"), *DeviceId::parse("tab"), 60s, {kNow * 1000});
  ASSERT_TRUE(token);
  auto read = strict.read(token->reveal(), {kNow * 1000});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->user.text(), "alice");
  EXPECT_EQ(read->device.text(), "tab");
  EXPECT_EQ(refusal(strict, token->reveal(), (kNow + 121) * 1000), "the token has expired");
  EXPECT_EQ(reader(TokenKeys{}).mint(*UserId::parse("alice"), std::nullopt, 60s, {}).error().code, Code::not_found);
}

TEST(Jwt, ForgedAndTruncatedAtEveryByte) {
  auto with_key = reader();
  const std::string good = token_with(R"(,"device":"phone")");
  ASSERT_EQ(refusal(with_key, good), "");
  for (std::size_t i = 0; i < good.size(); ++i) {
    EXPECT_NE(refusal(with_key, good.substr(0, i)), "") << i;
    EXPECT_NE(refusal(with_key, good.substr(i + 1)), "") << i;
    for (char c : {'A', 'z', '.', '=', '+', ' ', '\0', '\xff'}) {
      std::string forged = good;
      if (forged[i] == c) continue;
      forged[i] = c;
      EXPECT_NE(refusal(with_key, forged), "") << i << ' ' << static_cast<int>(c);
      forged = good;
      forged.insert(i, 1, c);
      EXPECT_NE(refusal(with_key, forged), "") << i << ' ' << static_cast<int>(c);
    }
  }
  EXPECT_NE(refusal(with_key, good + "="), "");
  EXPECT_NE(refusal(with_key, good + ".x"), "");
  EXPECT_NE(refusal(with_key, good + "\n"), "");
}

TEST(Jwt, LimitsOfSizeAndDepth) {
  auto with_key = reader();
  EXPECT_EQ(refusal(with_key, std::string(4097, 'a')), "the token is too long");
  EXPECT_NE(refusal(with_key, std::string(4096, '.')), "");
  EXPECT_EQ(refusal(with_key, token_with(R"(,"x":")" + std::string(2800, 'x') + "\"")), "");
  EXPECT_EQ(refusal(with_key, token_with(R"(,"x":)" + std::string(1000, '[') + std::string(1000, ']'))),
            "the claims are not a JSON object");
  EXPECT_NE(refusal(with_key, sign_jwt(std::string(1500, '['), claims(), kKey)), "");
  EXPECT_NE(refusal(with_key, token_with(",\"x\":\"\xff\"")), "");
  EXPECT_NE(refusal(with_key, sign_jwt(kHeader, claims() + "{}", kKey)), "");
}

TEST(DeviceToken, NamesItsUserAndDevice) {
  SeededRandom random(7);
  auto token = make_device_token(user_id("a.b-c@d"), device_id("my.old.phone"), random);
  auto parsed = parse_device_token(token.text.reveal());
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->user.text(), "a.b-c@d");
  EXPECT_EQ(parsed->device.text(), "my.old.phone");
  EXPECT_EQ(parsed->hash, token.hash);
  auto other = make_device_token(user_id("a.b-c@d"), device_id("my.old.phone"), random);
  EXPECT_NE(other.hash, token.hash);
  EXPECT_EQ(reader().read(token.text.reveal(), {0})->kind, TokenKind::device);
}

TEST(DeviceToken, GarbageIsNone) {
  const std::string secret(43, 'A');
  for (const std::string& bad :
       {std::string("kd_"), std::string("kd_."), std::string("kd_.."), "kd_YQ." + secret, "kd_YQ.." + secret, "kd_.d." + secret,
        "kd_YQ.d." + secret + "A", "kd_YQ.d." + secret.substr(1), "kd_YR.d." + secret, "kd_YQ==.d." + secret, "KD_YQ.d." + secret,
        "kd_YQ.d e." + secret, "kd_IA.d." + secret, "kd_YQ.d." + secret.substr(1) + "B"}) {
    EXPECT_FALSE(parse_device_token(bad)) << bad;
  }
  EXPECT_TRUE(parse_device_token("kd_YQ.d." + secret));
}

TEST(AdminToken, OnlyTheWholeOne) {
  SeededRandom random(3);
  Secret admin = make_admin_token(random);
  std::string text(admin.reveal());
  auto with_admin = reader(one_key(), admin.copy());
  EXPECT_EQ(with_admin.read(text, {0})->kind, TokenKind::administrator);
  for (std::size_t i = 0; i < text.size(); ++i) {
    EXPECT_NE(refusal(with_admin, text.substr(0, i)), "");
    std::string forged = text;
    forged[i] = forged[i] == 'x' ? 'y' : 'x';
    EXPECT_NE(refusal(with_admin, forged), "");
  }
  EXPECT_NE(refusal(reader(), text), "");
  EXPECT_NE(refusal(reader(), "ka_"), "");  // No administrator's token at all: the empty one is none.
}

TEST(AdminToken, LivesInItsFile) {
  std::string folder = (std::filesystem::temp_directory_path() / ("kith_admin_token_" + std::to_string(::getpid()))).string();
  std::filesystem::create_directory(folder);
  std::string path = folder + "/admin.token";
  SeededRandom random(4);
  EXPECT_EQ(load_admin_token(path).error().code, Code::not_found);
  auto made = load_or_make_admin_token(path, random);
  ASSERT_TRUE(made);
  struct stat about;
  ASSERT_EQ(::stat(path.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600u);
  EXPECT_TRUE(load_or_make_admin_token(path, random)->equals(made->reveal()));
  EXPECT_TRUE(load_admin_token(path)->equals(made->reveal()));
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  EXPECT_EQ(load_or_make_admin_token(path, random).error().code, Code::internal);
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  std::ofstream(path) << "ka_short";
  EXPECT_EQ(load_or_make_admin_token(path, random).error().code, Code::internal);
  std::ofstream(path).close();
  EXPECT_EQ(load_or_make_admin_token(path, random).error().code, Code::internal);
  std::filesystem::remove_all(folder);
}

TEST(Bearer, IsTakenFromItsHeader) {
  EXPECT_EQ(bearer("Bearer kd_x"), "kd_x");
  EXPECT_EQ(bearer("bEARER   kd_x "), "kd_x");
  for (const char* none : {"", "Bearer", "Bearer ", "Basic kd_x", "Bearerkd_x"}) EXPECT_EQ(bearer(none), "") << none;
}

template <class T>
concept Streams = requires(std::ostream& out, const T& value) {
  out << value;
};

TEST(SecretTest, MovesComparesAndDoesNotStream) {
  static_assert(!Streams<Secret> && !std::is_copy_constructible_v<Secret> && !std::is_convertible_v<Secret, std::string_view>);
  std::string source = "a secret that is longer than a small string";
  Secret secret = Secret::from(std::move(source));
  EXPECT_TRUE(source.empty());
  EXPECT_TRUE(secret.equals("a secret that is longer than a small string"));
  EXPECT_FALSE(secret.equals("a secret that is longer than a small strinG"));
  EXPECT_FALSE(secret.equals("a secret"));
  Secret moved = std::move(secret);
  EXPECT_TRUE(secret.empty());
  EXPECT_FALSE(secret.equals(""));
  EXPECT_EQ(moved.copy().reveal(), moved.reveal());
}

}  // namespace
}  // namespace kith

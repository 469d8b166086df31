#include "front/websocket.h"

#include <openssl/evp.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/assert.h"

namespace kith::websocket {

namespace {

constexpr std::size_t kControlMax = 125;  // The longest that needs no length bytes.
constexpr unsigned kFragmentsMax = 1024;
constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

bool is_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

void apply_mask(char* bytes, std::size_t size, std::uint32_t mask) {
  const std::uint64_t wide = static_cast<std::uint64_t>(mask) << 32 | mask;
  std::size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes + i, 8);
    word ^= wide;
    std::memcpy(bytes + i, &word, 8);
  }
  std::array<char, 4> rest;
  std::memcpy(rest.data(), &mask, 4);
  for (; i < size; ++i) bytes[i] = static_cast<char>(bytes[i] ^ rest[i % 4]);
}

std::uint64_t big_endian(const char* bytes, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

}  // namespace

struct FrameReader::Header {
  bool final = false;
  bool masked = false;
  bool wide = false;      // The length stands in bytes of its own.
  bool complete = false;  // The length is known; the mask may be missing yet.
  std::uint8_t reserved = 0;
  std::uint8_t opcode = 0;
  std::uint64_t length = 0;  // Of the payload.
  std::uint32_t mask = 0;
  std::size_t size = 0;

  bool is_control() const { return (opcode & 8) != 0; }
};

struct FrameReader::Assembly {
  std::string bytes;
  unsigned fragments = 0;
  bool text = false;
  bool delivered = false;
};

FrameReader::FrameReader(Role role, std::size_t limit) : limit_(static_cast<std::uint32_t>(limit)), role_(role) {}
FrameReader::~FrameReader() = default;
FrameReader::FrameReader(FrameReader&&) noexcept = default;
FrameReader& FrameReader::operator=(FrameReader&&) noexcept = default;

std::size_t FrameReader::assembled() const { return assembly_ ? assembly_->bytes.size() : 0; }

// Says as much as the bytes allow, so that a broken frame is refused at its first bytes.
std::optional<FrameReader::Header> FrameReader::read_header(std::span<const char> input) {
  if (input.size() < 2) return std::nullopt;
  const auto first = static_cast<unsigned char>(input[0]);
  const auto second = static_cast<unsigned char>(input[1]);
  Header header;
  header.final = first & 0x80;
  header.reserved = first & 0x70;
  header.opcode = first & 0x0f;
  header.masked = second & 0x80;
  header.length = second & 0x7f;
  const std::size_t wide = header.length == 126 ? 2 : header.length == 127 ? 8 : 0;
  header.size = 2 + wide + (header.masked ? 4 : 0);
  header.wide = wide != 0;
  if (input.size() < 2 + wide) return header;
  header.complete = true;
  if (wide) header.length = big_endian(input.data() + 2, wide);
  if (header.masked && input.size() >= header.size) std::memcpy(&header.mask, input.data() + 2 + wide, 4);
  return header;
}

// What is wrong with a frame that begins like this; nullptr: nothing so far.
const char* FrameReader::broken(const Header& header) const {
  if (header.reserved) return "reserved bit";
  if (header.masked != (role_ == Role::server)) return role_ == Role::server ? "frame without mask" : "frame with mask";
  const bool open = assembly_ != nullptr;
  switch (static_cast<Opcode>(header.opcode)) {
    case Opcode::continuation:
      if (!open) return "continuation of nothing";
      break;
    case Opcode::text:
    case Opcode::binary:
      if (open) return "message inside a message";
      break;
    case Opcode::close:
    case Opcode::ping:
    case Opcode::pong:
      if (!header.final) return "fragmented control frame";
      if (header.wide) return "long control frame";
      break;
    default:
      return "unknown opcode";
  }
  if (header.complete && header.length >> 63) return "length beyond 63 bits";
  return nullptr;
}

FrameReader::Item FrameReader::finish(Kind kind, std::uint16_t code, std::string_view reason, std::size_t consumed) {
  finished_ = true;
  return {.kind = kind, .code = code, .payload = reason, .consumed = consumed};
}

FrameReader::Item FrameReader::message(bool text, std::string_view payload, std::size_t consumed) {
  if (text && !is_utf8(payload)) return finish(Kind::error, kBadText, "text is not UTF-8", consumed);
  return {.kind = Kind::message, .text = text, .payload = payload, .consumed = consumed};
}

FrameReader::Item FrameReader::control(const Header& header, std::string_view payload, std::size_t consumed) {
  const auto opcode = static_cast<Opcode>(header.opcode);
  if (opcode == Opcode::ping) return {.kind = Kind::ping, .payload = payload, .consumed = consumed};
  if (opcode == Opcode::pong) return {.kind = Kind::pong, .payload = payload, .consumed = consumed};
  if (payload.empty()) return finish(Kind::close, kNoCode, {}, consumed);
  if (payload.size() == 1) return finish(Kind::error, kProtocolError, "half a close code", consumed);
  const auto code = static_cast<std::uint16_t>(big_endian(payload.data(), 2));
  if (!valid_close_code(code)) return finish(Kind::error, kProtocolError, "close code", consumed);
  if (!is_utf8(payload.substr(2))) return finish(Kind::error, kBadText, "close reason is not UTF-8", consumed);
  return finish(Kind::close, code, payload.substr(2), consumed);
}

FrameReader::Item FrameReader::next(std::span<char> input) {
  if (assembly_ && assembly_->delivered) assembly_.reset();
  std::size_t consumed = 0;
  while (true) {
    if (finished_) return {.consumed = input.size()};
    const auto rest = input.subspan(consumed);
    const auto header = read_header(rest);
    if (!header) return {.consumed = consumed};
    if (const char* fault = broken(*header)) return finish(Kind::error, kProtocolError, fault, input.size());
    if (!header->complete) return {.consumed = consumed};
    if (!header->is_control() && header->length > limit_ - std::min<std::size_t>(assembled(), limit_)) {
      return finish(Kind::error, kTooBig, "message too big", input.size());
    }
    if (rest.size() < header->size || rest.size() - header->size < header->length) return {.consumed = consumed};

    char* bytes = rest.data() + header->size;
    const auto length = static_cast<std::size_t>(header->length);
    if (header->mask) apply_mask(bytes, length, header->mask);
    const std::string_view payload(bytes, length);
    consumed += header->size + length;

    if (header->is_control()) return control(*header, payload, consumed);
    if (!assembly_ && header->final) return message(static_cast<Opcode>(header->opcode) == Opcode::text, payload, consumed);
    if (!assembly_) {
      assembly_ = std::make_unique<Assembly>();
      assembly_->text = static_cast<Opcode>(header->opcode) == Opcode::text;
    }
    if (++assembly_->fragments > kFragmentsMax) return finish(Kind::error, kTooBig, "too many fragments", input.size());
    assembly_->bytes.append(payload);
    if (header->final) {
      assembly_->delivered = true;
      return message(assembly_->text, assembly_->bytes, consumed);
    }
  }
}

void append_frame(std::string& out, Opcode opcode, std::string_view payload, std::optional<std::uint32_t> mask) {
  std::array<char, 14> header;
  std::size_t size = 2;
  const std::uint64_t length = payload.size();
  header[0] = static_cast<char>(0x80 | static_cast<unsigned>(opcode));
  const int wide = length < 126 ? 0 : length <= 0xffff ? 2 : 8;
  const unsigned second = wide == 0 ? static_cast<unsigned>(length) : wide == 2 ? 126 : 127;
  header[1] = static_cast<char>(second | (mask ? 0x80 : 0));
  for (int i = wide; i-- > 0;) header[size++] = static_cast<char>(length >> (8 * i));
  if (mask) {
    std::memcpy(header.data() + size, &*mask, 4);
    size += 4;
  }
  out.append(header.data(), size).append(payload);
  if (mask) apply_mask(out.data() + out.size() - payload.size(), payload.size(), *mask);
}

void append_close(std::string& out, std::uint16_t code, std::string_view reason, std::optional<std::uint32_t> mask) {
  std::string payload;
  if (code != kNoCode) {
    payload.push_back(static_cast<char>(code >> 8));
    payload.push_back(static_cast<char>(code));
    payload.append(reason.substr(0, kControlMax - 2));
  }
  append_frame(out, Opcode::close, payload, mask);
}

bool valid_close_code(std::uint16_t code) {
  if (code >= 3000) return code <= 4999;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}

std::string accept_key(std::string_view key) {
  std::string text(key);
  text += kGuid;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  KITH_ASSERT(EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) == 1 && size == 20);
  std::array<unsigned char, 29> encoded;  // 28 and the final zero.
  EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));
  return {reinterpret_cast<const char*>(encoded.data()), 28};
}

bool valid_key(std::string_view key) {
  if (key.size() != 24 || !key.ends_with("==")) return false;
  return std::all_of(key.begin(), key.end() - 2, [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '+' || c == '/';
  });
}

}  // namespace kith::websocket

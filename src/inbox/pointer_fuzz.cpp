// Stored pointers and conversation rows, damaged: decoding ends, and gives back what was encoded.
#include <cstdint>
#include <cstdlib>
#include <tuple>

#include "inbox/pointer.h"

namespace {

auto parts(const kith::Pointer& p) {
  return std::tie(p.kind, p.conversation, p.from, p.to, p.n, p.own, p.own_n, p.last, p.last_epoch, p.joined, p.joined_n, p.left,
                  p.mentioned, p.settings, p.with, p.contact);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  kith::Pointer pointer = kith::decode_pointer({{7}, {1}, 7, bytes});
  if (pointer.kind != kith::PointerKind::unknown) {
    kith::Pointer again = kith::decode_pointer({{7}, {1}, 7, kith::encode(pointer)});
    if (parts(again) != parts(pointer)) std::abort();
  }
  kith::ConversationState state, again;
  if (kith::decode_state(bytes, state)) {
    if (!kith::decode_state(kith::encode(state).value, again)) std::abort();
    again.conversation = state.conversation;
    if (again != state) std::abort();
  }
  return 0;
}

// Stored pointers and conversation rows, damaged: decoding ends, and gives back what was encoded.
#include <cstdint>
#include <cstdlib>

#include "inbox/pointer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  kith::Pointer pointer = kith::decode_pointer({{7}, {1}, 7, bytes});
  if (pointer.kind != kith::PointerKind::unknown) {
    kith::Pointer again = kith::decode_pointer({{7}, {1}, 7, kith::encode(pointer)});
    if (again.kind != pointer.kind || again.to != pointer.to || again.conversation != pointer.conversation || again.own != pointer.own)
      std::abort();
  }
  kith::ConversationState state, again;
  if (kith::decode_state(bytes, state)) {
    if (!kith::decode_state(kith::encode(state).value, again) || again.reached != state.reached || again.with != state.with) std::abort();
  }
  return 0;
}

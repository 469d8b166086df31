// wire/utf8.h — Whether bytes are valid UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
#pragma once

#include <string_view>

namespace kith::wire {

bool is_utf8(std::string_view bytes);

}  // namespace kith::wire

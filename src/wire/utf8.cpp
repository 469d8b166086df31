#include "wire/utf8.h"

#include <simdjson.h>

namespace kith::wire {

bool is_utf8(std::string_view bytes) { return bytes.empty() || simdjson::validate_utf8(bytes.data(), bytes.size()); }

}  // namespace kith::wire

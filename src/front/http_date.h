// front/http_date.h — A wall time as HTTP writes it (RFC 9110 5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT".
#pragma once

#include <string>

#include "base/time.h"

namespace kith {

std::string http_date(WallTime time);

}  // namespace kith

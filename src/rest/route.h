// rest/route.h — Which command a method and a path are the twin of. Pure functions over the table routes.gen.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rest/routes.gen.h"

namespace kith {

struct Matched {
  const RouteLine* line = nullptr;  // nullptr: there is none.
  std::vector<std::string> parts;   // What stands where the pattern has its stars, decoded.
  std::string allow;                // Without a line: the methods that the path knows; empty: the path itself is unknown.
};

Matched find_route(std::string_view method, std::string_view path);

}  // namespace kith

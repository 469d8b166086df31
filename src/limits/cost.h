// limits/cost.h — What a command costs of what its user may do: 1 for what is cheap, more for what reads or writes more.
#pragma once

#include <cstdint>

#include "wire/wire.gen.h"

namespace kith {

// By what is asked for, before anything is looked up.
std::uint32_t cost_of(const wire::Command& command);

}  // namespace kith

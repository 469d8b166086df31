// Where others are, and who is writing.
#include "session/commands.h"

namespace kith {

void Commands::carry_out(std::uint64_t re, wire::Look&) { frames_.write_failure(re, Code::unavailable); }

void Commands::carry_out(std::uint64_t re, wire::Type&) { frames_.write_failure(re, Code::unavailable); }

}  // namespace kith

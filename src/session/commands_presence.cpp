// Who is online.
#include "session/commands.h"

namespace kith {

void Commands::carry_out(std::uint64_t re, wire::GetPresence&) { frames_.write_failure(re, Code::unavailable); }

void Commands::carry_out(std::uint64_t re, wire::Viewport&) { frames_.write_failure(re, Code::unavailable); }

void Commands::carry_out(std::uint64_t re, wire::SetStatus&) { frames_.write_failure(re, Code::unavailable); }

}  // namespace kith

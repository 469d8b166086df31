// Links into groups.
#include "session/commands.h"

namespace kith {

void Commands::carry_out(std::uint64_t re, wire::CreateInvite&) { frames_.write_failure(re, Code::unavailable); }

void Commands::carry_out(std::uint64_t re, wire::RevokeInvite&) { frames_.write_failure(re, Code::unavailable); }

void Commands::carry_out(std::uint64_t re, wire::GetInvites&) { frames_.write_failure(re, Code::unavailable); }

void Commands::carry_out(std::uint64_t re, wire::Join&) { frames_.write_failure(re, Code::unavailable); }

void Commands::carry_out(std::uint64_t re, wire::RefuseJoin&) { frames_.write_failure(re, Code::unavailable); }

}  // namespace kith

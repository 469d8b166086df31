// Contacts, and what a user wants others to see.
#include "session/commands.h"

namespace kith {

void Commands::carry_out(std::uint64_t re, wire::AddContact&) { frames_.write_failure(re, Code::unavailable); }

void Commands::carry_out(std::uint64_t re, wire::RemoveContact&) { frames_.write_failure(re, Code::unavailable); }

void Commands::carry_out(std::uint64_t re, wire::GetContacts&) { frames_.write_failure(re, Code::unavailable); }

void Commands::carry_out(std::uint64_t re, wire::GetPreferences&) { frames_.write_failure(re, Code::unavailable); }

void Commands::carry_out(std::uint64_t re, wire::Prefer&) { frames_.write_failure(re, Code::unavailable); }

}  // namespace kith

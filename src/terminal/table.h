// terminal/table.h — The commands of `kith`, once: reading the command line and every help text come from one table.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace kith::terminal {

struct Context;

// What a process ends with.
inline constexpr int kFine = 0, kFailed = 1, kUsage = 2, kUnreachable = 3;

struct Option {
  std::string_view name;
  std::string_view value;  // What stands behind it in a help text; empty: a switch.
  std::string_view sentence;
};

struct Command {
  std::string_view name;       // One word or two.
  std::string_view arguments;  // As in a help text: words in capitals, optional ones in brackets, "…" for any number of the last one.
  std::string_view options;    // Names of those that it takes besides the global ones, with spaces between.
  std::string_view sentence;
  int (*run)(Context&);
};

std::span<const Command> commands();  // In the order of the help text.
std::span<const Option> options();    // All; the same name means the same everywhere.
inline constexpr std::string_view kGlobalOptions = "server ca profile user device help";

struct CommandLine {
  const Command* command = nullptr;
  std::vector<std::string> arguments;
  std::map<std::string, std::vector<std::string>, std::less<>> options;  // As often as given. A switch: without a value.
  bool has(std::string_view name) const { return options.find(name) != options.end(); }
  std::string get(std::string_view name, std::string_view otherwise = {}) const;  // The last one.
  std::vector<std::string> all(std::string_view name) const;
  std::string words_from(std::size_t first) const;  // The arguments from there on, with spaces between.
};

// Options may stand anywhere; "--" ends them. Fails with a sentence.
Result<CommandLine> read_command_line(std::span<const std::string> words);

std::string help();
std::string help(const Command& command);
std::string help_of_all(std::string_view word);  // Of the commands that begin with it; empty when none does.
const Command* find_command(std::string_view name);

// A whole number within bounds; fails with "must be …".
Result<std::uint64_t> whole_number(const std::string& text, std::uint64_t low, std::uint64_t high);
// The same of an option that may be absent.
Result<std::uint64_t> number(const CommandLine& line, std::string_view option, std::uint64_t otherwise, std::uint64_t low,
                             std::uint64_t high);

}  // namespace kith::terminal

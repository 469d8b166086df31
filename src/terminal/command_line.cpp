#include <algorithm>
#include <charconv>

#include "terminal/table.h"

namespace kith::terminal {

namespace {

Failure usage(std::string sentence) { return {Code::invalid_argument, std::move(sentence)}; }

bool lists(std::string_view names, std::string_view name) {
  while (!names.empty()) {
    auto end = std::min(names.find(' '), names.size());
    if (names.substr(0, end) == name) return true;
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return false;
}

const Option* find_option(std::string_view name) {
  for (const Option& option : options()) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

struct Count {
  std::size_t least = 0, most = 0;
};

Count count_of(std::string_view arguments) {
  Count count;
  while (!arguments.empty()) {
    auto end = std::min(arguments.find(' '), arguments.size());
    auto word = arguments.substr(0, end);
    if (!word.starts_with('[')) ++count.least;
    ++count.most;
    if (word.ends_with("…") || word.ends_with("…]")) count.most = 1000;
    arguments.remove_prefix(std::min(end + 1, arguments.size()));
  }
  return count;
}

std::string line_of(std::string left, std::string_view right, std::size_t column) {
  std::size_t width = 0;
  for (char c : left) width += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  if (width + 2 > column) {
    left += '\n';
    width = 0;
  }
  left.append(column - width, ' ').append(right) += '\n';
  return left;
}

std::string option_line(const Option& option) {
  std::string left = "  --" + std::string(option.name);
  if (!option.value.empty()) left.append(" ").append(option.value);
  return line_of(std::move(left), option.sentence, 30);
}

// What the words in capitals mean that do not tell it themselves.
std::string meanings(std::string_view arguments) {
  std::string text;
  if (lists(arguments, "CONV")) text += "CONV is a user, the id of a conversation, or a part of a group's title that no other one has.\n";
  if (lists(arguments, "GROUP")) text += "GROUP is a part of a group's title that no other one has, or its id.\n";
  if (lists(arguments, "SEQ")) text += "SEQ is the number of a message, as history and chat show it.\n";
  if (lists(arguments, "ROLE")) text += "ROLE is owner, admin, member or guest.\n";
  if (lists(arguments, "[WHAT]")) {
    text += "WHAT is presence (VALUE: everyone, contacts or nobody), groups (everyone or contacts), or read-marks (yes or no).\n";
  }
  if (lists(arguments, "ACT")) text += "ACT is send, add, remove, rename, or delete (messages of others).\n";
  return text;
}

std::string form(const Command& command) {
  std::string text(command.name);
  if (!command.arguments.empty()) text.append(" ").append(command.arguments);
  return text;
}

}  // namespace

std::string CommandLine::get(std::string_view name, std::string_view otherwise) const {
  auto found = options.find(name);
  return found == options.end() || found->second.empty() ? std::string(otherwise) : found->second.back();
}

std::vector<std::string> CommandLine::all(std::string_view name) const {
  auto found = options.find(name);
  return found == options.end() ? std::vector<std::string>() : found->second;
}

std::string CommandLine::words_from(std::size_t first) const {
  std::string text;
  for (std::size_t i = first; i < arguments.size(); ++i) text += (i > first ? " " : "") + arguments[i];
  return text;
}

const Command* find_command(std::string_view name) {
  for (const Command& command : commands()) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

Result<CommandLine> read_command_line(std::span<const std::string> words) {
  CommandLine line;
  std::vector<std::string> plain;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") {
      plain.insert(plain.end(), words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
      break;
    }
    if (word == "-h") {
      line.options["help"];
      continue;
    }
    if (!word.starts_with("--")) {
      plain.push_back(word);
      continue;
    }
    const auto equals = word.find('=');
    const std::string name = word.substr(2, equals == word.npos ? word.npos : equals - 2);
    const Option* option = find_option(name);
    if (!option) return usage("--" + name + ": there is no such option");
    if (option->value.empty()) {
      if (equals != word.npos) return usage("--" + name + " takes no value");
      line.options[name];
    } else if (equals != word.npos) {
      line.options[name].push_back(word.substr(equals + 1));
    } else if (++i < words.size()) {
      line.options[name].push_back(words[i]);
    } else {
      return usage("--" + name + " needs a value: " + std::string(option->value));
    }
  }
  if (plain.empty()) return line;
  std::size_t taken = 1;
  if (plain.size() > 1) line.command = find_command(plain[0] + ' ' + plain[1]);
  if (line.command) {
    taken = 2;
  } else {
    line.command = find_command(plain[0]);
  }
  if (!line.command && plain.size() == 1 && !help_of_all(plain[0]).empty()) return usage(plain[0] + ": which? See kith help " + plain[0]);
  if (!line.command) return usage(plain[0] + (plain.size() > 1 ? ' ' + plain[1] : "") + ": there is no such command");
  line.arguments.assign(plain.begin() + static_cast<std::ptrdiff_t>(taken), plain.end());
  for (const auto& [name, values] : line.options) {
    if (!lists(kGlobalOptions, name) && !lists(line.command->options, name)) {
      return usage("kith " + std::string(line.command->name) + " takes no --" + name);
    }
  }
  const Count count = count_of(line.command->arguments);
  if (!line.has("help") && (line.arguments.size() < count.least || line.arguments.size() > count.most)) {
    return usage("expected: kith " + form(*line.command));
  }
  return line;
}

std::string help() {
  std::string text = "kith — a messenger in the terminal, and the administrator's tool of kithd\n\nUsage: kith COMMAND [OPTIONS]\n\n";
  for (const Command& command : commands()) text += line_of("  " + form(command), command.sentence, 34);
  text += "\n" + meanings("CONV GROUP") + "\nOptions of every command:\n";
  for (const Option& option : options()) {
    if (lists(kGlobalOptions, option.name)) text += option_line(option);
  }
  text += "\nEnds with 0: done, 1: refused or failed, 2: wrong usage, 3: the server cannot be reached.\n";
  return text;
}

std::string help_of_all(std::string_view word) {
  std::string text;
  for (const Command& command : commands()) {
    if (command.name.starts_with(std::string(word) + ' ')) text += line_of("  " + form(command), command.sentence, 34);
  }
  return text;
}

std::string help(const Command& command) {
  std::string text = "Usage: kith " + form(command) + "\n\n" + std::string(command.sentence) + "\n";
  text += meanings(command.arguments) + "\nOptions:\n";
  for (const Option& option : options()) {
    if (lists(command.options, option.name) || lists(kGlobalOptions, option.name)) text += option_line(option);
  }
  return text;
}

Result<std::uint64_t> whole_number(const std::string& text, std::uint64_t low, std::uint64_t high) {
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < low || value > high) {
    return usage("must be a number from " + std::to_string(low) + " to " + std::to_string(high));
  }
  return value;
}

Result<std::uint64_t> number(const CommandLine& line, std::string_view option, std::uint64_t otherwise, std::uint64_t low,
                             std::uint64_t high) {
  if (!line.has(option)) return otherwise;
  auto value = whole_number(line.get(option), low, high);
  if (!value) return usage("--" + std::string(option) + ' ' + value.error().detail);
  return value;
}

}  // namespace kith::terminal

// kith — see `kith help`.
#include <cstdlib>
#include <string>
#include <vector>

#include "terminal/context.h"

int main(int argc, char** argv) {
  using namespace kith::terminal;
  const std::vector<std::string> words(argv + 1, argv + argc);
  auto line = read_command_line(words);
  if (!line) return tell_usage(line.error().detail);
  if (!line->command || line->has("help")) {
    print(line->command ? help(*line->command) : help());
    return line->command || line->has("help") ? kFine : kUsage;
  }
  Context context{std::move(*line), [](const char* name) {
                    const char* value = std::getenv(name);
                    return std::string(value ? value : "");
                  }};
  return context.line.command->run(context);
}

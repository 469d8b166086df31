// `kith verify`: opens what a stopped server left, and tells what is wrong with it.
#include <filesystem>

#include "terminal/context.h"
#include "terminal/show.h"
#include "terminal/verify.h"

namespace kith::terminal {

int verify(Context& context) {
  const std::string path = context.argument(0) + "/store";
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return tell({Code::not_found, "there is no store in " + context.argument(0)});
  auto store = inspect_rocksdb(path);
  if (!store) return tell(store.error());
  const Verification found = kith::verify(**store);
  for (const auto& problem : found.problems) print(plain(problem) + '\n');
  if (found.problems.size() < found.problem_count) print("… and more\n");
  print(found.summary() + '\n');
  return found.problem_count == 0 ? kFine : kFailed;
}

}  // namespace kith::terminal

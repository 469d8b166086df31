// kith-check FILE… — judges histories (docs/history-format.md). Several files are the parts of one history, by one clock.
//
// Exit 0: no violation. 1: violations, on standard output. 2: a file cannot be read or is no history.
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "check/checker.h"

namespace {

using kith::check::Operation;
using kith::check::Reader;

struct Source {
  std::string name;
  std::ifstream file;
  Reader reader;
  Operation operation;
  bool has_one = false;

  Source(const char* path, std::uint32_t number) : name(path), file(path), reader(file, number) {}

  bool advance() {
    has_one = reader.next(operation);
    if (reader.error().empty()) return true;
    std::fprintf(stderr, "%s: %s\n", name.c_str(), reader.error().c_str());
    return false;
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') {
    std::fprintf(stderr, "usage: kith-check FILE...\nJudges client histories; several files are the parts of one history.\n");
    return 2;
  }
  std::vector<std::unique_ptr<Source>> sources;
  std::vector<std::string> names;
  for (int i = 1; i < argc; ++i) {
    names.emplace_back(argv[i]);
    sources.push_back(std::make_unique<Source>(argv[i], static_cast<std::uint32_t>(i - 1)));
    if (!sources.back()->file) {
      std::fprintf(stderr, "%s: cannot be opened\n", argv[i]);
      return 2;
    }
    if (!sources.back()->advance()) return 2;
  }
  kith::check::Checker checker(names);
  while (true) {
    // By time; at the same time in the order of the files.
    Source* earliest = nullptr;
    for (auto& source : sources) {
      if (source->has_one && (earliest == nullptr || source->operation.t < earliest->operation.t)) earliest = source.get();
    }
    if (earliest == nullptr) break;
    checker.add(earliest->operation);
    if (!earliest->advance()) return 2;
  }
  kith::check::Report report = checker.finish();
  std::fputs(report.text().c_str(), report.broken.empty() ? stdout : stderr);
  return !report.broken.empty() ? 2 : report.good() ? 0 : 1;
}

#include "tests/crash/recorder.h"

#include <cstdio>

namespace kith::crash {

void Recorder::add(check::Operation& operation) {
  operation.t = loop_.now().ns;
  checker_.add(operation);
}

void Recorder::mark(std::string_view name) {
  check::Operation operation;
  operation.op = check::Op::mark;
  operation.code = name;
  add(operation);
}

void Recorder::violation(const std::string& sentence) {
  if (++violations_ > 20) return;
  std::printf("violation: %s\n", sentence.c_str());
  std::fflush(stdout);
}

}  // namespace kith::crash

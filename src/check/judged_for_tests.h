// check/judged_for_tests.h — What the checker says of a history that stands in a test.
#pragma once

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "check/checker.h"

namespace kith::check {

// Alice has a phone, Bob a phone and a laptop; all have a connection with a feed that stands at 0.
inline constexpr std::string_view kBegin = R"(
{"t":0,"p":"a1","op":"start","user":"alice","device":"phone"}
{"t":0,"p":"b1","op":"start","user":"bob","device":"phone"}
{"t":0,"p":"b2","op":"start","user":"bob","device":"laptop"}
{"t":0,"p":"a1","op":"sync","phase":"invoke","call":900,"cursor":"own","useq":0}
{"t":0,"p":"b1","op":"sync","phase":"invoke","call":900,"cursor":"own","useq":0}
{"t":0,"p":"b2","op":"sync","phase":"invoke","call":900,"cursor":"own","useq":0}
)";

inline Report judge(std::string_view rest, std::string_view begin = kBegin) {
  std::istringstream input(std::string(begin) + std::string(rest));
  Reader reader(input);
  Checker checker;
  Operation operation;
  while (reader.next(operation)) checker.add(operation);
  EXPECT_EQ(reader.error(), "");
  return checker.finish();
}

// "I1 I4": what the history violates.
inline std::string violated(std::string_view rest, std::string_view begin = kBegin) {
  Report report = judge(rest, begin);
  EXPECT_EQ(report.broken, "");
  std::string out;
  for (const Violation& v : report.violations) out += (out.empty() ? "I" : " I") + std::to_string(static_cast<int>(v.invariant));
  return out;
}

}  // namespace kith::check

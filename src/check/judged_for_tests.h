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

// Two messages of Alice that Bob has.
inline const std::string kTwo = R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1"}
{"t":2,"p":"a1","op":"send","phase":"ok","call":1,"conv":"d","seq":1,"time":1000}
{"t":3,"p":"a1","op":"send","phase":"invoke","call":2,"to":"bob","id":"m2","text":"h2"}
{"t":4,"p":"a1","op":"send","phase":"ok","call":2,"conv":"d","seq":2,"time":1000}
{"t":5,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
{"t":6,"p":"b1","op":"event","useq":2,"conv":"d","seq":2,"from":"alice","id":"m2","text":"h2"}
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

// `number` is the moment and the call; outcome empty: none was heard.
inline std::string call(const std::string& process, const std::string& op, const std::string& other, int number,
                        const std::string& outcome) {
  std::string both = R"({"t":)" + std::to_string(number) + R"(,"p":")" + process + R"(","op":")" + op + R"(","call":)" +
                     std::to_string(number) + R"(,"phase":)";
  std::string lines = both + R"("invoke","user":")" + other + "\"}\n";
  return outcome.empty() ? lines : lines + both + "\"" + outcome + "\"}\n";
}

}  // namespace kith::check

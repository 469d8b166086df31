// terminal/line_input.h — Lines of standard input, on a loop: a terminal, a pipe or a file.
#pragma once

#include <memory>
#include <string>

#include "base/fn.h"
#include "front/asio_loop.h"

namespace kith::terminal {

class LineInput {
 public:
  // `line` for each one, without its newline; `end` once, after the last. Neither after this object is gone.
  LineInput(AsioLoop& loop, Fn<void(std::string)> line, Fn<void()> end);
  ~LineInput();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace kith::terminal

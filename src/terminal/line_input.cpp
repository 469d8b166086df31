#include "terminal/line_input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>

namespace kith::terminal {

struct LineInput::State : std::enable_shared_from_this<State> {
  State(AsioLoop& l, Fn<void(std::string)> on_line, Fn<void()> on_end)
      : loop(l), line(std::move(on_line)), end(std::move(on_end)), input(l.context()), flags(::fcntl(STDIN_FILENO, F_GETFL)) {
    struct stat about {};
    // What epoll does not take (files) is always readable.
    if (::fstat(STDIN_FILENO, &about) == 0 && (S_ISREG(about.st_mode) || S_ISDIR(about.st_mode))) return;
    boost::system::error_code error;
    input.assign(::dup(STDIN_FILENO), error);
  }
  // The shell shares the open terminal: it wants it as it was.
  ~State() { ::fcntl(STDIN_FILENO, F_SETFL, flags); }

  void wait() {
    if (!input.is_open()) {
      loop.post([self = shared_from_this()] { self->readable(); });
      return;
    }
    input.async_wait(boost::asio::posix::stream_descriptor::wait_read, [self = shared_from_this()](const boost::system::error_code& error) {
      if (!error) self->readable();
    });
  }

  void readable() {
    if (over) return;
    char buffer[4096];
    const ssize_t size = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return wait();
    if (size <= 0) {
      if (!text.empty()) line(std::exchange(text, {}));
      if (!over) end();
      return;
    }
    text.append(buffer, static_cast<std::size_t>(size));
    std::size_t begin = 0;
    for (std::size_t at; !over && (at = text.find('\n', begin)) != text.npos; begin = at + 1) line(text.substr(begin, at - begin));
    text.erase(0, begin);
    if (!over) wait();
  }

  AsioLoop& loop;
  Fn<void(std::string)> line;
  Fn<void()> end;
  boost::asio::posix::stream_descriptor input;
  const int flags;
  std::string text;
  bool over = false;
};

LineInput::LineInput(AsioLoop& loop, Fn<void(std::string)> line, Fn<void()> end)
    : state_(std::make_shared<State>(loop, std::move(line), std::move(end))) {
  state_->wait();
}

LineInput::~LineInput() {
  state_->over = true;
  boost::system::error_code ignored;
  state_->input.close(ignored);
}

}  // namespace kith::terminal

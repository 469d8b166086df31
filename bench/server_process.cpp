#include "bench/server_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string_view>

#include "base/assert.h"

namespace kith {

namespace {

using Clock = std::chrono::steady_clock;

std::string proc(pid_t pid, const char* file) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/" + file);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace

ServerProcess::ServerProcess(const ServerOptions& options) {
  int ends[2];
  KITH_ASSERT(pipe2(ends, O_CLOEXEC) == 0);
  pid_ = fork();
  KITH_ASSERT(pid_ >= 0);
  if (pid_ == 0) {
    run(options, ends[1]);
    _exit(127);
  }
  close(ends[1]);
  output_ = ends[0];
}

// In the child. Our connections must not stay open in it.
void ServerProcess::run(const ServerOptions& options, int output) const {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  dup2(output, STDOUT_FILENO);
  close_range(3, ~0U, 0);
  if (options.cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(*options.cpu), &set);
    sched_setaffinity(0, sizeof set, &set);
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (options.crash_at.empty()) {
    unsetenv("KITH_CRASH_AT");
  } else {
    setenv("KITH_CRASH_AT", options.crash_at.c_str(), 1);
  }
  std::vector<std::string> words{options.program, "--data", options.data, "--port", std::to_string(options.port)};
  words.insert(words.end(), options.arguments.begin(), options.arguments.end());
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  execv(options.program.c_str(), argv.data());
  std::perror(options.program.c_str());
}

ServerProcess::~ServerProcess() {
  kill();
  close(output_);
}

bool ServerProcess::wait_ready(Duration within) {
  const auto limit = Clock::now() + within;
  while (line_.find('\n') == line_.npos) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(limit - Clock::now()).count();
    if (left <= 0) return false;
    pollfd poller{output_, POLLIN, 0};
    if (poll(&poller, 1, static_cast<int>(left)) <= 0) continue;
    char bytes[256];
    const ssize_t size = read(output_, bytes, sizeof bytes);
    if (size <= 0) {
      reap(true);  // Nobody else has the other end: it ended.
      return false;
    }
    line_.append(bytes, static_cast<std::size_t>(size));
  }
  const std::string_view line = std::string_view(line_).substr(0, line_.find('\n'));
  const auto colon = line.rfind(':');
  if (!line.starts_with("ready http://") || colon == line.npos) return false;
  std::from_chars(line.data() + colon + 1, line.data() + line.size(), port_);
  return port_ != 0;
}

bool ServerProcess::reap(bool wait) {
  if (status_) return true;
  int status = 0;
  if (waitpid(pid_, &status, wait ? 0 : WNOHANG) != pid_) return false;
  status_ = status;
  return true;
}

void ServerProcess::kill() {
  if (status_) return;
  ::kill(pid_, SIGKILL);
  reap(true);
}

bool ServerProcess::stop(Duration within) {
  if (!status_) ::kill(pid_, SIGTERM);
  const auto limit = Clock::now() + within;
  while (!ended()) {
    if (Clock::now() > limit) {
      kill();
      return false;
    }
    usleep(2000);
  }
  return WIFEXITED(*status_) && WEXITSTATUS(*status_) == 0;
}

bool ServerProcess::ended() { return reap(false); }

bool ServerProcess::was_killed() const { return status_ && WIFSIGNALED(*status_) && WTERMSIG(*status_) == SIGKILL; }

std::string ServerProcess::how() const {
  if (!status_) return "still running";
  if (WIFSIGNALED(*status_)) return "signal " + std::to_string(WTERMSIG(*status_));
  return "exit status " + std::to_string(WEXITSTATUS(*status_));
}

double ServerProcess::cpu_s() const {
  const std::string stat = proc(pid_, "stat");
  const auto name_end = stat.rfind(')');  // The name in front of it may hold anything.
  if (name_end == stat.npos) return 0;
  std::istringstream fields(stat.substr(name_end + 2));
  std::string skipped;
  for (int i = 3; i < 14; ++i) fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

std::uint64_t ServerProcess::anonymous_kib() const {
  const std::string status = proc(pid_, "status");
  const auto at = status.find("RssAnon:");
  return at == status.npos ? 0 : std::strtoull(status.c_str() + at + 8, nullptr, 10);
}

std::string beside(const std::string& name) {
  char own[4096];
  const ssize_t size = readlink("/proc/self/exe", own, sizeof own);
  KITH_ASSERT(size > 0 && size < static_cast<ssize_t>(sizeof own));
  const std::string_view path(own, static_cast<std::size_t>(size));
  return std::string(path.substr(0, path.rfind('/') + 1)) + name;
}

std::string kithd_path(const std::string& given) { return given.empty() ? beside("kithd") : given; }

}  // namespace kith

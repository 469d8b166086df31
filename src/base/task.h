// base/task.h — Coroutines of one loop: Future and Promise (one value, later), Task (a coroutine), Scope (who owns running tasks).
//
// All of it belongs to one loop and uses no atomics. A Promise may be *moved* through another thread on its way back to its loop.
// Cancellation is destruction: a Scope that ends destroys the frames that it started, with everything they own, wherever they
// were waiting. A Promise that dies without a value leaves its waiter waiting; the waiter's Scope ends it.
//
// GCC 12 destroys some temporaries of a co_await expression twice (braced aggregates, closures that own something): give them a name
// in a statement before.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/assert.h"
#include "base/fn.h"

namespace kith {

namespace detail {

template <class T>
struct FutureState {
  std::optional<T> value;
  std::coroutine_handle<> waiter;
  Fn<void(T)> callback;
  int references = 1;
};

// Counts without atomics: both ends live on one loop.
template <class T>
class StateRef {
 public:
  StateRef() = default;
  explicit StateRef(FutureState<T>* state) : state_(state) {}
  StateRef(const StateRef& other) : state_(other.state_) {
    if (state_) ++state_->references;
  }
  StateRef(StateRef&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  StateRef& operator=(StateRef other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~StateRef() {
    if (state_ && --state_->references == 0) delete state_;
  }
  FutureState<T>* operator->() const { return state_; }
  explicit operator bool() const { return state_ != nullptr; }

 private:
  FutureState<T>* state_ = nullptr;
};

}  // namespace detail

// One value that will be there later. Await it once, or give it one callback.
template <class T>
class [[nodiscard]] Future {
 public:
  explicit Future(detail::StateRef<T> state) : state_(std::move(state)) {}
  Future(Future&&) noexcept = default;
  Future& operator=(Future&&) noexcept = default;
  ~Future() {
    if (state_ && state_->waiter) state_->waiter = nullptr;
  }

  static Future ready(T value) {
    auto* state = new detail::FutureState<T>;
    state->value.emplace(std::move(value));
    return Future(detail::StateRef<T>(state));
  }

  bool is_ready() const { return state_->value.has_value(); }

  // Calls `callback` with the value: at once if it is there, else inside Promise::set.
  void then(Fn<void(T)> callback) && {
    if (state_->value) {
      callback(std::move(*state_->value));
    } else {
      state_->callback = std::move(callback);
    }
  }

  bool await_ready() const { return is_ready(); }
  void await_suspend(std::coroutine_handle<> waiter) { state_->waiter = waiter; }
  T await_resume() { return std::move(*state_->value); }

 private:
  detail::StateRef<T> state_;
};

// The other end. Set at most once, on the loop where the Future is.
template <class T>
class Promise {
 public:
  Promise() : state_(new detail::FutureState<T>) {}
  Promise(Promise&&) noexcept = default;
  Promise& operator=(Promise&&) noexcept = default;

  Future<T> future() { return Future<T>(state_); }

  // Resumes who waits, inside this call.
  void set(T value) {
    auto state = std::move(state_);
    KITH_ASSERT(state && !state->value);
    if (state->callback) {
      auto callback = std::move(state->callback);
      callback(std::move(value));
      return;
    }
    state->value.emplace(std::move(value));
    if (auto waiter = std::exchange(state->waiter, nullptr)) waiter.resume();
  }

 private:
  detail::StateRef<T> state_;
};

// A lazily started coroutine, owned by who holds it. `co_await` starts it and takes its value.
template <class T = void>
class [[nodiscard]] Task;

namespace detail {

struct TaskPromiseBase {
  std::coroutine_handle<> continuation;

  std::suspend_always initial_suspend() noexcept { return {}; }
  struct Final {
    bool await_ready() noexcept { return false; }
    template <class P>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<P> done) noexcept {
      auto next = done.promise().continuation;
      return next ? next : std::noop_coroutine();
    }
    void await_resume() noexcept {}
  };
  Final final_suspend() noexcept { return {}; }
  void unhandled_exception() { std::terminate(); }
};

template <class T>
struct TaskPromise : TaskPromiseBase {
  std::optional<T> value;
  Task<T> get_return_object();
  template <class U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T take() { return std::move(*value); }
};

template <>
struct TaskPromise<void> : TaskPromiseBase {
  Task<void> get_return_object();
  void return_void() {}
  void take() {}
};

}  // namespace detail

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::TaskPromise<T>;
  explicit Task(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }
  ~Task() {
    if (frame_) frame_.destroy();
  }

  bool await_ready() const { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) {
    frame_.promise().continuation = waiter;
    return frame_;
  }
  T await_resume() { return frame_.promise().take(); }

 private:
  std::coroutine_handle<promise_type> frame_;
};

namespace detail {
template <class T>
Task<T> TaskPromise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<TaskPromise<T>>::from_promise(*this));
}
inline Task<void> TaskPromise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<TaskPromise<void>>::from_promise(*this));
}
}  // namespace detail

// Owns tasks that nobody awaits. Ending it destroys those that still run. Member order matters: declare a Scope after what its
// tasks use, so that it ends first.
class Scope {
 public:
  Scope() = default;
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
  ~Scope() { cancel(); }

  // Runs the task up to its first wait, inside this call.
  void spawn(Task<void> task) { run(std::move(task)).start(*this); }

  // The same, for a task with a value.
  template <class T>
  Future<T> start(Task<T> task) {
    Promise<T> promise;
    auto future = promise.future();
    forward(std::move(task), std::move(promise)).start(*this);
    return future;
  }

  void cancel() {
    while (first_) first_->frame().destroy();
  }
  bool empty() const { return first_ == nullptr; }

 private:
  struct Root {
    struct promise_type {
      Scope* scope = nullptr;
      promise_type* previous = nullptr;
      promise_type* next = nullptr;

      ~promise_type() {
        if (!scope) return;
        (previous ? previous->next : scope->first_) = next;
        if (next) next->previous = previous;
      }
      std::coroutine_handle<promise_type> frame() { return std::coroutine_handle<promise_type>::from_promise(*this); }
      Root get_return_object() { return {frame()}; }
      std::suspend_always initial_suspend() noexcept { return {}; }
      std::suspend_never final_suspend() noexcept { return {}; }
      void return_void() {}
      void unhandled_exception() { std::terminate(); }
    };

    std::coroutine_handle<promise_type> handle;
    void start(Scope& scope) {
      auto& promise = handle.promise();
      promise.scope = &scope;
      promise.next = scope.first_;
      if (promise.next) promise.next->previous = &promise;
      scope.first_ = &promise;
      handle.resume();
    }
  };

  static Root run(Task<void> task) { co_await task; }

  template <class T>
  static Root forward(Task<T> task, Promise<T> promise) {
    T value = co_await task;
    promise.set(std::move(value));
  }

  Root::promise_type* first_ = nullptr;
};

}  // namespace kith

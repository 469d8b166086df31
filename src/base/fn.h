// base/fn.h — Fn<R(A...)>: a move-only callable, so that a callback can own what it needs (std::function would have to copy it).
//
// Owns its target; small targets (up to four words) live inside. Calling an empty Fn is a broken invariant.
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

#include "base/assert.h"

namespace kith {

template <class Signature>
class Fn;

template <class R, class... A>
class Fn<R(A...)> {
 public:
  Fn() = default;
  Fn(std::nullptr_t) {}

  template <class F>
  requires(!std::is_same_v<std::decay_t<F>, Fn> && std::is_invocable_r_v<R, std::decay_t<F>&, A...>) Fn(F&& f) {
    using T = std::decay_t<F>;
    if constexpr (sizeof(T) <= kInside && alignof(T) <= alignof(void*) && std::is_nothrow_move_constructible_v<T>) {
      new (&space_) T(std::forward<F>(f));
      table_ = &kTableInside<T>;
    } else {
      new (&space_) T*(new T(std::forward<F>(f)));
      table_ = &kTableOutside<T>;
    }
  }

  Fn(Fn&& other) noexcept { take(other); }
  Fn& operator=(Fn&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }
  ~Fn() { reset(); }

  explicit operator bool() const { return table_ != nullptr; }

  R operator()(A... args) {
    KITH_ASSERT(table_ != nullptr);
    return table_->call(&space_, std::forward<A>(args)...);
  }

  void reset() {
    if (table_) std::exchange(table_, nullptr)->destroy(&space_);
  }

 private:
  static constexpr std::size_t kInside = 4 * sizeof(void*);

  struct Table {
    R (*call)(void*, A&&...);
    void (*move)(void* from, void* to);  // Leaves nothing to destroy at `from`.
    void (*destroy)(void*);
  };

  template <class T>
  static constexpr Table kTableInside{[](void* p, A&&... args) -> R { return (*static_cast<T*>(p))(std::forward<A>(args)...); },
                                      [](void* from, void* to) {
                                        new (to) T(std::move(*static_cast<T*>(from)));
                                        static_cast<T*>(from)->~T();
                                      },
                                      [](void* p) { static_cast<T*>(p)->~T(); }};

  template <class T>
  static constexpr Table kTableOutside{[](void* p, A&&... args) -> R { return (**static_cast<T**>(p))(std::forward<A>(args)...); },
                                       [](void* from, void* to) { new (to) T*(*static_cast<T**>(from)); },
                                       [](void* p) { delete *static_cast<T**>(p); }};

  void take(Fn& other) {
    if (!other.table_) return;
    other.table_->move(&other.space_, &space_);
    table_ = std::exchange(other.table_, nullptr);
  }

  const Table* table_ = nullptr;
  alignas(void*) std::byte space_[kInside];
};

}  // namespace kith

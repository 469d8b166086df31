#include "base/task.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace kith {
namespace {

Task<int> twice(Future<int> input) {
  int value = co_await input;
  co_return 2 * value;
}

Task<void> record(Task<int> task, std::vector<int>& out) {
  int value = co_await task;
  out.push_back(value);
}

TEST(Task, RunsWhenItsInputIsThere) {
  std::vector<int> out;
  Scope scope;
  Promise<int> promise;
  scope.spawn(record(twice(promise.future()), out));
  EXPECT_TRUE(out.empty());
  EXPECT_FALSE(scope.empty());
  promise.set(21);
  EXPECT_EQ(out, std::vector<int>{42});
  EXPECT_TRUE(scope.empty());
}

TEST(Task, DoesNotWaitForWhatIsReady) {
  std::vector<int> out;
  Scope scope;
  scope.spawn(record(twice(Future<int>::ready(4)), out));
  EXPECT_EQ(out, std::vector<int>{8});
}

Task<void> hold(std::shared_ptr<int> alive, Future<int> input) {
  int value = co_await input;
  *alive = value;
}

TEST(Scope, EndingItDestroysWhatStillWaits) {
  auto alive = std::make_shared<int>(0);
  Promise<int> first, second;
  {
    Scope scope;
    scope.spawn(hold(alive, first.future()));
    scope.spawn(hold(alive, second.future()));
    EXPECT_EQ(alive.use_count(), 3);
    first.set(1);
    EXPECT_EQ(alive.use_count(), 2);
  }
  EXPECT_EQ(alive.use_count(), 1);
  second.set(2);  // Nobody waits any more; nothing happens.
  EXPECT_EQ(*alive, 1);
}

TEST(Scope, StartGivesAFutureOfTheValue) {
  Scope scope;
  Promise<int> promise;
  int got = 0;
  scope.start(twice(promise.future())).then([&](int value) { got = value; });
  promise.set(5);
  EXPECT_EQ(got, 10);
}

TEST(Promise, DroppedWithoutAValueLeavesTheWaiterToItsScope) {
  std::vector<int> out;
  Scope scope;
  {
    Promise<int> promise;
    scope.spawn(record(twice(promise.future()), out));
  }
  EXPECT_FALSE(scope.empty());
  scope.cancel();
  EXPECT_TRUE(out.empty());
}

TEST(Fn, OwnsMoveOnlyThingsSmallAndLarge) {
  auto owned = std::make_unique<int>(3);
  Fn<int()> small = [p = std::move(owned)] { return *p; };
  Fn<int()> moved = std::move(small);
  EXPECT_FALSE(small);
  EXPECT_EQ(moved(), 3);
  std::string a(100, 'a'), b(100, 'b'), c(100, 'c');
  Fn<std::size_t()> large = [a, b, c] { return a.size() + b.size() + c.size(); };
  Fn<std::size_t()> other;
  other = std::move(large);
  EXPECT_EQ(other(), 300u);
}

}  // namespace
}  // namespace kith

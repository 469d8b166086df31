// front/admission.h — How many connections there may be: in all, before auth, and of one address.
//
//   Which loop   Any; a mutex guards the counts. It is taken when a connection comes, is authenticated, and ends.
//   Owner        Shared by the Listener and the tickets, since a ticket on its way to another loop may outlive the Listener.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace kith {

struct FrontConfig;
class Ticket;

class Admission : public std::enable_shared_from_this<Admission> {
 public:
  explicit Admission(const FrontConfig& config);

  // Nothing when there are too many.
  std::optional<Ticket> admit(std::string_view address);

  std::size_t count() const;
  std::size_t unauthenticated() const;

 private:
  friend class Ticket;
  using Addresses = std::unordered_map<std::string, std::size_t>;

  void authenticated();
  void leave(Addresses::value_type& address, bool authenticated);

  const std::size_t total_max_;
  const std::size_t unauthenticated_max_;
  const std::size_t per_address_max_;
  const bool loopback_exempt_;

  mutable std::mutex mutex_;
  std::size_t total_ = 0;
  std::size_t unauthenticated_ = 0;
  Addresses addresses_;  // Tickets point to the entries: the text of an address is kept once.
};

// One connection's place. Gives it back when destroyed.
class Ticket {
 public:
  Ticket() = default;
  Ticket(Ticket&&) noexcept = default;
  Ticket& operator=(Ticket&& other) noexcept;
  ~Ticket();

  explicit operator bool() const { return admission_ != nullptr; }
  const std::string& address() const;  // Empty without a place.
  void authenticated();

 private:
  friend class Admission;
  Ticket(std::shared_ptr<Admission> admission, Admission::Addresses::value_type& address);

  std::shared_ptr<Admission> admission_;
  Admission::Addresses::value_type* address_ = nullptr;
  bool authenticated_ = false;
};

}  // namespace kith

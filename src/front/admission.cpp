#include "front/admission.h"

#include <algorithm>
#include <utility>

#include "front/config.h"

namespace kith {

namespace {

constexpr std::size_t kUnauthenticatedMin = 64;

bool is_loopback(std::string_view address) { return address.starts_with("127.") || address == "::1"; }

}  // namespace

Admission::Admission(const FrontConfig& config)
    : total_max_(config.connections),
      unauthenticated_max_(std::max(config.connections * config.unauthenticated_percent / 100, kUnauthenticatedMin)),
      per_address_max_(config.connections_per_address),
      loopback_exempt_(config.loopback_exempt) {}

std::optional<Ticket> Admission::admit(std::string_view address) {
  std::lock_guard lock(mutex_);
  if (total_ >= total_max_ || unauthenticated_ >= unauthenticated_max_) return std::nullopt;
  auto& entry = *addresses_.try_emplace(std::string(address), 0).first;
  if (entry.second >= per_address_max_ && !(loopback_exempt_ && is_loopback(address))) {
    if (entry.second == 0) addresses_.erase(entry.first);
    return std::nullopt;
  }
  ++entry.second;
  ++total_;
  ++unauthenticated_;
  return Ticket(shared_from_this(), entry);
}

std::size_t Admission::count() const {
  std::lock_guard lock(mutex_);
  return total_;
}

std::size_t Admission::unauthenticated() const {
  std::lock_guard lock(mutex_);
  return unauthenticated_;
}

void Admission::authenticated() {
  std::lock_guard lock(mutex_);
  --unauthenticated_;
}

void Admission::leave(Addresses::value_type& address, bool authenticated) {
  std::lock_guard lock(mutex_);
  --total_;
  if (!authenticated) --unauthenticated_;
  if (--address.second == 0) addresses_.erase(addresses_.find(address.first));
}

Ticket::Ticket(std::shared_ptr<Admission> admission, Admission::Addresses::value_type& address)
    : admission_(std::move(admission)), address_(&address) {}

Ticket& Ticket::operator=(Ticket&& other) noexcept {
  std::swap(admission_, other.admission_);
  std::swap(address_, other.address_);
  std::swap(authenticated_, other.authenticated_);
  return *this;
}

Ticket::~Ticket() {
  if (admission_) admission_->leave(*address_, authenticated_);
}

const std::string& Ticket::address() const {
  static const std::string kNone;
  return admission_ ? address_->first : kNone;
}

void Ticket::authenticated() {
  if (admission_ && !std::exchange(authenticated_, true)) admission_->authenticated();
}

}  // namespace kith

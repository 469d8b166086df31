// wire/error.h — A Failure as the object that a client is told, and back.
#pragma once

#include "base/result.h"
#include "wire/wire.gen.h"

namespace kith::wire {

// What stands in a Frame, and on HTTP as the RFC 9457 problem object.
Error to_error(const Failure& failure);

// For clients. A code that is not known here (of a newer server) becomes one with the same outcome, its name goes into the detail.
Failure to_failure(const Error& error);

}  // namespace kith::wire

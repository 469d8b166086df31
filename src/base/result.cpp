#include "base/result.h"

#include "base/assert.h"

namespace kith {

void throw_exception_from_error(const Failure&, const boost::source_location& where) {
  assertion_failed("value() of a failure", where.file_name(), static_cast<int>(where.line()));
}

}  // namespace kith

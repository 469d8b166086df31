// auth/admin_token.h — The file that holds the administrator's token. Blocking: for the composition root and the command-line tool.
#pragma once

#include <string>

#include "auth/secret.h"
#include "base/loop.h"
#include "base/result.h"

namespace kith {

// Reads `path`, or makes it with a new token (mode 0600, durable before it is used). Fails with internal and a sentence for the operator
// when the file is not a token, may be read by others, or cannot be read or made.
Result<Secret> load_or_make_admin_token(const std::string& path, Random& random);

// Reads it; the same failures, and not_found when there is none.
Result<Secret> load_admin_token(const std::string& path);

}  // namespace kith

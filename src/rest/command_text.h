// rest/command_text.h — Writes the command that an HTTP request is the twin of, as a WebSocket would bring it: path, query, header and body
// become one JSON text, so that one parser judges all of them.
//
//   Order   What the path says counts, then the query, then Idempotency-Key, then the body: of equal keys the parser takes the last.
//   Fails   With malformed: a query that is not encoded properly, a number that is none.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "rest/route.h"

namespace kith {

// `body` must be one whole JSON object, or only white space; who joins it to other text has to have that checked (JsonReader::is_object).
Result<std::string> command_text(const Matched& matched, std::string_view query, std::string_view idempotency_key, std::string_view body);

}  // namespace kith

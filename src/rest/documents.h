// rest/documents.h — What a server tells about itself: the documents of its API and a page that shows them. Part of the program.
#pragma once

#include <string_view>

namespace kith {

struct ServedDocument {
  std::string_view path;  // Of the request.
  std::string_view content_type;
  std::string_view text;  // Lives as long as the program.
};

// nullptr: there is none at this path.
const ServedDocument* find_document(std::string_view path);

// For Content-Security-Policy: the page may load what this server serves, and nothing else.
inline constexpr std::string_view kDocumentsPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

}  // namespace kith

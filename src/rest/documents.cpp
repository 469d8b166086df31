#include "rest/documents.h"

#include <array>

// The files as they stand in the tree; CMakeLists.txt names them, so that a change builds this anew. Paths are from the root.
#define KITH_FILE(name, path)                                                                             \
  __asm__(".pushsection .rodata\n" #name "_begin:\n.incbin \"" path "\"\n" #name "_end:\n.popsection\n"); \
  extern "C" const char name##_begin[] __asm__(#name "_begin");                                           \
  extern "C" const char name##_end[] __asm__(#name "_end")

KITH_FILE(kith_openapi, "docs/openapi.json");
KITH_FILE(kith_asyncapi, "docs/asyncapi.json");
KITH_FILE(kith_page_html, "src/rest/page/index.html");
KITH_FILE(kith_page_css, "src/rest/page/page.css");
KITH_FILE(kith_page_js, "src/rest/page/page.js");

namespace kith {

namespace {

std::string_view between(const char* begin, const char* end) { return {begin, static_cast<std::size_t>(end - begin)}; }

const std::array<ServedDocument, 5>& documents() {
  static const std::array<ServedDocument, 5> all = {{
      {"/docs", "text/html; charset=utf-8", between(kith_page_html_begin, kith_page_html_end)},
      {"/docs/page.css", "text/css; charset=utf-8", between(kith_page_css_begin, kith_page_css_end)},
      {"/docs/page.js", "text/javascript; charset=utf-8", between(kith_page_js_begin, kith_page_js_end)},
      {"/docs/openapi.json", "application/json", between(kith_openapi_begin, kith_openapi_end)},
      {"/docs/asyncapi.json", "application/json", between(kith_asyncapi_begin, kith_asyncapi_end)},
  }};
  return all;
}

}  // namespace

const ServedDocument* find_document(std::string_view path) {
  for (const ServedDocument& document : documents()) {
    if (document.path == path) return &document;
  }
  return nullptr;
}

}  // namespace kith

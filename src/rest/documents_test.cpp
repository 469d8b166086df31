// The documents that are part of the program.

#include "rest/documents.h"

#include <gtest/gtest.h>

#include <string>

namespace kith {
namespace {

TEST(Documents, AreWholeAndOfTheirKind) {
  const ServedDocument* page = find_document("/docs");
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->text.starts_with("<!doctype html>"));
  EXPECT_TRUE(page->text.ends_with("</html>\n"));
  for (const char* path : {"/docs/openapi.json", "/docs/asyncapi.json"}) {
    const ServedDocument* document = find_document(path);
    ASSERT_TRUE(document) << path;
    EXPECT_EQ(document->content_type, "application/json");
    EXPECT_TRUE(document->text.starts_with("{\n") && document->text.ends_with("\n}\n")) << path;
  }
  EXPECT_FALSE(find_document("/docs/"));
  EXPECT_FALSE(find_document("/docs/../docs"));
}

TEST(Documents, ThePageLoadsNothingFromElsewhere) {
  for (const char* path : {"/docs", "/docs/page.css", "/docs/page.js"}) {
    std::string text(find_document(path)->text);
    EXPECT_EQ(text.find("http://"), std::string::npos) << path;
    EXPECT_EQ(text.find("https://"), std::string::npos) << path;
    EXPECT_EQ(text.find("innerHTML"), std::string::npos) << path;
  }
}

}  // namespace
}  // namespace kith

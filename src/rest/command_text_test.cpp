// The command that a request becomes, read back by the parser of all transports.

#include "rest/command_text.h"

#include <gtest/gtest.h>

#include "wire/json_reader.h"

namespace kith {
namespace {

Result<std::string> text_of(std::string_view method, std::string_view path, std::string_view query, std::string_view body,
                            std::string_view key = {}) {
  auto matched = find_route(method, path);
  EXPECT_TRUE(matched.line) << path;
  return command_text(matched, query, key, body);
}

wire::Command command_of(std::string_view method, std::string_view path, std::string_view query, std::string_view body,
                         std::string_view key = {}) {
  auto text = text_of(method, path, query, body, key);
  EXPECT_TRUE(text);
  wire::JsonReader reader;
  auto command = reader.command(*text);
  EXPECT_TRUE(command) << *text;
  return command ? *command : wire::Command{};
}

TEST(CommandText, JoinsPathAndBody) {
  auto command = command_of("POST", "/v1/users/bob/messages", "", " {\"text\":\"h\\\"i\",\"baseSeq\":3} \n", "\"k-1\"");
  const auto& send = std::get<wire::Send>(command.command);
  EXPECT_EQ(std::get<wire::Send::To>(send.target).value, "bob");
  EXPECT_EQ(send.text, "h\"i");
  EXPECT_EQ(send.base_seq, 3u);
  EXPECT_EQ(send.client_id, "k-1");
}

TEST(CommandText, ThePathWinsOverTheBodyAndTheHeaderToo) {
  auto command = command_of("PATCH", "/v1/conversations/d_1/messages/007", "", R"({"conversation":"d_2","seq":8,"text":"x"})");
  const auto& edit = std::get<wire::Edit>(command.command);
  EXPECT_EQ(edit.conversation, "d_1");
  EXPECT_EQ(edit.seq, 7u);
  command = command_of("POST", "/v1/groups", "", R"({"clientId":"a","client_id":"b","title":"t"})", "c");
  EXPECT_EQ(std::get<wire::CreateGroup>(command.command).client_id, "c");
}

TEST(CommandText, AnEmptyBodyIsAnEmptyObject) {
  for (const char* body : {"", " \n", "{}", "{ }"}) {
    auto command = command_of("PATCH", "/v1/groups/g_1", "", body);
    EXPECT_EQ(std::get<wire::UpdateGroup>(command.command).conversation, "g_1");
  }
}

TEST(CommandText, ReadsTheQueryByItsTypes) {
  auto command = command_of("GET", "/v1/conversations/d_1/messages", "after=0&limit=20&unknown=%22", "ignored");
  const auto& get = std::get<wire::GetHistory>(command.command);
  EXPECT_EQ(get.after, 0u);
  EXPECT_EQ(get.limit, 20u);
  command = command_of("GET", "/v1/conversations", "page=a%22%5C%0Ab", "");
  EXPECT_EQ(std::get<wire::GetConversations>(command.command).page, "a\"\\\nb");
}

TEST(CommandText, RefusesNumbersThatAreNone) {
  for (const char* query : {"limit=", "limit=-1", "limit=1.5", "limit=0x1", "limit=1%2C%22x%22:1", "before=1&before=a"}) {
    auto text = text_of("GET", "/v1/conversations/d_1/messages", query, "");
    ASSERT_FALSE(text) << query;
    EXPECT_EQ(text.error().code, Code::malformed);
  }
  EXPECT_FALSE(text_of("DELETE", "/v1/conversations/d_1/messages/1a", "", ""));
  EXPECT_FALSE(text_of("GET", "/v1/conversations", "page=%", ""));
}

TEST(CommandText, ATextInThePathStaysOneText) {
  auto command = command_of("PUT", "/v1/users/a%22%2C%22blocked%22:false%2C%22x%22:%22/block", "", "");
  const auto& block = std::get<wire::Block>(command.command);
  EXPECT_EQ(block.user, "a\",\"blocked\":false,\"x\":\"");
  EXPECT_TRUE(block.blocked);
}

}  // namespace
}  // namespace kith

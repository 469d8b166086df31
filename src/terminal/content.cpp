#include "terminal/content.h"

#include <algorithm>
#include <utility>

#include "base/ids.h"
#include "terminal/conversation_name.h"
#include "terminal/show.h"

namespace kith::terminal {

namespace {

constexpr std::size_t kMentionsMost = 50;

Failure usage(std::string sentence) { return {Code::invalid_argument, std::move(sentence)}; }

// Up to the comma, which goes too.
std::string_view cut_field(std::string_view& text) {
  const auto end = std::min(text.find(','), text.size());
  const auto field = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return field;
}

}  // namespace

Result<wire::Attachment> attachment_of(std::string_view text) {
  wire::Attachment file;
  file.url = cut_field(text);
  file.type = cut_field(text);
  const std::string size(cut_field(text));
  file.name = text;
  if (!file.url.starts_with("https://")) return usage("--attach: " + plain(file.url) + " does not begin with https://");
  if (!size.empty()) {
    auto bytes = whole_number(size, 0, UINT64_MAX >> 11);
    if (!bytes) return usage("--attach: SIZE " + bytes.error().detail);
    file.size = *bytes;
  }
  return file;
}

std::vector<std::string> mentions_in(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\n", kBehind = ".,;:!?)\"'-_";
  std::vector<std::string> users;
  while (!text.empty() && users.size() < kMentionsMost) {
    const auto end = std::min(text.find_first_of(kSpaces), text.size());
    auto word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!word.starts_with('@')) continue;
    word.remove_prefix(1);
    while (!word.empty() && kBehind.find(word.back()) != kBehind.npos) word.remove_suffix(1);
    auto user = UserId::parse(word);
    if (user && std::find(users.begin(), users.end(), user->text()) == users.end()) users.push_back(user->text());
  }
  return users;
}

Result<Content> content_of(const CommandLine& line, std::size_t first) {
  Content content{line.words_from(first)};
  if (line.has("reply")) {
    auto seq = seq_argument(line.get("reply"));
    if (!seq) return seq.error();
    content.reply_to = *seq;
  }
  for (const std::string& name : line.all("mention")) {
    auto user = UserId::parse(name);
    if (!user) return usage("--mention: " + plain(name) + " is not a user id");
    content.mentions.push_back(user->text());
  }
  for (const std::string& text : line.all("attach")) {
    auto file = attachment_of(text);
    if (!file) return file.error();
    content.attachments.push_back(std::move(*file));
  }
  content.kind = line.get("kind");
  content.data = line.get("data");
  if (content.kind.empty() && !content.data.empty()) return usage("--data goes with --kind");
  if (content.text.empty() && content.kind.empty() && content.attachments.empty()) {
    return usage("nothing is said: give TEXT, --attach or --kind");
  }
  return content;
}

}  // namespace kith::terminal

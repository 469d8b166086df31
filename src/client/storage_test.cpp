// What a device remembers on disk: whole or not at all, in order, for one process at a time.
#include "client/storage.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "client/address.h"
#include "client/http.h"

namespace kith {
namespace {

namespace fs = std::filesystem;

class FileStorageTest : public testing::Test {
 protected:
  FileStorageTest() {
    std::string pattern = (fs::temp_directory_path() / "kith-storage-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  ~FileStorageTest() override { fs::remove_all(directory_); }

  std::string device() const { return directory_ + "/device"; }

  std::string directory_;
};

const Content kEverything{"x", 4, {"carol", "dave"}, {{"https://a/b", "b", "t/t", 7}, {"https://a/c"}}, "poll", "{\"a\":\"\\n\"}"};

OutgoingMessage message(std::uint64_t number, std::string text) {
  OutgoingMessage out{number, {}, true, "bob", {std::move(text)}, {}};
  out.client_id.bits[0] = static_cast<std::uint8_t>(number);
  return out;
}

TEST_F(FileStorageTest, GivesBackWhatItWasTold) {
  {
    FileStorage storage(device());
    ASSERT_TRUE(storage.load());
    ASSERT_TRUE(storage.save({"cursor-1", 7}));
    ASSERT_TRUE(storage.save({"cursor-2", 9}));
    for (std::uint64_t n : {1, 2, 10, 11}) ASSERT_TRUE(storage.put(message(n, "text \"" + std::to_string(n) + "\"\n\xC3\xA9")));
    auto attempted = message(2, "text two");
    attempted.base_seq = 0;
    ASSERT_TRUE(storage.put(attempted));
    auto in_conversation = message(12, "x");
    in_conversation.to_user = false;
    in_conversation.target = "d_0";
    in_conversation.content = kEverything;
    ASSERT_TRUE(storage.put(in_conversation));
    ASSERT_TRUE(storage.remove(message(10, "")));
    ASSERT_TRUE(storage.remove(message(10, "")));
  }
  FileStorage storage(device());
  auto state = storage.load();
  ASSERT_TRUE(state);
  EXPECT_EQ(state->position, (Position{"cursor-2", 9}));
  ASSERT_EQ(state->outbox.size(), 4u);
  EXPECT_EQ(state->outbox[0].number, 1u);
  EXPECT_EQ(state->outbox[0].content.text, "text \"1\"\n\xC3\xA9");
  EXPECT_EQ(state->outbox[0].client_id, message(1, "").client_id);
  EXPECT_FALSE(state->outbox[0].base_seq);
  EXPECT_EQ(state->outbox[1].base_seq, 0u);
  EXPECT_EQ(state->outbox[2].number, 11u);
  EXPECT_FALSE(state->outbox[3].to_user);
  EXPECT_EQ(state->outbox[3].target, "d_0");
  EXPECT_EQ(state->outbox[3].content, kEverything);
}

TEST_F(FileStorageTest, KeepsOthersOut) {
  FileStorage first(device()), second(device());
  ASSERT_TRUE(first.load());
  auto refused = second.load();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::busy);
  struct stat about;
  ASSERT_EQ(::stat(device().c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0700u);
  ASSERT_TRUE(first.save({"c", 1}));
  ASSERT_EQ(::stat((device() + "/position").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600u);
}

TEST_F(FileStorageTest, IgnoresWhatWasHalfWritten) {
  FileStorage storage(device());
  ASSERT_TRUE(storage.load());
  std::ofstream(device() + "/outbox/00000000000000000005.new") << "{\"id\":5,\"se";
  auto state = storage.load();
  ASSERT_TRUE(state);
  EXPECT_TRUE(state->outbox.empty());
}

TEST_F(FileStorageTest, SaysWhichFileIsDamaged) {
  FileStorage storage(device());
  ASSERT_TRUE(storage.load());
  std::ofstream(device() + "/outbox/00000000000000000005") << "{\"id\":5,\"se";
  auto state = storage.load();
  ASSERT_FALSE(state);
  EXPECT_NE(state.error().detail.find("00000000000000000005 is damaged"), std::string::npos) << state.error().detail;
}

TEST(MemoryStorageTest, GivesBackWhatItWasTold) {
  MemoryStorage storage;
  ASSERT_TRUE(storage.put(message(2, "b")));
  ASSERT_TRUE(storage.put(message(1, "a")));
  ASSERT_TRUE(storage.remove(message(2, "")));
  ASSERT_TRUE(storage.save({"c", 3}));
  auto state = storage.load();
  ASSERT_EQ(state->outbox.size(), 1u);
  EXPECT_EQ(state->outbox[0].content.text, "a");
  EXPECT_EQ(state->position, (Position{"c", 3}));
}

TEST(ServerAddressTest, ReadsWhatPeopleWrite) {
  auto parse = [](std::string_view text) {
    auto address = ServerAddress::parse(text);
    return address ? address->url() : "refused";
  };
  EXPECT_EQ(parse("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
  EXPECT_EQ(parse("http://chat.example/"), "http://chat.example:80");
  EXPECT_EQ(parse("https://chat.example"), "https://chat.example:443");
  EXPECT_EQ(parse("wss://[::1]:81/"), "https://[::1]:81");
  EXPECT_EQ(parse("ws://[::1]:81"), "http://[::1]:81");
  EXPECT_EQ(parse("localhost:9"), "http://localhost:9");
  for (auto bad : {"", "http://", "https://", "ftp://a", "http://a:0", "http://a:65536", "http://a:x", "http://a:", "http://a/b", "::1",
                   "http://u@a", "http://[::1", "http://[::1]x"}) {
    EXPECT_EQ(parse(bad), "refused") << bad;
  }
}

TEST(PercentEncodingTest, EscapesWhatIsNotPlain) { EXPECT_EQ(percent_encoded("a.b_c-d@e+f/"), "a.b_c-d%40e%2bf%2f"); }

}  // namespace
}  // namespace kith

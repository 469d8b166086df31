#include "store/rocksdb_store.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/listener.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <mutex>
#include <utility>

#include "store/checks.h"
#include "store/rocksdb_committer.h"
#include "store/rocksdb_keys.h"
#include "store/rocksdb_open.h"
#include "store/rocksdb_readers.h"
#include "store/rocksdb_reads.h"

namespace kith {

namespace keys = rocksdb_keys;
namespace reads = rocksdb_reads;

namespace {

constexpr int kReaderThreads = 2;
constexpr int kExitOfDiskFailure = 74;  // EX_IOERR

void end_process(const std::string& reason) {
  std::fprintf(stderr, "kith: the store failed and the process ends: %s\n", reason.c_str());
  std::fflush(stderr);
  _exit(kExitOfDiskFailure);
}

DiskSpace space_of(const std::string& path) {
  std::error_code error;
  auto space = std::filesystem::space(path, error);
  // Not to know is not to be full.
  if (error) return {~std::uint64_t{0}, ~std::uint64_t{0}};
  return {space.available, space.capacity};
}

class FailureListener : public rocksdb::EventListener {
 public:
  explicit FailureListener(Fatal& fatal) : fatal_(fatal) {}
  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override { fatal_("RocksDB: " + status->ToString()); }

 private:
  Fatal& fatal_;
};

}  // namespace

struct RocksEngine::Parts {
  explicit Parts(RocksOptions& options)
      : fatal(std::move(options.fatal)), committer(fatal, std::move(options.disk_space), options.low_bytes, options.none_bytes) {}

  std::unique_ptr<rocksdb::Env> env;  // Nothing: the system's.
  Fatal fatal;
  std::unique_ptr<rocksdb::DB> db;
  Committer committer;
  ReaderPool readers{kReaderThreads};
  std::atomic<std::uint64_t> reads{0};
  std::atomic<std::uint64_t> reads_from_disk{0};
  std::atomic<int> stores{0};
  std::mutex mutex;  // Guards mailboxes, which are only ever added: the committer may still know those of stores that ended.
  std::vector<std::unique_ptr<Mailbox>> mailboxes;
};

namespace {

class RocksStore : public Store {
 public:
  RocksStore(RocksEngine::Parts& parts, Loop& loop) : parts_(parts), pending_(std::make_shared<Pending>()) {
    std::lock_guard lock(parts_.mutex);
    parts_.mailboxes.push_back(std::make_unique<Mailbox>(loop, pending_));
    mailbox_ = parts_.mailboxes.back().get();
    ++parts_.stores;
  }
  ~RocksStore() override {
    mailbox_->close();
    pending_->close();
    --parts_.stores;
  }
  RocksStore(const RocksStore&) = delete;
  RocksStore& operator=(const RocksStore&) = delete;

  Future<StoreResult<Ok>> append(Append batch) override {
    check_append(batch);
    WriteRequest request;
    std::size_t bytes = 0;
    for (const auto& record : batch.records) bytes += record.size() + batch.log.key.size() + 40;
    request.puts.reserve(bytes);
    Seq seq = batch.first;
    for (const auto& record : batch.records) {
      request.add_put(keys::log_key(batch.log, seq, batch.epoch), keys::log_value(seq.value, record));
      ++seq;
    }
    if (batch.head) request.head = {keys::head_key(batch.log), std::move(*batch.head)};
    return submit(std::move(request));
  }

  Future<StoreResult<Rows>> read(LogId log, Seq low, Seq high, Direction direction, std::uint32_t limit) override {
    check_log(log);
    check_limit(limit);
    return look<Rows>([log = std::move(log), low, high, direction, limit](rocksdb::DB& db, bool from_disk) {
      return reads::read(db, log, low, high, direction, limit, from_disk);
    });
  }

  Future<StoreResult<std::vector<std::optional<LogRow>>>> read_rows(std::vector<LogPlace> places) override {
    check_places(places);
    return look<std::vector<std::optional<LogRow>>>(
        [places = std::move(places)](rocksdb::DB& db, bool from_disk) { return reads::read_rows(db, places, from_disk); });
  }

  Future<StoreResult<Ok>> rewrite(LogId log, Seq seq, Epoch epoch, std::uint64_t version, std::string record) override {
    check_log(log);
    WriteRequest request;
    request.rewrite = {keys::log_key(log, seq, epoch), version, std::move(record)};
    return submit(std::move(request));
  }

  Future<StoreResult<Head>> head(LogId log) override {
    check_log(log);
    return look<Head>([log = std::move(log)](rocksdb::DB& db, bool from_disk) { return reads::head(db, log, from_disk); });
  }

  Future<StoreResult<Ok>> set_head(LogId log, Head head) override {
    check_log(log);
    check_head(head);
    WriteRequest request;
    request.head = {keys::head_key(log), std::move(head)};
    return submit(std::move(request));
  }

  Future<StoreResult<std::optional<std::string>>> get(RowKey key) override {
    check_partition(key.table, key.partition);
    return look<std::optional<std::string>>(
        [key = std::move(key)](rocksdb::DB& db, bool from_disk) { return reads::get(db, key, from_disk); });
  }

  Future<StoreResult<std::vector<std::optional<std::string>>>> multi_get(std::vector<RowKey> row_keys) override {
    for (const auto& key : row_keys) check_partition(key.table, key.partition);
    return look<std::vector<std::optional<std::string>>>(
        [row_keys = std::move(row_keys)](rocksdb::DB& db, bool from_disk) { return reads::multi_get(db, row_keys, from_disk); });
  }

  Future<StoreResult<Ok>> put(RowTable table, std::string partition, std::vector<Row> rows) override {
    check_rows(table, partition, rows);
    WriteRequest request;
    std::string prefix = keys::row_prefix(table, partition);
    for (const auto& row : rows) request.add_put(prefix + row.key, keys::row_value(row.value));
    return submit(std::move(request));
  }

  Future<StoreResult<Scan>> scan(RowTable table, std::string partition, std::string from, std::uint32_t limit) override {
    check_partition(table, partition);
    check_limit(limit);
    return look<Scan>([table, partition = std::move(partition), from = std::move(from), limit](rocksdb::DB& db, bool from_disk) {
      return reads::scan(db, table, partition, from, limit, from_disk);
    });
  }

  Space space() const override { return parts_.committer.space(); }

 private:
  Future<StoreResult<Ok>> submit(WriteRequest request) {
    Promise<StoreResult<Ok>> promise;
    auto future = promise.future();
    request.mailbox = mailbox_;
    request.slot = pending_->add([promise = std::move(promise)](std::optional<StoreError> error) mutable {
      promise.set(error ? StoreResult<Ok>(*error) : StoreResult<Ok>(Ok{}));
    });
    parts_.committer.submit(std::move(request));
    return future;
  }

  // `question` answers from memory, inside this call, or nothing; then it is asked again on a reader's thread.
  template <class T, class F>
  Future<StoreResult<T>> look(F question) {
    parts_.reads.fetch_add(1, std::memory_order_relaxed);
    if (auto answer = question(*parts_.db, false)) return Future<StoreResult<T>>::ready(std::move(*answer));
    parts_.reads_from_disk.fetch_add(1, std::memory_order_relaxed);
    Promise<StoreResult<T>> promise;
    auto future = promise.future();
    auto answer = std::make_shared<reads::Answer<T>>();
    std::uint32_t slot =
        pending_->add([answer, promise = std::move(promise)](std::optional<StoreError>) mutable { promise.set(std::move(**answer)); });
    parts_.readers.run([question = std::move(question), answer, slot, db = parts_.db.get(), mailbox = mailbox_] {
      *answer = question(*db, true);
      if (!*answer) *answer = StoreError::unavailable;
      mailbox->post({{slot, std::nullopt}});
    });
    return future;
  }

  RocksEngine::Parts& parts_;
  std::shared_ptr<Pending> pending_;
  Mailbox* mailbox_ = nullptr;
};

// The directory's own entry must survive a loss of power too; RocksDB looks after what is inside.
std::optional<Failure> make_directory(const std::string& path, rocksdb::FileSystem& files) {
  std::error_code error;
  auto place = std::filesystem::absolute(path, error).lexically_normal();
  if (!place.has_filename()) place = place.parent_path();
  if (std::filesystem::exists(place, error)) return std::nullopt;
  std::filesystem::create_directories(place.parent_path(), error);
  auto status = files.CreateDirIfMissing(place.string(), {}, nullptr);
  std::unique_ptr<rocksdb::FSDirectory> parent;
  if (status.ok()) status = files.NewDirectory(place.parent_path().string(), {}, &parent, nullptr);
  if (status.ok()) status = parent->Fsync({}, nullptr);
  if (!status.ok()) return refusal(status);
  return std::nullopt;
}

}  // namespace

RocksEngine::RocksEngine(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

RocksEngine::~RocksEngine() {
  KITH_ASSERT(parts_->stores == 0);
  parts_->committer.stop();
  parts_->readers.stop();
}

Result<std::unique_ptr<RocksEngine>> RocksEngine::open(RocksOptions options) {
  if (!options.fatal) options.fatal = end_process;
  if (!options.disk_space) options.disk_space = [path = options.path] { return space_of(path); };
  auto parts = std::make_unique<Parts>(options);
  rocksdb::Env* env = rocksdb::Env::Default();
  if (options.file_system) {
    parts->env = rocksdb::NewCompositeEnv(options.file_system);
    env = parts->env.get();
  }
  if (auto failure = make_directory(options.path, *env->GetFileSystem())) return *failure;
  auto settings = rocksdb_settings(options, env);
  settings.listeners.push_back(std::make_shared<FailureListener>(parts->fatal));
  rocksdb::DB* db = nullptr;
  auto status = rocksdb::DB::Open(settings, options.path, &db);
  parts->db.reset(db);
  if (!status.ok()) return refusal(status);
  if (auto failure = check_schema(*db, true)) return *failure;
  parts->committer.start(*db);
  return std::unique_ptr<RocksEngine>(new RocksEngine(std::move(parts)));
}

std::unique_ptr<Store> RocksEngine::store(Loop& loop) { return std::make_unique<RocksStore>(*parts_, loop); }

RocksEngine::Stats RocksEngine::stats() const {
  return {parts_->committer.commits(), parts_->committer.writes(), parts_->committer.bytes(), parts_->reads.load(),
          parts_->reads_from_disk.load()};
}

void RocksEngine::flush() {
  auto status = parts_->db->Flush({});
  if (!status.ok()) parts_->fatal("a flush failed: " + status.ToString());
}

}  // namespace kith

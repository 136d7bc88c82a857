// Models are found for levels, by name and by id, in folders that hold anything and change.
#include "model/library.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

#include "model/installed_folder.h"
#include "tests/reference/models/random_model.h"

namespace lmz {
namespace {

namespace fs = std::filesystem;

// The bytes of a small model; another one for each seed.
Bytes FileOf(uint32_t seed, const std::string& name) {
  ModelFile model =
      RandomModel({.width = 16, .layers = 1, .state = 16, .hidden = 16}, seed, Wildness::kTame);
  model.card.name = name;
  return WriteModelFile(model).value();
}

ModelReference ReferenceById(ByteSpan file, const std::string& name) {
  return {.number = 0, .id = IdOfModelFile(file), .name = name};
}

// Each test has an empty folder, which a library looks into.
class ModelLibraryTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) /
              ("lmz-library-" + std::to_string(getpid()) + "-" + info->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    library_.AddFolder(folder_.string());
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string In(const std::string& name) const { return (folder_ / name).string(); }

  void Write(const std::string& name, ByteSpan bytes) const {
    std::ofstream out(In(name), std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
    ASSERT_TRUE(out.flush().good()) << name;
  }

  // A file of `size` bytes, a hole but for its last ones.
  void WriteHole(const std::string& name, uint64_t size, ByteSpan end) const {
    Write(name, {});
    ASSERT_EQ(truncate(In(name).c_str(), static_cast<off_t>(size - end.size())), 0) << name;
    std::ofstream out(In(name), std::ios::binary | std::ios::app);
    out.write(reinterpret_cast<const char*>(end.data()), static_cast<std::streamsize>(end.size()));
    ASSERT_TRUE(out.flush().good()) << name;
  }

  fs::path folder_;
  ModelLibrary library_;
};

TEST(Catalog, HasEachNumberNameAndLevelOnce) {
  for (const CatalogRow& row : Catalog()) {
    if (!row.file.empty()) {
      EXPECT_NE(row.number, 0) << row.name;
      EXPECT_EQ(IdOfModelFile(row.file), row.id) << row.name;
    }
    for (const CatalogRow& other : Catalog()) {
      if (&row == &other) continue;
      EXPECT_STRNE(row.name, other.name);
      EXPECT_TRUE(row.number != other.number || row.number == 0) << row.name;
      EXPECT_TRUE(row.level != other.level || row.level == 0) << row.name;
    }
  }
}

TEST_F(ModelLibraryTest, EveryLevelHasOneAnswer) {
  EXPECT_EQ(library_.OfLevel(0).value(), nullptr);
  for (const CatalogRow& row : Catalog()) {
    const Result<SharedModel> model = library_.OfLevel(row.level);
    if (row.file.empty()) {
      EXPECT_EQ(model.status().code(), Code::kModelMissing);
      EXPECT_EQ(model.status().message(), "level " + std::to_string(row.level) + ": model '" +
                                              row.name + "' not found; install it as " +
                                              In(row.name) + ".lmm");
    } else {
      ASSERT_TRUE(model.ok()) << model.status().message();
      EXPECT_EQ(model.value()->card().name, row.name);
      EXPECT_EQ(ReferenceTo(*model.value()).number, row.number);
      EXPECT_EQ(model.value(), ModelLibrary().Find({.number = row.number, .id = row.id}).value())
          << "shared";
      ModelReference other = {.number = row.number, .id = row.id};
      other.id[0] ^= 1;
      EXPECT_EQ(ModelLibrary().Find(other).status().code(), Code::kModelMissing);
      EXPECT_EQ(model.value(), ModelLibrary().OfName(row.name).value());
    }
  }
  for (const int level : {-1, MaxLevel() + 1}) {
    EXPECT_EQ(library_.OfLevel(level).status().code(), Code::kInvalidArgument) << level;
  }
  EXPECT_EQ(library_.Find({.number = 255}).status().code(), Code::kNewerVersion);
}

TEST_F(ModelLibraryTest, TheFileOfALevelCountsWhateverItsCardSays) {
  const Bytes file = FileOf(1, "another-name");
  Write("large.lmm", file);
  const Result<SharedModel> model = library_.OfLevel(4);
  ASSERT_TRUE(model.ok()) << model.status().message();
  EXPECT_EQ(model.value()->id(), IdOfModelFile(file));
  EXPECT_EQ(library_.OfLevel(4).value(), model.value()) << "loaded once";
  EXPECT_EQ(library_.Find(ReferenceTo(*model.value())).value(), model.value());
  EXPECT_EQ(ModelLibrary(library_).OfName("large").value(), model.value()) << "a copy shares it";
}

TEST_F(ModelLibraryTest, FoldersAreLookedIntoInTheirOrder) {
  fs::create_directories(folder_ / "b");
  library_.AddFolder(In("b"));
  library_.AddFolder(In("none"));
  library_.AddFolder("");
  EXPECT_EQ(library_.OfName("some").status().message(),
            "model 'some' not found; install it as " + In("some.lmm") + " or " + In("b/some.lmm") +
                " or " + In("none/some.lmm"));
  const Bytes second = FileOf(2, "some");
  const ModelReference reference = ReferenceById(second, "some");
  EXPECT_EQ(library_.Find(reference).status().message(),
            "model 'some' (id " + ModelIdText(reference.id) +
                ") not found; install its .lmm file "
                "in " +
                folder_.string() + " or " + In("b") + " or " + In("none"));
  Write("b/some.lmm", second);
  EXPECT_EQ(library_.OfName("some").value()->id(), reference.id);
  const Bytes first = FileOf(1, "some");
  Write("some.lmm", first);
  EXPECT_EQ(library_.OfName("some").value()->id(), IdOfModelFile(first));
  EXPECT_EQ(library_.Find(reference).value()->id(), reference.id);
}

TEST_F(ModelLibraryTest, NamesLeadToNoOtherFolder) {
  fs::create_directories(folder_ / "inner");
  Write("model.lmm", FileOf(1, "model"));
  ModelLibrary library;
  library.AddFolder(In("inner"));
  for (const char* name : {"../model", "", "Model", "/model"}) {
    EXPECT_EQ(library.OfName(name).status().code(), Code::kModelMissing) << name;
    const Bytes file = FileOf(1, "model");
    EXPECT_EQ(library.Find(ReferenceById(file, name)).status().code(), Code::kModelMissing);
  }
  EXPECT_EQ(ModelLibrary().OfName("none").status().message(),
            "model 'none' is not built in; load it from its file");
}

TEST_F(ModelLibraryTest, AddedModelsAreFound) {
  const Bytes file = FileOf(1, "mine");
  const SharedModel model = LoadModel(file).value();
  EXPECT_EQ(library_.Find(ReferenceTo(*model)).status().code(), Code::kModelMissing);
  library_.Add(model);
  EXPECT_EQ(library_.Find(ReferenceTo(*model)).value(), model);
}

TEST_F(ModelLibraryTest, AnyNameWillDoForAnId) {
  const Bytes file = FileOf(1, "mine");
  Write("a.lmm", FileOf(2, "mine"));
  Write("b name of its own.lmm", file);
  Write("c.txt", file);
  const Result<SharedModel> model = library_.Find(ReferenceById(file, "mine"));
  ASSERT_TRUE(model.ok()) << model.status().message();
  EXPECT_EQ(model.value()->id(), IdOfModelFile(file));
}

// What is neither a model nor its file may lie in the way.
TEST_F(ModelLibraryTest, WhatIsNoModelIsPassedOver) {
  const Bytes file = FileOf(1, "mine");
  Bytes damaged = file;
  damaged[100] ^= 1;
  Write("a empty.lmm", {});
  Write("a short.lmm", ByteSpan(file).last(15));
  Write("a damaged.lmm", damaged);
  Write("a truncated.lmm", ByteSpan(file).last(file.size() - 1));
  fs::create_directories(folder_ / "a folder.lmm");
  ASSERT_EQ(mkfifo(In("a pipe.lmm").c_str(), 0600), 0);
  fs::create_symlink("/dev/zero", In("a device.lmm"));
  fs::create_symlink("a loop.lmm", In("a loop.lmm"));
  fs::create_symlink("nowhere", In("a dangling.lmm"));
  WriteHole("a hole.lmm", uint64_t{1} << 40, {});
  WriteHole("a hole that says it is the one.lmm", uint64_t{1} << 40, ByteSpan(file).last(16));
  const ModelReference reference = ReferenceById(file, "mine");
  Result<SharedModel> model = library_.Find(reference);
  EXPECT_EQ(model.status().code(), Code::kModelDamaged) << "it is there";
  EXPECT_TRUE(model.status().message().starts_with(In("a damaged.lmm") + ": "))
      << model.status().message();
  EXPECT_EQ(library_.List().value().size(), ModelLibrary().List().value().size());
  EXPECT_TRUE(library_.OfLevel(1).ok());

  fs::create_symlink("b/model", In("z link.lmm"));
  fs::create_directories(folder_ / "b");
  Write("b/model", file);
  model = library_.Find(reference);
  ASSERT_TRUE(model.ok()) << model.status().message();
  EXPECT_EQ(model.value()->id(), reference.id);
  EXPECT_EQ(library_.List().value().back().path, In("z link.lmm"));
}

TEST_F(ModelLibraryTest, WhatIsAskedForByNameMustBeAModel) {
  const Bytes file = FileOf(1, "large");
  Bytes damaged = file;
  damaged[100] ^= 1;
  Write("large.lmm", damaged);
  EXPECT_EQ(library_.OfLevel(4).status().code(), Code::kModelDamaged);
  EXPECT_NE(library_.OfLevel(4).status().message().find("level 4: " + In("large.lmm") + ": "),
            std::string::npos);
  WriteHole("large.lmm", uint64_t{1} << 40, {});
  EXPECT_EQ(library_.OfLevel(4).status().code(), Code::kModelDamaged);
  fs::remove(In("large.lmm"));
  fs::create_directories(In("large.lmm"));
  EXPECT_EQ(library_.OfLevel(4).status().code(), Code::kIo);
  fs::remove(In("large.lmm"));
  ASSERT_EQ(mkfifo(In("large.lmm").c_str(), 0600), 0);
  EXPECT_EQ(library_.OfLevel(4).status().code(), Code::kIo);
  fs::remove(In("large.lmm"));
  fs::create_symlink("nowhere", In("large.lmm"));
  EXPECT_EQ(library_.OfLevel(4).status().code(), Code::kModelMissing);
  EXPECT_TRUE(library_.OfLevel(3).ok());
}

TEST_F(ModelLibraryTest, AFolderThatIsNoneIsNamed) {
  Write("file", {});
  ModelLibrary library;
  library.AddFolder(In("file"));
  const Status status = library.Find(ReferenceById(FileOf(1, "mine"), "mine")).status();
  EXPECT_EQ(status.code(), Code::kModelMissing);
  EXPECT_NE(status.message().find(In("file") + ", which cannot be read: "), std::string::npos)
      << status.message();
  EXPECT_EQ(library.OfLevel(4).status().code(), Code::kModelMissing);
}

TEST_F(ModelLibraryTest, AFolderOfTooManyFilesIsNotReadThrough) {
  const Bytes file = FileOf(1, "mine");
  for (int i = 0; i < 10'001; ++i) {
    fs::create_symlink("nowhere", In("model " + std::to_string(i) + ".lmm"));
  }
  const ModelReference reference = ReferenceById(file, "mine");
  const Status status = library_.Find(reference).status();
  EXPECT_EQ(status.code(), Code::kModelMissing);
  EXPECT_NE(status.message().find("which has more than 10000 entries"), std::string::npos)
      << status.message();
  Write("mine.lmm", file);
  EXPECT_TRUE(library_.Find(reference).ok()) << "its name is known";
}

// Bytes that this process has read so far; nothing where the system does not count them.
std::optional<uint64_t> BytesRead() {
  std::ifstream io("/proc/self/io");
  std::string word;
  uint64_t count = 0;
  if (io >> word >> count && word == "rchar:") return count;
  return std::nullopt;
}

TEST_F(ModelLibraryTest, OfOtherModelsOnlyTheEndsAreRead) {
  constexpr uint64_t kSize = uint64_t{1} << 20;
  constexpr uint64_t kFiles = 50;
  const Bytes file = FileOf(1, "mine");
  const Bytes other = FileOf(2, "other");
  for (uint64_t i = 0; i < kFiles; ++i) {
    WriteHole("other " + std::to_string(i) + ".lmm", kSize, other);
  }
  Write("z.lmm", file);
  const std::optional<uint64_t> before = BytesRead();
  if (!before) GTEST_SKIP() << "this system does not count what is read";
  ASSERT_TRUE(library_.Find(ReferenceById(file, "mine")).ok());
  EXPECT_LT(*BytesRead() - *before, file.size() + kSize);
}

TEST_F(ModelLibraryTest, AFileMayChange) {
  const Bytes old = FileOf(1, "large");
  const Bytes fresh = FileOf(2, "large");
  Write("large.lmm", old);
  const SharedModel model = library_.OfLevel(4).value();
  EXPECT_EQ(model->id(), IdOfModelFile(old));
  Write("large.lmm", fresh);
  EXPECT_EQ(library_.OfLevel(4).value()->id(), IdOfModelFile(fresh));
  fs::remove(In("large.lmm"));
  EXPECT_EQ(library_.OfLevel(4).status().code(), Code::kModelMissing);
  EXPECT_EQ(library_.Find(ReferenceTo(*model)).value(), model) << "what was loaded stays";
}

TEST_F(ModelLibraryTest, ListsEachModelOnce) {
  const Bytes large = FileOf(1, "card-of-large");
  const Bytes other = FileOf(2, "other");
  Write("a copy.lmm", large);
  Write("large.lmm", large);
  Write("z.lmm", other);
  Write("z copy.lmm", other);
  Write("tiny.lmm", Catalog()[1].file);
  const std::vector<ModelSummary> built_in = ModelLibrary().List().value();
  const std::vector<ModelSummary> all = library_.List().value();
  ASSERT_EQ(all.size(), built_in.size() + 2);
  for (size_t i = 0; i < built_in.size(); ++i) {
    EXPECT_EQ(all[i].number, static_cast<int>(i) + 1);
    EXPECT_EQ(all[i].card.name, Catalog()[i].name);
    EXPECT_EQ(all[i].level, Catalog()[i].level);
    EXPECT_EQ(all[i].path, "");
  }
  const ModelSummary& of_level = all[built_in.size()];
  EXPECT_EQ(of_level.level, 4);
  EXPECT_EQ(of_level.number, 0);
  EXPECT_EQ(of_level.card.name, "card-of-large");
  EXPECT_EQ(of_level.path, In("large.lmm"));
  EXPECT_EQ(of_level.file_size, large.size());
  EXPECT_EQ(all.back().path, In("z copy.lmm"));
  EXPECT_EQ(all.back().level, 0);
  EXPECT_EQ(all.back().network, "recurrent (GLR), 1 layers of width 16, state 16, hidden 16");
  EXPECT_EQ(DescribeModelFile(In("z.lmm")).value().id, all.back().id);
  EXPECT_EQ(DescribeModelFile(In("none.lmm")).status().code(), Code::kIo);
  EXPECT_EQ(LoadModelFile(In("none.lmm")).status().code(), Code::kIo);
}

TEST_F(ModelLibraryTest, ThreadsLoadAModelOnce) {
  const Bytes file = FileOf(1, "mine");
  Write("file.lmm", file);
  std::vector<SharedModel> models(8);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < models.size(); ++i) {
    threads.emplace_back([&, i] {
      models[i] = i % 2 == 0 ? library_.Find(ReferenceById(file, "mine")).value()
                             : library_.OfName("file").value();
      EXPECT_EQ(library_.OfLevel(1).value(), ModelLibrary().OfLevel(1).value());
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const SharedModel& model : models) EXPECT_EQ(model, models.front());
}

// The tests' folder lies in the build folder as that of the program does.
TEST(InstalledModels, LieBesideTheProgram) {
  const fs::path folder = InstalledModelFolder();
  const fs::path program = fs::canonical("/proc/self/exe");
  ASSERT_TRUE(folder.is_absolute());
  EXPECT_EQ(folder, (program.parent_path() / LMZ_MODELS_FROM_PROGRAM).lexically_normal());
  const Result<SharedModel> large = ModelLibrary::Installed()->OfLevel(4);
  ASSERT_TRUE(large.ok()) << large.status().message();
  EXPECT_EQ(large.value()->card().name, "large");
}

}  // namespace
}  // namespace lmz

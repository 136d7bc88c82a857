// Small data and a folder for the tests of lmz-bench.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/bytes.h"

namespace lmz::bench {

// Text-like bytes: words from a short list in a fixed order that does not repeat soon.
inline Bytes SomeText(size_t size) {
  const char* const words[] = {"the ", "river ", "of ",  "bytes ",
                               "ran ", "under ", "old ", "bridges. "};
  Bytes text;
  for (uint32_t x = 1; text.size() < size; x = x * 1103515245 + 12345) {
    const std::string word = words[x >> 16 & 7];
    text.insert(text.end(), word.begin(), word.end());
  }
  text.resize(size);
  return text;
}

inline void WriteBytes(const std::string& path, ByteSpan bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
}

// Each test has an empty folder of its own.
class FolderTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) /
              (std::string("lmz-bench-") + info->test_suite_name() + "-" + info->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string In(const std::string& name) const { return (folder_ / name).string(); }

 private:
  std::filesystem::path folder_;
};

}  // namespace lmz::bench

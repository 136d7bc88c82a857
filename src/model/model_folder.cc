#include "model/model_folder.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace lmz {

namespace fs = std::filesystem;

namespace {

constexpr const char* kExtension = ".lmm";
// Far more than there are models; keeps a wrong folder from costing time and memory.
constexpr int kMaxEntries = 10'000;

}  // namespace

std::string ModelPath(const std::string& folder, const std::string& name) {
  return (fs::path(folder) / (name + kExtension)).string();
}

FolderListing ListModelFolder(const std::string& folder) {
  FolderListing listing;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  int count = 0;
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    if (++count > kMaxEntries) {
      listing.trouble = "has more than " + std::to_string(kMaxEntries) +
                        " entries, of which not all were looked at";
      break;
    }
    if (entry->path().extension() == kExtension) listing.files.push_back(entry->path().string());
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    listing.trouble = "cannot be read: " + error.message();
  }
  std::sort(listing.files.begin(), listing.files.end());
  return listing;
}

}  // namespace lmz

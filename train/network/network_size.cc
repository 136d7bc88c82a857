#include "train/network/network_size.h"

#include <map>

#include "train/network/operations.h"
#include "train/network/size_fields.h"

namespace lmz::train {

namespace {

Status Wrong(const std::string& text) {
  return Status(Code::kInvalidArgument,
                "the size " + text +
                    " is not known: use 200k, 800k, 3.2m, 12.8m, or d=96,layers=8 with an optional "
                    "state=N and hidden=N");
}

}  // namespace

Result<GlrShape> ParseNetworkSize(const std::string& text) {
  static const std::map<std::string, GlrShape> kNamed = {
      {"200k", {64, 4, 64, 192}},
      {"800k", {96, 8, 96, 288}},
      {"3.2m", {192, 8, 192, 576}},
      {"12.8m", {320, 12, 320, 960}},
  };
  if (const auto named = kNamed.find(text); named != kNamed.end()) return named->second;
  const auto fields = ParseSizeFields(text);
  if (!fields) return Wrong(text);
  GlrShape shape;
  for (const auto& [name, value] : *fields) {
    if (name == "d")
      shape.width = value;
    else if (name == "layers")
      shape.layers = value;
    else if (name == "state")
      shape.state = value;
    else if (name == "hidden")
      shape.hidden = value;
    else
      return Wrong(text);
  }
  if (shape.state == 0) shape.state = shape.width;
  if (shape.hidden == 0) shape.hidden = static_cast<uint16_t>(3 * shape.width);
  const Status valid = CheckShape(shape);
  if (!valid.ok())
    return Status(Code::kInvalidArgument, "the size " + text + ": " + valid.message());
  if (shape.width > kMaxWidth || shape.state > kMaxWidth) {
    return Status(Code::kInvalidArgument,
                  "the size " + text + " is too wide: at most " + std::to_string(kMaxWidth));
  }
  return shape;
}

}  // namespace lmz::train

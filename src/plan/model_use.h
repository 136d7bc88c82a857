// What the caller chose for all blocks: which model predicts text, and in how many lanes.
#pragma once

namespace lmz {

class Model;  // model/model.h

struct ModelUse {
  ModelUse(const Model* of_level, bool in_many_lanes = false)
      : model(of_level), is_wide(in_many_lanes) {}

  const Model* model;  // null: none; outlives the coding
  bool is_wide;        // as TextOptions::is_wide
};

}  // namespace lmz

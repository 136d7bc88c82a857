// Attention of a transformer's step (docs/spec/numerics.md, 6.6 to 6.9).
#pragma once

#include "model/transformer/bound_transformer.h"
#include "model/transformer/lane_cache.h"
#include "model/transformer/step_memory.h"
#include "model/transformer/thread_team.h"

namespace lmz {

// Works out sines and cosines of a row's place.
void TurnRow(const BoundTransformer& network, StepMemory& memory, int row);

// Makes a row's queries from its products and puts its key and value into its lane's cache. In the
// row at which a lane forgets tokens it also turns the keys of the first ones to their new places.
void RememberRow(const BoundTransformer& network, int layer, StepMemory& memory, LaneCaches& caches,
                 int worker, int row);

// What all rows take from the tokens that they see: for `positions` rows each of the lanes of
// memory.lane. memory.query becomes a free vector; returns nothing of its fraction, see CombineRow.
void Attend(const BoundTransformer& network, int layer, StepMemory& memory, LaneCaches& caches,
            ThreadTeam& team, int rows, int positions);

// Brings a row's heads, which Attend has left in memory.query, to one fraction, and returns it.
int CombineRow(const BoundTransformer& network, StepMemory& memory, int row);

}  // namespace lmz

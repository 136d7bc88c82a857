// The order of blocks in a scan, for reading and writing.
#pragma once

#include "codec/jpeg/picture.h"

namespace lmz::jpeg {

// Blocks of one component alone, else all components' blocks of a place each.
inline uint64_t UnitsOf(const Frame& frame, const Scan& scan) {
  if (scan.components.size() == 1) {
    const Component& component = frame.components[scan.components[0].component];
    return uint64_t{component.columns} * component.rows;
  }
  return uint64_t{frame.unit_columns()} * frame.unit_rows();
}

// Calls visit(index in the scan, block) for each block of a unit; false once that is.
template <class AnyFrame, class Visit>
bool VisitUnit(AnyFrame& frame, const Scan& scan, uint64_t unit, Visit visit) {
  if (scan.components.size() == 1) {
    auto& component = frame.components[scan.components[0].component];
    return visit(size_t{0}, component.At({static_cast<uint32_t>(unit / component.columns),
                                          static_cast<uint32_t>(unit % component.columns)}));
  }
  const auto row = static_cast<uint32_t>(unit / frame.unit_columns());
  const auto column = static_cast<uint32_t>(unit % frame.unit_columns());
  for (size_t i = 0; i < scan.components.size(); ++i) {
    auto& component = frame.components[scan.components[i].component];
    for (uint32_t y = 0; y < component.down; ++y) {
      for (uint32_t x = 0; x < component.across; ++x) {
        const Place place = {row * component.down + y, column * component.across + x};
        if (!visit(i, component.At(place))) return false;
      }
    }
  }
  return true;
}

// Whether restart markers stand in front of a unit.
inline bool RestartsAt(const Scan& scan, uint64_t unit) {
  const uint32_t interval = scan.tables.restart_interval;
  return interval != 0 && unit != 0 && unit % interval == 0;
}

}  // namespace lmz::jpeg

// bench/calibration.h — How fast this machine is at this moment, so that figures of different days can be compared.
#pragma once

namespace kith {

struct Calibration {
  double hash_mb_s = 0;  // One dependent multiply for every 8 bytes of a buffer in the first cache: the processor alone.
  double chase_ns = 0;   // One step of a random walk through 64 MiB: the memory.
};

// Takes about a second, on the processor that the caller is pinned to.
Calibration calibrate();

}  // namespace kith

// What calls carry: an infection brings a program, a probe does not. Beforehand by size alone; once an outbreak has shown
// that its infections carry a load, a host without such a call was infected by one that no sensor saw.

/** From this size on a call may carry a program; worms seen in hospitals weighed 0.2 to 4 MB. */
export const PROGRAM_BYTES_MIN = 30_000;
const PROBE_BYTES_MAX = 8_000;
/** Suspects that must have been called at all before anything is learned, and the share of them with a load. */
const SUSPECTS_MIN = 5;
const LOADED_SHARE_MIN = 0.5;

export interface Loads {
  /** How much likelier these bytes are when the call infected than when it did not. */
  ratio(bytes: number): number;
  /** Share of infections whose call no sensor saw, 0 to 1, as far as this outbreak shows. */
  readonly unseenShare: number;
}

/**
 * Large: 80 in 100 infections against 4 in 100 other calls; small: exploits that fetch their program later, 15 in 100
 * against 90 in 100; nothing when the sensor did not see the size.
 */
export const anyLoad: Loads = {
  ratio(bytes) {
    if (bytes <= 0) return 1;
    if (bytes >= PROGRAM_BYTES_MIN) return 20;
    return bytes <= PROBE_BYTES_MAX ? 0.17 : 1;
  },
  unseenShare: 0,
};

/**
 * @param calls  for each suspect, the bytes of the calls by other suspects before its onset
 */
export function learnLoadsFrom(calls: readonly (readonly number[])[]): Loads {
  let [called, loaded] = [0, 0];
  for (const bytes of calls) {
    if (bytes.length === 0) continue;
    called++;
    if (bytes.some((one) => one >= PROGRAM_BYTES_MIN)) loaded++;
  }
  if (called < SUSPECTS_MIN || loaded < called * LOADED_SHARE_MIN) return anyLoad;
  const unseenShare = 1 - loaded / called;
  return {
    ratio(bytes) {
      if (bytes <= 0) return 1;
      return bytes >= PROGRAM_BYTES_MIN ? 20 : 0.02;
    },
    unseenShare,
  };
}

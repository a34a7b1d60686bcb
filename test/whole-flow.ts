// A flow as one whole row, for tests that care for some of its columns only.

import { DIRECTION_SEEN, type FlowRecord, OUTCOME_ANSWERED, PHASE_WHOLE, PROTOCOL_TCP } from "../src/model/flow.ts";
import type { SensorIndex } from "../src/model/units.ts";

/** An answered TCP call to port 445, but for what is given. Without an answer nothing comes back. */
export function wholeFlow(given: Pick<FlowRecord, "atMs" | "source" | "target"> & Partial<FlowRecord>): FlowRecord {
  const isAnswered = (given.outcome ?? OUTCOME_ANSWERED) === OUTCOME_ANSWERED;
  return {
    startMs: given.atMs,
    durationMs: 100,
    sourcePort: 50_000,
    targetPort: 445,
    protocol: PROTOCOL_TCP,
    phase: PHASE_WHOLE,
    outcome: OUTCOME_ANSWERED,
    direction: DIRECTION_SEEN,
    bytes: 900,
    packets: 5,
    bytesBack: isAnswered ? 900 : 0,
    packetsBack: isAnswered ? 5 : 0,
    sensor: 0 as SensorIndex,
    ...given,
  };
}

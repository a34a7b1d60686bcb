// How fast generated traffic is made: a benign day, and an hour of a fast worm. In: seeds. Out: rows a CPU second.
// Trials of detection on tens of thousands of host-days take about as long as this plus the detector.

import { createTraffic, type TrafficOptions } from "../lab/traffic/generate.ts";
import { createHospital } from "../lab/traffic/hospital.ts";
import { wormLike } from "../lab/traffic/worm.ts";
import { combine32 } from "../src/kit/hash.ts";
import { BatchWriter } from "../src/model/batch.ts";
import { HostTable } from "../src/model/host-table.ts";
import { type BenchOptions, type BenchRow, measure } from "./result.ts";

const midnightMs = Date.UTC(2026, 2, 12);

/** Makes the traffic once and gives how many rows there were, and a digest of them. */
function make(options: TrafficOptions): { rowCount: number; digest: number } {
  const made = { rowCount: 0, digest: 0 };
  const writer = new BatchWriter(new HostTable(), ({ flows }) => {
    made.rowCount += flows.length;
    for (let flow = 0; flow < flows.length; flow += 64) {
      made.digest = combine32(combine32(made.digest, flows.source[flow]), flows.targetPort[flow]);
    }
  });
  createTraffic(options).run(writer);
  return made;
}

function measured(name: string, options: TrafficOptions, isTiny: boolean): BenchRow {
  const { rowCount } = make(options);
  const round = (): number => make(options).digest;
  return measure({ name, unit: "flows", count: rowCount, round, rounds: isTiny ? 1 : 3, warmups: isTiny ? 0 : 1 });
}

export async function run({ tiny }: BenchOptions): Promise<readonly BenchRow[]> {
  const hospital = createHospital({ seed: 1, workstations: tiny ? 20 : 1_000 });
  const day: TrafficOptions = { seed: 1, hospital, startMs: midnightMs, hours: tiny ? 1 : 24 };
  const worms = [wormLike("sweep-100", { startAfterMs: 60_000, contactsPerHostMax: tiny ? 20 : 10_000 })];
  const hour: TrafficOptions = { ...day, startMs: midnightMs + 36_000_000, hours: 1, worms };
  return [
    measured("generated benign day, rows", day, tiny),
    measured("generated hour with a fast worm, rows", hour, tiny),
  ];
}

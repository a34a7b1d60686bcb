// Detection from export bytes to the verdict on the reference, seeded exports in which nearly every flow is a new contact
// (the worst case); of rows of a generated hospital day with a worm; and what a million sources weigh.

import { createTraffic, type TrafficOptions } from "../lab/traffic/generate.ts";
import { createHospital } from "../lab/traffic/hospital.ts";
import { wormLike } from "../lab/traffic/worm.ts";
import { Detector } from "../src/detection/detect.ts";
import { combine32, hashText } from "../src/kit/hash.ts";
import { type Batch, BatchWriter } from "../src/model/batch.ts";
import { DIRECTION_SEEN, type FlowTable, OUTCOME_ANSWERED, PHASE_WHOLE, PROTOCOL_TCP } from "../src/model/flow.ts";
import { HostTable } from "../src/model/host-table.ts";
import type { SensorIndex } from "../src/model/units.ts";
import { ipfixDatagrams, v5Datagrams, v9Datagrams } from "./export-traffic.ts";
import { decodeAll, type ExportSink } from "./exports.ts";
import { type BenchOptions, type BenchRow, measure } from "./result.ts";

const seed = 20_190_312;
const midnightMs = Date.UTC(2026, 2, 12);

/** Feeds a detector and asks for the whole verdict at the end. */
export function verdictSink(hosts: HostTable): ExportSink {
  const detector = new Detector({ hosts });
  return { onBatch: (batch) => detector.feed(batch), digest: () => digestOf(detector) };
}

function digestOf(detector: Detector): number {
  const { suspects, outbreaks, notables } = detector.report();
  let hash = combine32(combine32(seed + detector.flagCount, outbreaks.length), notables.length);
  for (const { address, flaggedMs } of suspects) hash = combine32(hash, hashText(`${address} ${flaggedMs}`));
  return hash;
}

function exportRows({ tiny }: BenchOptions): BenchRow[] {
  const count = tiny ? 3_000 : 3_000_000;
  const formats = [
    ["netflow5", v5Datagrams],
    ["netflow9", v9Datagrams],
    ["ipfix", ipfixDatagrams],
  ] as const;
  return formats.map(([format, make]) => {
    const datagrams = [...make(seed, count)];
    const round = (): number => decodeAll(datagrams, verdictSink);
    const name = `${format} reference (worst case), bytes to verdict`;
    return measure({ name, unit: "flows", count, round, rounds: tiny ? 1 : 5, warmups: tiny ? 1 : 2 });
  });
}

/** A copy of the rows in use, since a batch is only lent. */
function copyOf(batch: Batch): Batch {
  const { flows } = batch;
  const columns = Object.entries(flows).map(([name, value]) =>
    typeof value === "number" ? [name, flows.length] : [name, value.subarray(0, flows.length).slice()],
  );
  return { ...batch, flows: Object.fromEntries(columns) as FlowTable };
}

/** A day of a hospital with a worm from ten o'clock on, made beforehand: detection alone is timed. */
function hospitalRow({ tiny }: BenchOptions): BenchRow {
  const hosts = new HostTable();
  const batches: Batch[] = [];
  const options: TrafficOptions = {
    seed,
    hospital: createHospital({ seed, workstations: tiny ? 20 : 400 }),
    startMs: midnightMs,
    hours: tiny ? 1 : 24,
    worms: [wormLike("sweep", { startAfterMs: (tiny ? 0.5 : 10) * 3_600_000, contactsPerHostMax: tiny ? 20 : 300 })],
  };
  createTraffic(options).run(new BatchWriter(hosts, (batch) => batches.push(copyOf(batch))));
  const count = batches.reduce((sum, { flows }) => sum + flows.length, 0);
  const round = (): number => {
    const detector = new Detector({ hosts });
    for (const batch of batches) detector.feed(batch);
    return digestOf(detector);
  };
  return measure({
    name: "generated hospital day with a worm, rows to verdict",
    unit: "flows",
    count,
    round,
    ...(tiny ? { rounds: 1, warmups: 0 } : {}),
  });
}

/** Each of a million sources makes two contacts; the note tells the memory of the process afterwards. */
function millionSourcesRow({ tiny }: BenchOptions): BenchRow {
  const sourceCount = tiny ? 1_000 : 1_000_000;
  const sink: { detector: Detector | null } = { detector: null };
  const round = (): number => {
    sink.detector = null;
    (globalThis as { gc?: () => void }).gc?.();
    const hosts = new HostTable();
    const detector = new Detector({ hosts });
    sink.detector = detector;
    const writer = new BatchWriter(hosts, (batch) => detector.feed(batch));
    for (let flow = 0; flow < sourceCount * 2; flow++) {
      const row = writer.row();
      fillRow(writer.flows, row, midnightMs + flow / 30);
      writer.flows.source[row] = hosts.intern4((10 << 24) | (flow >> 1));
      writer.flows.target[row] = hosts.intern4((172 << 24) | (16 << 16) | (flow % 4_093));
    }
    writer.flush();
    return combine32(detector.flagCount, hosts.length);
  };
  const name = `${sourceCount} sources`;
  const row = measure({ name, unit: "flows", count: sourceCount * 2, round, rounds: tiny ? 1 : 2, warmups: 0 });
  return { ...row, note: `RSS ${Math.round(process.memoryUsage().rss / 1e6)} MB` };
}

function fillRow(flows: FlowTable, row: number, atMs: number): void {
  flows.atMs[row] = atMs;
  flows.startMs[row] = atMs;
  flows.durationMs[row] = 10;
  flows.sourcePort[row] = 50_000;
  flows.targetPort[row] = 445;
  flows.protocol[row] = PROTOCOL_TCP;
  flows.phase[row] = PHASE_WHOLE;
  flows.outcome[row] = OUTCOME_ANSWERED;
  flows.direction[row] = DIRECTION_SEEN;
  flows.bytes[row] = 900;
  flows.packets[row] = 6;
  flows.bytesBack[row] = 900;
  flows.packetsBack[row] = 5;
  flows.sensor[row] = 0 as SensorIndex;
}

export async function run(options: BenchOptions): Promise<readonly BenchRow[]> {
  // First, while the process is small: its memory is what is measured.
  const million = millionSourcesRow(options);
  return [...exportRows(options), hospitalRow(options), million];
}

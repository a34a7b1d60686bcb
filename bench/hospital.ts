// The hospital mix: two busy hours of a large generated hospital, a sweep worm in the second, as NetFlow v5, v9 and IPFIX
// bytes in memory, to rows and to the verdict. Mostly repeats, unlike the reference of exports.ts. The peer is nfdump's
// fan-out query on the same v5 datagrams. Making the traffic is not timed.

import { createExportEncoder, type ExportFormat } from "../lab/traffic/encode-export.ts";
import { createTraffic } from "../lab/traffic/generate.ts";
import { createHospital } from "../lab/traffic/hospital.ts";
import { wormLike } from "../lab/traffic/worm.ts";
import { BatchWriter } from "../src/model/batch.ts";
import { HostTable } from "../src/model/host-table.ts";
import { HEADER_BYTES_5, RECORD_BYTES_5 } from "../src/telemetry/exports/netflow-v5.ts";
import { verdictSink } from "./detect.ts";
import { countingSink, decodeAll, nfdumpFanOut } from "./exports.ts";
import { type BenchOptions, type BenchRow, measure } from "./result.ts";

const seed = 20_190_312;
const HOUR_MS = 3_600_000;
/** Nine in the morning: the hour with most traffic. */
const startMs = Date.UTC(2026, 2, 12, 9);

/** The same flows in each format, since the same seed draws the same day. */
function exportHospital(format: ExportFormat, tiny: boolean): Uint8Array[] {
  const datagrams: Uint8Array[] = [];
  const encoder = createExportEncoder({ format, bootMs: startMs - HOUR_MS }, (datagram) => datagrams.push(datagram));
  const hosts = new HostTable();
  const traffic = createTraffic({
    seed,
    hospital: createHospital({ seed, workstations: tiny ? 20 : 2_000 }),
    startMs,
    hours: tiny ? 0.2 : 2,
    worms: [wormLike("sweep", { startAfterMs: (tiny ? 0.1 : 1) * HOUR_MS, contactsPerHostMax: tiny ? 20 : 300 })],
  });
  traffic.run(new BatchWriter(hosts, (batch) => encoder.write(batch, hosts)));
  encoder.end();
  return datagrams;
}

/** Records of v5 datagrams; a conversation makes two, one for each direction. The other formats hold as many. */
function countRecords(datagrams: readonly Uint8Array[]): number {
  return datagrams.reduce((sum, datagram) => sum + Math.floor((datagram.length - HEADER_BYTES_5) / RECORD_BYTES_5), 0);
}

export async function run({ tiny, peers }: BenchOptions): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  let count = 0;
  for (const [name, format] of [
    ["netflow5", "v5"],
    ["netflow9", "v9"],
    ["ipfix", "ipfix"],
  ] as const) {
    const datagrams = exportHospital(format, tiny);
    if (format === "v5") count = countRecords(datagrams);
    const timed = { unit: "flows", count, rounds: tiny ? 1 : 5, warmups: tiny ? 0 : 2 };
    const toRows = (): number => decodeAll(datagrams, countingSink);
    const toVerdict = (): number => decodeAll(datagrams, verdictSink);
    rows.push(measure({ ...timed, name: `${name} hospital mix, bytes to rows`, round: toRows }));
    const verdict = measure({ ...timed, name: `${name} hospital mix, bytes to verdict`, round: toVerdict });
    const peer = peers && format === "v5" ? await nfdumpFanOut(datagrams) : null;
    rows.push(peer === null ? verdict : { ...verdict, peer });
  }
  return rows;
}

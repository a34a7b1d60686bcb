// For tests of log decoders: a text or bytes in, the rows and observations it becomes as plain objects out.

import { zeekHead } from "../../lab/traffic/zeek-head.ts";
import type { Batch } from "../../src/model/batch.ts";
import { BatchWriter } from "../../src/model/batch.ts";
import { type FlowRecord, readFlow } from "../../src/model/flow.ts";
import { HostTable } from "../../src/model/host-table.ts";
import type { Observation, Sighting } from "../../src/model/observation.ts";
import { createDecoder } from "../../src/telemetry/decoder-of-format.ts";
import type { Format, InputReport } from "../../src/telemetry/decoder.ts";
import { decodeWhole, plainContext } from "../decode.ts";

/** A row with its addresses written out. */
export type Row = Omit<FlowRecord, "source" | "target" | "sensor"> & {
  readonly source: string;
  readonly target: string;
};

export interface ReadLog {
  readonly rows: readonly Row[];
  /** Observations with `source` and `target` written out as addresses. */
  readonly observations: readonly Record<string, unknown>[];
  readonly sightings: readonly Sighting[];
  readonly report: InputReport;
}

export interface ReadOptions {
  readonly chunkBytes?: number;
  readonly latenessMs?: number;
  readonly watched?: readonly string[];
}

/** Decodes the whole input as one format. */
export function readLog(format: Format, input: string | Uint8Array, options: ReadOptions = {}): ReadLog {
  const bytes = typeof input === "string" ? Buffer.from(input) : input;
  const hosts = new HostTable(65_536, 64);
  const rows: Row[] = [];
  const observations: Record<string, unknown>[] = [];
  const sightings: Sighting[] = [];
  const writer = new BatchWriter(
    hosts,
    (batch) => {
      rows.push(...rowsOf(batch, hosts));
      for (const observation of batch.observations) observations.push(written(observation, hosts));
      sightings.push(...batch.sightings);
    },
    4096,
  );
  const decoder = createDecoder(
    format,
    plainContext(writer, "test.log", (name) => options.watched?.includes(name) ?? false),
    { latenessMs: options.latenessMs ?? 600_000 },
  );
  decodeWhole(decoder, writer, bytes, options.chunkBytes);
  return { rows, observations, sightings, report: decoder.report() };
}

export function rowsOf(batch: Batch, hosts: HostTable): Row[] {
  const rows: Row[] = [];
  for (let flow = 0; flow < batch.flows.length; flow++) {
    const { source, target, sensor: _, ...rest } = readFlow(batch.flows, flow);
    rows.push({ ...rest, source: hosts.format(source), target: hosts.format(target) });
  }
  return rows;
}

function written(observation: Observation, hosts: HostTable): Record<string, unknown> {
  const plain: Record<string, unknown> = { ...observation };
  if ("source" in observation) plain["source"] = hosts.format(observation.source);
  if ("target" in observation) plain["target"] = hosts.format(observation.target);
  return plain;
}

/** A Zeek TSV log with the given columns. */
export function zeekTsv(path: string, fields: readonly string[], rows: readonly (readonly string[])[]): string {
  return [...zeekHead(path), `#fields\t${fields.join("\t")}`, ...rows.map((row) => row.join("\t")), ""].join("\n");
}

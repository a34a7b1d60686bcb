// Reads a whole capture in memory: bytes in, rows as objects with written addresses out. For tests and proofs.

import { BatchWriter } from "../../src/model/batch.ts";
import { type FlowRecord, readFlow } from "../../src/model/flow.ts";
import { HostTable } from "../../src/model/host-table.ts";
import type { Observation } from "../../src/model/observation.ts";
import type { InputReport } from "../../src/telemetry/decoder.ts";
import type { CaptureOptions } from "../../src/telemetry/packets/packet-capture.ts";
import { createPcapDecoder } from "../../src/telemetry/packets/pcap.ts";
import { createPcapngDecoder } from "../../src/telemetry/packets/pcapng.ts";
import { plainContext } from "../decode.ts";

/** A flow row whose ends are written out. */
export interface ReadRow extends FlowRecord {
  readonly from: string;
  readonly to: string;
}

export interface ReadCapture {
  readonly rows: readonly ReadRow[];
  readonly observations: readonly string[];
  readonly sightings: readonly string[];
  readonly report: InputReport;
}

export interface ReadOptions extends CaptureOptions {
  readonly isWatchedName?: (name: string) => boolean;
  /** Sizes of the chunks the bytes are pushed in, in turn; all at once when it is missing. */
  readonly chunks?: readonly number[];
  readonly hostsMax?: number;
  readonly batchRows?: number;
}

/** Decodes `file`, pcapng or else pcap by its first bytes. */
export function readCapture(file: Uint8Array, options: ReadOptions = {}): ReadCapture {
  const { isWatchedName = () => false, chunks = [file.length], hostsMax = 65_536, batchRows = 4_096 } = options;
  const rows: ReadRow[] = [];
  const observations: string[] = [];
  const sightings: string[] = [];
  const hosts = new HostTable(hostsMax);
  const writer = new BatchWriter(
    hosts,
    (batch) => {
      for (let flow = 0; flow < batch.flows.length; flow++) {
        const record = readFlow(batch.flows, flow);
        rows.push({ ...record, from: hosts.format(record.source), to: hosts.format(record.target) });
      }
      for (const observation of batch.observations) observations.push(formatObservation(hosts, observation));
      for (const { host, mac, from, name } of batch.sightings) {
        sightings.push(`${hosts.format(host)} ${mac} ${from}${name === undefined ? "" : ` ${name}`}`);
      }
    },
    batchRows,
  );
  const context = plainContext(writer, "x", isWatchedName);
  const isPcapng = file.length >= 4 && file[0] === 0x0a && file[1] === 0x0d && file[2] === 0x0d;
  const decoder = isPcapng ? createPcapngDecoder(context, options) : createPcapDecoder(context, options);
  let turn = 0;
  for (let at = 0; at < file.length; turn++) {
    const size = Math.max(1, chunks[turn % chunks.length]);
    decoder.write(file.slice(at, at + size));
    at += size;
  }
  decoder.end();
  writer.flush();
  return { rows, observations, sightings, report: decoder.report() };
}

function formatObservation(hosts: HostTable, observation: Observation): string {
  const source = hosts.format(observation.source);
  switch (observation.kind) {
    case "name-lookup":
      return `${source} asks for ${observation.name}`;
    case "smb-probe":
      return `${source} ${observation.probe} ${hosts.format(observation.target)}`;
    case "remote-execution":
      return `${source} ${observation.how} ${hosts.format(observation.target)}`;
    case "share-renames":
      return `${source} renames ${observation.count} on ${hosts.format(observation.target)}`;
    case "logon-failed":
      return `${source} fails to log on to ${hosts.format(observation.target)}`;
    default:
      return observation.kind;
  }
}

const outcomes = ["unknown", "answered", "refused", "unanswered"] as const;
const phases = ["", "opens", "closes", "whole"] as const;
const directions = ["guessed", "from-ports", "seen"] as const;

/** `opens 10.0.0.1:1000 > 10.0.0.2:445 tcp unknown seen`, time from `zeroMs` on in ms first. */
export function formatRow(row: ReadRow, zeroMs: number): string {
  const ends = `${row.from}:${row.sourcePort} > ${row.to}:${row.targetPort} ${row.protocol}`;
  const atMs = Math.round(row.atMs - zeroMs);
  return `${atMs} ${phases[row.phase]} ${ends} ${outcomes[row.outcome]} ${directions[row.direction]}`;
}

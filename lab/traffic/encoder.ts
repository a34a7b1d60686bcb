// What the encoders share: their shape, and a queue that puts records in the order a sensor would have written them.
// In: batches of whole rows. Out: bytes, to a sink. Encoders are deterministic; they keep only what is not due yet.

import type { Batch } from "../../src/model/batch.ts";
import { type FlowRecord, OUTCOME_ANSWERED, readFlow } from "../../src/model/flow.ts";
import type { HostTable } from "../../src/model/host-table.ts";
import { TaskQueue } from "./task-queue.ts";

/** TCP flags (RFC 9293 section 3.1), the encoders' own: a wrong one in a decoder must not cancel out. */
export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const PSH = 8;
export const ACK = 16;

export type Sink = (bytes: Uint8Array) => void;

export interface TrafficEncoder {
  write(batch: Batch, hosts: HostTable): void;
  /** Writes what is still waiting. */
  end(): void;
}

/** A row with its addresses as numbers: hosts may give way once the batch is over. */
export interface WireFlow extends FlowRecord {
  readonly sourceAddress: number;
  readonly targetAddress: number;
  readonly endMs: number;
}

/**
 * An encoder that is given each flow when `due` says its record is written, in order of that time.
 * @param due  time of the record, not before the flow's start
 */
export function inOrder(
  due: (flow: WireFlow) => number,
  emit: (flow: WireFlow, dueMs: number) => void,
): TrafficEncoder {
  const queue = new TaskQueue();
  return {
    write(batch, hosts) {
      for (let row = 0; row < batch.flows.length; row++) {
        const record = readFlow(batch.flows, row);
        while (queue.nextMs <= record.atMs) queue.runNext();
        const flow: WireFlow = {
          ...record,
          sourceAddress: hosts.lastWord(record.source),
          targetAddress: hosts.lastWord(record.target),
          endMs: record.startMs + record.durationMs,
        };
        queue.add(Math.max(record.atMs, due(flow)), (dueMs) => {
          emit(flow, dueMs);
          return Infinity;
        });
      }
    },
    end() {
      while (queue.length > 0) queue.runNext();
    },
  };
}

/** Bytes without headers: what Zeek calls orig_bytes. */
export function payloadBytes(bytes: number, packets: number, headerBytes: number): number {
  return Math.max(0, Math.round(bytes) - packets * headerBytes);
}

export function isAnswered(flow: WireFlow): boolean {
  return flow.outcome === OUTCOME_ANSWERED;
}

// Generated flows as a capture with every packet, so that loads can be seen: a full one, or one that came too late, was
// cut, sees every frame twice or one direction only. The lab's own capture writes the ends of flows only.

import { ipFrame, macForAddress, pcapHeader, pcapPacket } from "../lab/traffic/encode-pcap.ts";
import { ACK, FIN, PSH, RST, SYN } from "../lab/traffic/encoder.ts";
import type { Batch } from "../src/model/batch.ts";
import {
  type FlowRecord,
  OUTCOME_ANSWERED,
  OUTCOME_REFUSED,
  OUTCOME_UNANSWERED,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  readFlow,
} from "../src/model/flow.ts";
import type { HostTable } from "../src/model/host-table.ts";

const PAYLOAD_MAX = 1_400;
/** A load is written up to this size, which is plenty to be one. */
const LOAD_BYTES_MAX = 400_000;

export interface CaptureFaults {
  /** No SYN, SYN-ACK or ARP, and nothing of flows that are nothing else: the capture began later. */
  readonly isMidStream?: boolean;
  /** Bytes kept of each frame. */
  readonly cutTo?: number;
  readonly isTwice?: boolean;
  readonly sees?: "forward" | "back" | "both";
}

interface Frame {
  readonly atMs: number;
  readonly frame: Uint8Array;
  readonly wireBytes: number;
}

/** Collects batches; `bytes()` is the capture. */
export class PacketWriter {
  readonly #frames: Frame[] = [];
  readonly #faults: CaptureFaults;

  constructor(faults: CaptureFaults) {
    this.#faults = faults;
  }

  write({ flows }: Batch, hosts: HostTable): void {
    for (let row = 0; row < flows.length; row++) {
      const flow = readFlow(flows, row);
      const [source, target] = [hosts.lastWord(flow.source), hosts.lastWord(flow.target)];
      if (flow.protocol === PROTOCOL_TCP) this.#tcp(flow, source, target);
      else if (flow.protocol === PROTOCOL_UDP) this.#udp(flow, source, target);
    }
  }

  bytes(): Buffer {
    const { isTwice, cutTo = 96 } = this.#faults;
    const chunks: Uint8Array[] = [pcapHeader(cutTo)];
    for (const { atMs, frame, wireBytes } of this.#frames.sort((a, b) => a.atMs - b.atMs)) {
      const packet = pcapPacket(frame.subarray(0, cutTo), wireBytes, atMs);
      chunks.push(packet);
      if (isTwice === true) chunks.push(packet);
    }
    return Buffer.concat(chunks);
  }

  #tcp(flow: FlowRecord, source: number, target: number): void {
    const { startMs, outcome } = flow;
    const isMidStream = this.#faults.isMidStream === true;
    let [next, nextBack] = [flow.sourcePort * 7_919, flow.sourcePort * 104_729];
    const put = (atMs: number, isBack: boolean, flags: number, payload: number): void => {
      if ((flags & SYN) === 0 || !isMidStream)
        this.#put(flow, source, target, atMs, isBack, tcpHeader(flow, isBack, flags, next, nextBack), payload);
      const used = payload + ((flags & (SYN | FIN)) !== 0 ? 1 : 0);
      if (isBack) nextBack += used;
      else next += used;
    };
    if (outcome === OUTCOME_UNANSWERED) {
      for (const delayMs of [0, 1_000, 3_000]) {
        const sequence = next;
        put(startMs + delayMs, false, SYN, 0);
        next = sequence;
      }
      return;
    }
    put(startMs, false, SYN, 0);
    if (outcome === OUTCOME_REFUSED) {
      if (!isMidStream) put(startMs + 0.4, true, RST | ACK, 0);
      return;
    }
    put(startMs + 0.4, true, SYN | ACK, 0);
    put(startMs + 0.8, false, ACK, 0);
    const forward = Math.max(1, Math.ceil(Math.min(flow.bytes, LOAD_BYTES_MAX) / PAYLOAD_MAX));
    const back =
      outcome === OUTCOME_ANSWERED ? Math.max(1, Math.ceil(Math.min(flow.bytesBack, 20_000) / PAYLOAD_MAX)) : 0;
    const stepMs = Math.min(5, Math.max(0.05, flow.durationMs / (forward + back + 2)));
    let atMs = startMs + 1;
    for (let nth = 0; nth < Math.max(forward, back); nth++) {
      if (nth < forward) put(atMs, false, PSH | ACK, Math.min(PAYLOAD_MAX, Math.max(40, flow.bytes / forward) | 0));
      if (nth < back)
        put(atMs + stepMs / 2, true, PSH | ACK, Math.min(PAYLOAD_MAX, Math.max(40, flow.bytesBack / back) | 0));
      atMs += stepMs;
    }
    put(atMs + 1, false, FIN | ACK, 0);
    if (back > 0) put(atMs + 1.2, true, FIN | ACK, 0);
  }

  #udp(flow: FlowRecord, source: number, target: number): void {
    for (const isBack of flow.packetsBack > 0 ? [false, true] : [false]) {
      const header = Buffer.alloc(8);
      header.writeUInt16BE(isBack ? flow.targetPort : flow.sourcePort, 0);
      header.writeUInt16BE(isBack ? flow.sourcePort : flow.targetPort, 2);
      header.writeUInt16BE(68, 4);
      this.#put(flow, source, target, flow.startMs + (isBack ? 0.5 : 0), isBack, header, 60);
    }
  }

  #put(
    flow: FlowRecord,
    source: number,
    target: number,
    atMs: number,
    isBack: boolean,
    header: Buffer,
    payload: number,
  ): void {
    const { sees = "both" } = this.#faults;
    if (sees !== "both" && (sees === "back") !== isBack) return;
    const [from, to] = isBack ? [target, source] : [source, target];
    const ipBytes = 20 + header.length + payload;
    const body = Buffer.concat([header, Buffer.alloc(Math.min(payload, 42))]);
    const frame = ipFrame(macForAddress(from), macForAddress(to), from, to, flow.protocol, ipBytes, body);
    this.#frames.push({ atMs, frame, wireBytes: 14 + ipBytes });
  }
}

function tcpHeader(flow: FlowRecord, isBack: boolean, flags: number, next: number, nextBack: number): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt16BE(isBack ? flow.targetPort : flow.sourcePort, 0);
  header.writeUInt16BE(isBack ? flow.sourcePort : flow.targetPort, 2);
  header.writeUInt32BE((isBack ? nextBack : next) >>> 0, 4);
  if ((flags & ACK) !== 0) header.writeUInt32BE((isBack ? next : nextBack) >>> 0, 8);
  header[12] = 0x50;
  header[13] = flags;
  header.writeUInt16BE((flags & RST) === 0 ? 64_240 : 0, 14);
  return header;
}

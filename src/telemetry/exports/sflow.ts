// sFlow v5 (sflow.org/sflow_version_5.txt): sampled packets, not flows. In: one datagram; out: one row per sampled
// packet that tells something of a contact. It has no clock of its own: the time of arrival is the time of the packet.

import type { Column } from "../../kit/column.ts";
import type { BatchWriter } from "../../model/batch.ts";
import {
  DIRECTION_FROM_PORTS,
  DIRECTION_GUESSED,
  DIRECTION_SEEN,
  OUTCOME_ANSWERED,
  OUTCOME_UNKNOWN,
  type Outcome,
  PHASE_WHOLE,
  PROTOCOL_ICMP,
  PROTOCOL_ICMP6,
  PROTOCOL_TCP,
} from "../../model/flow.ts";
import type { Millis } from "../../model/units.ts";
import { RowWriter } from "./direction-rows.ts";
import {
  FLAGS_ATTEMPT,
  FLAGS_RESET,
  FLAGS_SYN_REPLY,
  hasPorts,
  ICMP_ERROR,
  ICMP_REPLY,
  icmpRequestOf,
  readIcmpType,
  readTcpFlags,
  SENDER_IS_SERVER,
  SENDER_UNKNOWN,
  sideByPorts,
} from "./direction-rules.ts";
import type { Domain } from "./exporters.ts";
import type { SetReader } from "./export-stream-sets.ts";
import {
  BYTES,
  END_MS,
  PACKETS,
  PROTOCOL,
  SOURCE4,
  SOURCE6,
  SOURCE_PORT,
  START_MS,
  TARGET4,
  TARGET6,
  TARGET_PORT,
} from "./fields.ts";
import { int32, isUnicast, Packet, parseIp } from "../packets/packet.ts";
import { LINK_ETHERNET, networkBegin } from "../packets/packet-link.ts";
import { PARSED } from "../packets/packet-skip.ts";

const FLOW_SAMPLE = 1;
const COUNTER_SAMPLE = 2;
const FLOW_SAMPLE_EXPANDED = 3;
const COUNTER_SAMPLE_EXPANDED = 4;
const RAW_HEADER = 1;
const SAMPLED_IPV4 = 3;
const SAMPLED_IPV6 = 4;
const SAMPLES_MAX = 4_096; // a 64 KB datagram cannot hold more than 8-byte samples

/** Bytes of the header of a datagram by the family of its agent's address; 0 when it is neither IPv4 nor IPv6. */
export function headerBytesOfSflow(view: DataView): number {
  if (view.byteLength < 8) return 0;
  const family = view.getUint32(4);
  return family === 1 ? 28 : family === 2 ? 40 : 0;
}

/** Sub-agent: each counts its own datagrams. */
export function domainIdOfSflow(view: DataView): number {
  return view.getUint32(headerBytesOfSflow(view) - 16);
}

/** Where the samples of a datagram end: sFlow has no length of its own. Never beyond the view. */
export function endOfSflow(view: DataView): number {
  let at = headerBytesOfSflow(view);
  const samples = view.getUint32(at - 4);
  for (let sample = 0; sample < samples && at + 8 <= view.byteLength; sample++) at += 8 + view.getUint32(at + 4);
  return Math.min(at, view.byteLength);
}

export class SflowReader {
  readonly #reader: SetReader;
  readonly #rows: RowWriter;
  readonly #columns: readonly Column<number>[];
  readonly #packet = new Packet();

  constructor(writer: BatchWriter, reader: SetReader) {
    this.#reader = reader;
    this.#rows = new RowWriter(writer, reader.table);
    this.#columns = reader.table.columns;
  }

  /** Reads a datagram whose header is complete. */
  decode(view: DataView, domain: Domain, receivedMs: Millis): void {
    const headerBytes = headerBytesOfSflow(view);
    const { skipped } = this.#reader;
    domain.sequence.observe(view.getUint32(headerBytes - 12), 1);
    this.#rows.sensor = domain.sensor;
    this.#reader.table.begin([]);
    const samples = Math.min(view.getUint32(headerBytes - 4), SAMPLES_MAX);
    let at = headerBytes;
    for (let sample = 0; sample < samples; sample++) {
      if (at + 8 > view.byteLength) {
        skipped.add("truncated");
        return;
      }
      const format = view.getUint32(at);
      const end = at + 8 + view.getUint32(at + 4);
      if (end > view.byteLength) skipped.add("truncated");
      const stop = Math.min(end, view.byteLength);
      if (format === COUNTER_SAMPLE || format === COUNTER_SAMPLE_EXPANDED) skipped.add("counter-sample");
      else if (format === FLOW_SAMPLE) this.#readSample(view, at + 8, stop, 8, 32, domain, receivedMs);
      else if (format === FLOW_SAMPLE_EXPANDED) this.#readSample(view, at + 8, stop, 12, 44, domain, receivedMs);
      else skipped.add("unsupported");
      at = end;
    }
  }

  /** A flow sample: the sampling rate at `rateAt`, then its records from `recordsAt` on. One row at most. */
  #readSample(
    view: DataView,
    at: number,
    end: number,
    rateAt: number,
    recordsAt: number,
    domain: Domain,
    receivedMs: Millis,
  ): void {
    const { skipped } = this.#reader;
    if (at + recordsAt > end) {
      skipped.add("truncated");
      return;
    }
    domain.samplingRate = Math.max(1, view.getUint32(at + rateAt));
    const records = view.getUint32(at + recordsAt - 4);
    let record = at + recordsAt;
    for (let count = 0; count < records && record + 8 <= end; count++) {
      const format = view.getUint32(record);
      const stop = record + 8 + view.getUint32(record + 4);
      if (stop > end) break;
      if (this.#readSampled(view, format, record + 8, stop)) {
        this.#write(domain, receivedMs);
        return;
      }
      record = stop;
    }
    skipped.add("not-ip");
  }

  /** Fills the packet from a record of the sample; false when the record tells nothing of IP. */
  #readSampled(view: DataView, format: number, at: number, end: number): boolean {
    const packet = this.#packet;
    if (format === RAW_HEADER && end - at >= 16) {
      const protocol = view.getUint32(at);
      const wireBytes = view.getUint32(at + 4);
      const begin = at + 16;
      const stop = Math.min(end, begin + view.getUint32(at + 12));
      const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
      // header_protocol: 1 Ethernet, 11 IPv4, 12 IPv6
      const network =
        protocol === 1
          ? networkBegin(packet, LINK_ETHERNET, bytes, begin, stop)
          : protocol === 11 || protocol === 12
            ? begin
            : -1;
      return network >= 0 && parseIp(packet, bytes, network, stop, wireBytes - (network - begin)) === PARSED;
    }
    if (format === SAMPLED_IPV4 && end - at >= 32) return this.#readAddresses(view, at, 4);
    if (format === SAMPLED_IPV6 && end - at >= 56) return this.#readAddresses(view, at, 6);
    return false;
  }

  /** The packet as the agent took it apart: length, protocol, addresses, ports, flags. */
  #readAddresses(view: DataView, at: number, family: 4 | 6): boolean {
    const packet = this.#packet;
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    packet.family = family;
    packet.ipBytes = view.getUint32(at);
    packet.protocol = view.getUint32(at + 4) & 255;
    at += 8;
    if (family === 6) {
      [packet.s0, packet.s1, packet.s2] = [int32(bytes, at), int32(bytes, at + 4), int32(bytes, at + 8)];
      [packet.d0, packet.d1, packet.d2] = [int32(bytes, at + 16), int32(bytes, at + 20), int32(bytes, at + 24)];
      at += 12;
    }
    packet.s3 = int32(bytes, at);
    packet.d3 = int32(bytes, at + (family === 6 ? 16 : 4));
    at += family === 6 ? 20 : 8;
    packet.sourcePort = view.getUint32(at) & 0xffff;
    packet.targetPort = view.getUint32(at + 4) & 0xffff;
    packet.tcpFlags = view.getUint32(at + 8) & 255;
    packet.icmpType = packet.targetPort >> 8;
    packet.icmpCode = packet.targetPort & 255;
    return true;
  }

  #write(domain: Domain, receivedMs: Millis): void {
    const p = this.#packet;
    const { tally } = domain;
    domain.records++;
    this.#reader.records++;
    domain.times.firstMs = Math.min(domain.times.firstMs, receivedMs);
    domain.times.lastMs = Math.max(domain.times.lastMs, receivedMs);
    if (!isUnicast(p.family, p.s0, p.s1, p.s2, p.s3) || !isUnicast(p.family, p.d0, p.d1, p.d2, p.d3)) {
      tally.noAddress++;
      return;
    }
    this.#fill(receivedMs);
    this.#rows.intern(0, 1);
    if (p.protocol === PROTOCOL_TCP) this.#writeTcp(domain);
    else if (p.protocol === PROTOCOL_ICMP || p.protocol === PROTOCOL_ICMP6) this.#writeIcmp(domain);
    else if (!hasPorts(p.protocol)) this.#row(false, 0, OUTCOME_UNKNOWN, DIRECTION_GUESSED);
    else this.#writeByPorts(domain, OUTCOME_UNKNOWN);
  }

  #fill(receivedMs: Millis): void {
    const p = this.#packet;
    const c = this.#columns;
    c[PROTOCOL][0] = p.protocol;
    c[SOURCE_PORT][0] = p.sourcePort;
    c[TARGET_PORT][0] = p.targetPort;
    c[BYTES][0] = p.ipBytes;
    c[PACKETS][0] = 1;
    c[START_MS][0] = receivedMs;
    c[END_MS][0] = receivedMs;
    const { table } = this.#reader;
    for (const slot of writtenSlots) table.touch(slot);
    if (p.family === 4) {
      c[SOURCE4][0] = p.s3 >>> 0;
      c[TARGET4][0] = p.d3 >>> 0;
      return;
    }
    c[SOURCE4][0] = 0;
    c[TARGET4][0] = 0;
    const words = [p.s0, p.s1, p.s2, p.s3, p.d0, p.d1, p.d2, p.d3];
    for (let word = 0; word < 8; word++) c[word < 4 ? SOURCE6 + word : TARGET6 + word - 4][0] = words[word] >>> 0;
  }

  /** One packet in n: an answer proves an answer, but silence proves nothing. */
  #writeTcp(domain: Domain): void {
    const p = this.#packet;
    const meaning = readTcpFlags(p.tcpFlags);
    if (meaning === FLAGS_ATTEMPT) {
      domain.tally.clientSide++;
      this.#row(false, p.targetPort, OUTCOME_UNKNOWN, DIRECTION_SEEN);
    } else if (meaning === FLAGS_SYN_REPLY) {
      domain.tally.serverSide++;
      this.#row(true, p.sourcePort, OUTCOME_ANSWERED, DIRECTION_SEEN);
    } else if (meaning === FLAGS_RESET) domain.tally.repliesLost++;
    else this.#writeByPorts(domain, OUTCOME_ANSWERED);
  }

  #writeIcmp(domain: Domain): void {
    const { protocol, icmpType, icmpCode } = this.#packet;
    const kind = readIcmpType(protocol, icmpType);
    if (kind === ICMP_ERROR) domain.tally.repliesLost++;
    else if (kind === ICMP_REPLY) {
      this.#row(true, icmpRequestOf(protocol, icmpType) * 256, OUTCOME_ANSWERED, DIRECTION_SEEN);
    } else this.#row(false, icmpType * 256 + icmpCode, OUTCOME_UNKNOWN, DIRECTION_SEEN);
  }

  #writeByPorts(domain: Domain, outcome: Outcome): void {
    const { protocol, sourcePort, targetPort } = this.#packet;
    const side = sideByPorts(protocol, sourcePort, targetPort);
    const isTurned = side === SENDER_IS_SERVER;
    if (isTurned) domain.tally.serverSide++;
    else domain.tally.clientSide++;
    const direction = side === SENDER_UNKNOWN ? DIRECTION_GUESSED : DIRECTION_FROM_PORTS;
    this.#row(isTurned, isTurned ? sourcePort : targetPort, isTurned ? OUTCOME_ANSWERED : outcome, direction);
  }

  #row(isTurned: boolean, port: number, outcome: Outcome, direction: number): void {
    this.#rows.write(0, isTurned, port, PHASE_WHOLE, outcome, direction);
  }
}

const writtenSlots: readonly number[] = [
  PROTOCOL,
  SOURCE_PORT,
  TARGET_PORT,
  BYTES,
  PACKETS,
  START_MS,
  END_MS,
  SOURCE4,
  TARGET4,
  ...[0, 1, 2, 3].flatMap((word) => [SOURCE6 + word, TARGET6 + word]),
];

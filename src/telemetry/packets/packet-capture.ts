// One capture, whatever its file format: frames in, flow rows, observations and sightings out, and the report at the
// end. Every frame takes one pass: link, IP, copy of an earlier one?, conversation, evidence in its payload.

import { limits } from "../../limits.ts";
import { formatIpv4 } from "../../model/address.ts";
import { PROTOCOL_ICMP, PROTOCOL_ICMP6, PROTOCOL_TCP, PROTOCOL_UDP } from "../../model/flow.ts";
import type { HostIndex, SensorIndex } from "../../model/units.ts";
import { NeighbourWatch } from "./arp.ts";
import { Assembler } from "./assembly.ts";
import { type DecoderContext, type Format, type InputReport, type NotVisible, reportOfOneSensor } from "../decoder.ts";
import { isUnicast, Packet, parseIp, parseQuoted } from "./packet.ts";
import { DuplicateFilter } from "./packet-duplicates.ts";
import { mayBeExport } from "./packet-exports.ts";
import { ETHER_ARP, networkBegin } from "./packet-link.ts";
import { PayloadReader } from "./packet-payload.ts";
import {
  createSkipTally,
  PARSED,
  SKIP_BAD_TIME,
  SKIP_DUPLICATE,
  SKIP_NO_ADDRESS,
  SKIP_REPLY,
  SKIP_TRUNCATED,
  SKIP_UNSUPPORTED,
  skipCounts,
} from "./packet-skip.ts";

/** What a capture decoder may be given besides its context. */
export interface CaptureOptions {
  /**
   * Offered each UDP payload that looks like a flow export. `exporterName` is the sender's address. True: it was one,
   * and its packets are no flow of their own.
   */
  readonly onExportDatagram?: (payload: Uint8Array, exporterName: string, atMs: number) => boolean;
}

const YEAR_2200_MS = 7_258_118_400_000;
/** From so many flows on, not one packet back means that the sensor sees one direction only. */
const ONE_WAY_FLOWS_MIN = 8;

export class Capture {
  watermarkMs = Number.NEGATIVE_INFINITY;
  error: string | null = null;
  readonly skips = createSkipTally();
  readonly #context: DecoderContext;
  readonly #options: CaptureOptions;
  readonly #sensor: SensorIndex;
  readonly #assembler: Assembler;
  readonly #neighbours: NeighbourWatch;
  readonly #payloads: PayloadReader;
  readonly #duplicates = new DuplicateFilter();
  readonly #packet = new Packet();
  readonly #quoted = new Packet();
  readonly #framesPerBatchMax: number;
  #records = 0;
  #exports = 0;
  #firstMs = Number.POSITIVE_INFINITY;
  #arpFrames = 0;
  #cutPayloads = 0;
  #wholePayloads = 0;
  #remark: string | null = null;

  constructor(context: DecoderContext, options: CaptureOptions) {
    this.#context = context;
    this.#options = options;
    this.#sensor = context.sensor(context.path);
    this.#framesPerBatchMax = Math.max(1, context.writer.hosts.capacityMax >> 4); // a frame names at most four hosts
    this.#payloads = new PayloadReader(context);
    this.#assembler = new Assembler(context.writer, this.#sensor, this.skips, (row, isCurrent) =>
      this.#payloads.release(row, this.#assembler.table, isCurrent),
    );
    this.#neighbours = new NeighbourWatch(context.writer, this.#assembler, this.skips);
  }

  /**
   * Takes one frame.
   * @param end  end of its captured bytes
   * @param wireBytes  its length on the wire
   */
  frame(linkType: number, bytes: Uint8Array, begin: number, end: number, wireBytes: number, atMs: number): void {
    this.#records++;
    if (this.#records % this.#framesPerBatchMax === 0) {
      // Forged answers intern hosts without ever writing a row: without this a flood of them would fill one batch.
      this.#context.writer.flush();
      this.#context.writer.hosts.beginBatch();
    }
    if (!(atMs >= 0 && atMs < YEAR_2200_MS)) {
      this.skips[SKIP_BAD_TIME]++;
      return;
    }
    if (atMs < this.#firstMs) this.#firstMs = atMs;
    if (atMs > this.watermarkMs) this.watermarkMs = atMs;
    this.#assembler.life.advance(atMs);
    const packet = this.#packet;
    packet.atMs = atMs;
    const at = networkBegin(packet, linkType, bytes, begin, end);
    if (at < 0) {
      this.skips[-at]++;
    } else if (packet.etherType === ETHER_ARP) {
      this.#arp(packet, bytes, at, end);
    } else {
      const skip = parseIp(packet, bytes, at, end, begin + wireBytes - at);
      if (skip === PARSED) this.#ip(packet);
      else this.skips[skip]++;
    }
  }

  /** The input is over. `isCut`: it ended inside a record. */
  end(isCut: boolean): void {
    this.#assembler.life.end();
    if (!isCut) return;
    this.skips[SKIP_TRUNCATED]++;
    this.#remark = "the file ends inside a packet: everything before it was read";
  }

  #arp(packet: Packet, bytes: Uint8Array, at: number, end: number): void {
    this.#arpFrames++;
    if (at + 28 <= end && this.#duplicates.isDuplicateArp(bytes, at, packet.atMs)) this.skips[SKIP_DUPLICATE]++;
    else this.#neighbours.arp(packet, bytes, at, end);
  }

  #ip(packet: Packet): void {
    if (this.#duplicates.isDuplicate(packet)) {
      this.skips[SKIP_DUPLICATE]++;
      return;
    }
    const { protocol } = packet;
    if (protocol === PROTOCOL_UDP) {
      const { sourcePort, targetPort } = packet;
      if ((sourcePort === 67 || sourcePort === 68) && (targetPort === 67 || targetPort === 68)) {
        this.#neighbours.dhcp(packet);
      }
      if (this.#options.onExportDatagram !== undefined && mayBeExport(packet) && this.#isExport(packet)) return;
    } else if (protocol === PROTOCOL_ICMP6 && (packet.icmpType === 135 || packet.icmpType === 136)) {
      this.#neighbours.neighbour(packet);
      return;
    }
    if (!isUnicast(packet.family, packet.s0, packet.s1, packet.s2, packet.s3) || !hasUnicastTarget(packet)) {
      this.skips[SKIP_NO_ADDRESS]++;
      return;
    }
    if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMP6) {
      this.#icmp(packet);
      return;
    }
    const source = this.#sourceOf(packet);
    const target = this.#targetOf(packet);
    const isTcp = protocol === PROTOCOL_TCP;
    const row = isTcp ? this.#assembler.tcp(packet, source, target) : this.#assembler.datagram(packet, source, target);
    if (isTcp && row >= 0) this.#payloads.finish(packet, source, target, row, this.#assembler.table);
    if (packet.payloadBytes === 0) return;
    if (packet.payloadEnd === packet.payloadBegin) {
      this.#cutPayloads++;
      return;
    }
    this.#wholePayloads++;
    if (isTcp && row >= 0) this.#payloads.tcp(packet, source, target, row, this.#assembler.table);
    else if (protocol === PROTOCOL_UDP) this.#payloads.udp(packet, source);
  }

  #isExport(packet: Packet): boolean {
    const payload = packet.bytes.subarray(packet.payloadBegin, packet.payloadEnd);
    const isConsumed = this.#options.onExportDatagram?.(payload, this.#exporterName(packet), packet.atMs) ?? false;
    if (isConsumed) this.#exports++;
    return isConsumed;
  }

  #exporterName(packet: Packet): string {
    return packet.family === 4 ? formatIpv4(packet.s3) : this.#context.writer.hosts.format(this.#sourceOf(packet));
  }

  /** Questions are contacts, errors speak of the flow they quote, the rest is not used. */
  #icmp(packet: Packet): void {
    const { protocol, icmpType } = packet;
    const question = questionOf(protocol, icmpType);
    if (question > 0) {
      const source = this.#sourceOf(packet);
      const kind = question * 256 + (question === icmpType ? packet.icmpCode : 0);
      this.#assembler.query(packet, source, this.#targetOf(packet), kind, question !== icmpType);
      return;
    }
    if (!isError(protocol, icmpType, packet.icmpCode)) {
      this.skips[SKIP_UNSUPPORTED]++;
      return;
    }
    const quoted = this.#quoted;
    const { bytes, payloadBegin, payloadEnd } = packet;
    const isQuoted = parseQuoted(quoted, bytes, payloadBegin, payloadEnd);
    if (
      !isQuoted ||
      !isUnicast(quoted.family, quoted.s0, quoted.s1, quoted.s2, quoted.s3) ||
      !hasUnicastTarget(quoted)
    ) {
      this.skips[SKIP_REPLY]++;
      return;
    }
    if (quoted.protocol === PROTOCOL_ICMP || quoted.protocol === PROTOCOL_ICMP6) {
      quoted.sourcePort = 0;
      quoted.targetPort = quoted.icmpType * 256 + quoted.icmpCode;
    }
    const source = this.#sourceOf(quoted);
    if (!this.#assembler.error(quoted, source, this.#targetOf(quoted))) this.skips[SKIP_REPLY]++;
  }

  #sourceOf(packet: Packet): HostIndex {
    const { hosts } = this.#context.writer;
    return packet.family === 4 ? hosts.intern4(packet.s3) : hosts.intern6(packet.s0, packet.s1, packet.s2, packet.s3);
  }

  #targetOf(packet: Packet): HostIndex {
    const { hosts } = this.#context.writer;
    return packet.family === 4 ? hosts.intern4(packet.d3) : hosts.intern6(packet.d0, packet.d1, packet.d2, packet.d3);
  }

  report(format: Format): InputReport {
    const { path } = this.#context;
    const hasTime = this.#firstMs !== Number.POSITIVE_INFINITY;
    const firstMs = hasTime ? this.#firstMs : null;
    const lastMs = hasTime ? this.watermarkMs : null;
    return reportOfOneSensor(this.#sensor, {
      path,
      format,
      carries: [],
      flows: this.#assembler.life.flows,
      records: this.#records,
      skipped: skipCounts(this.skips),
      notVisible: this.#notVisible(),
      firstMs,
      lastMs,
      error: this.error,
      remarks: this.#remarks(),
    });
  }

  #notVisible(): NotVisible[] {
    const { midStreamFlows } = this.#assembler;
    const { flows, twoWayFlows, unseenAnswers } = this.#assembler.life;
    const notVisible: NotVisible[] = [];
    if (this.#cutPayloads > 0 && this.#wholePayloads === 0) notVisible.push("dns-names", "payload");
    if (twoWayFlows === 0 && (unseenAnswers > 0 || flows >= ONE_WAY_FLOWS_MIN)) notVisible.push("reverse-direction");
    if (this.#arpFrames === 0) notVisible.push("arp");
    if (midStreamFlows > 0) notVisible.push("start-of-flows");
    return notVisible;
  }

  #remarks(): string[] {
    const remarks: string[] = [];
    const { unfollowedPackets } = this.#assembler;
    const { jumps, largestJumpMs, evictedFlows, lostFlows } = this.#assembler.life;
    if (this.#remark !== null) remarks.push(this.#remark);
    const { duplicates, packets } = this.#duplicates;
    const share = duplicates / Math.max(1, packets);
    if (share >= 0.4) remarks.push(`every frame is there twice: ${duplicates} of ${packets} were skipped`);
    else if (share >= 0.05) remarks.push(`some frames are there twice: ${duplicates} of ${packets} were skipped`);
    if (jumps > 0) {
      const way = largestJumpMs < 0 ? "back " : "";
      const more = jumps > 1 ? ` (the largest of ${jumps} jumps)` : "";
      remarks.push(
        `the clock jumps ${way}by ${formatSpan(Math.abs(largestJumpMs))}${more}: open flows were closed there`,
      );
    }
    if (evictedFlows > 0) {
      remarks.push(`${evictedFlows} flows were closed early: more than ${limits.assembledFlowsMax} were open at once`);
    }
    if (unfollowedPackets > 0) remarks.push(`${unfollowedPackets} packets belong to flows that could not be followed`);
    if (lostFlows > 0) remarks.push(`${lostFlows} flows ended after their host had been forgotten: no outcome`);
    if (this.#exports > 0) remarks.push(`${this.#exports} packets are flow exports and were read as such`);
    return remarks;
  }
}

function hasUnicastTarget(packet: Packet): boolean {
  return isUnicast(packet.family, packet.d0, packet.d1, packet.d2, packet.d3);
}

/** The type of the question a message asks or answers: echo, time stamp, information, address mask; 0 for none. */
function questionOf(protocol: number, type: number): number {
  if (protocol === PROTOCOL_ICMP6) return type === 128 || type === 129 ? 128 : 0;
  if (type === 0 || type === 8) return 8;
  if (type >= 13 && type <= 18) return type % 2 === 1 ? type : type - 1;
  return 0;
}

/** Unreachable or time exceeded. "Too big" is not: the target is there. */
function isError(protocol: number, type: number, code: number): boolean {
  if (protocol === PROTOCOL_ICMP6) return type === 1 || type === 3;
  return (type === 3 && code !== 4) || type === 11;
}

function formatSpan(spanMs: number): string {
  const days = spanMs / 86_400_000;
  if (days >= 2) return `${Math.round(days)} days`;
  const hours = spanMs / 3_600_000;
  return hours >= 2 ? `${Math.round(hours)} hours` : `${Math.round(spanMs / 60_000)} minutes`;
}

// The assembler against a twin of plain objects: whole conversations kept as lists of packets, judged at the end by
// reading them again. It shares no code and no data structure with the assembler, only the rules.

import { describe, expect, it } from "vitest";
import { ACK, ethernetIp, FIN, type Frame, pcapFile, RST, SYN } from "../../../bench/packet-traffic.ts";
import { readCapture } from "../../../test/proof/read-capture.ts";
import { createRandom, type Random } from "../../kit/random.ts";
import { formatIpv4 } from "../../model/address.ts";
import { PHASE_ENDED } from "../../model/flow.ts";

interface Seen {
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  readonly protocol: number;
  readonly flags: number;
  readonly sequence: number;
  readonly payloadBytes: number;
}

const serverPorts: readonly number[] = [445, 53];

/** Random packets between few ends, so that everything meets: in order of time, gaps up to four seconds. */
function randomPackets(random: Random, count: number): { seen: Seen[]; frames: Frame[] } {
  const seen: Seen[] = [];
  const frames: Frame[] = [];
  let atMs = 1_552_348_800_000;
  for (let packet = 0; packet < count; packet++) {
    atMs += random.chance(0.2) ? random.below(4_000) : random.below(50);
    const client = { address: 0x0a000001 + random.below(2), port: 50_000 + random.below(2) };
    const protocol = random.chance(0.7) ? 6 : 17;
    const server = { address: 0x0a000101 + random.below(2), port: protocol === 6 ? 445 : 53 };
    const isBack = random.chance(0.4);
    const [source, target] = isBack ? [server, client] : [client, server];
    const flags = isBack
      ? random.pick([SYN | ACK, ACK, RST | ACK, FIN | ACK])
      : random.pick([SYN, SYN, ACK, FIN | ACK, RST]);
    const sequence = random.below(3);
    const payload = new Uint8Array(random.pick([0, 0, 100]));
    frames.push({
      atMs,
      bytes: ethernetIp({
        source: source.address,
        target: target.address,
        protocol,
        sourcePort: source.port,
        targetPort: target.port,
        flags,
        sequence,
        ipId: packet + 1,
        payload,
      }),
    });
    const end = (at: { address: number; port: number }): string => `${formatIpv4(at.address)}:${at.port}`;
    seen.push({ atMs, from: end(source), to: end(target), protocol, flags, sequence, payloadBytes: payload.length });
  }
  return { seen, frames };
}

const isOnly = (packet: Seen, flags: number, of: number): boolean => (packet.flags & of) === flags;
const isSyn = (packet: Seen): boolean => packet.protocol === 6 && isOnly(packet, SYN, SYN | ACK | RST);
const isSynAck = (packet: Seen): boolean => packet.protocol === 6 && isOnly(packet, SYN | ACK, SYN | ACK);
const isReset = (packet: Seen): boolean => packet.protocol === 6 && (packet.flags & RST) !== 0;
const isFromServer = (packet: Seen): boolean => serverPorts.includes(Number(packet.from.split(":")[1]));

/** One conversation: everything since its opening packet, and by what right its initiator is known. */
interface Conversation {
  readonly packets: Seen[];
  readonly isSeen: boolean;
  /** Packet number from which on the initiator is known for sure, when that was not the first. */
  readonly sureFrom?: number;
}

interface Verdict {
  readonly atMs: number;
  readonly outcome: number;
}

/** Reads a conversation again from its start and says when it was decided, as far as time `nowMs` goes. */
function judge({ packets, isSeen, sureFrom = 0 }: Conversation, nowMs: number): Verdict | null {
  const waitMs = packets[0].protocol === 6 ? 3_500 : 5_000;
  const startMs = packets[0].atMs;
  for (const [number, packet] of packets.entries()) {
    if (packet.atMs >= startMs + waitMs) break;
    const isBack = isFromServer(packet);
    if (isBack && isReset(packet)) return { atMs: packet.atMs, outcome: 2 };
    const isProof =
      packet.protocol === 6 &&
      !isReset(packet) &&
      (packet.flags & ACK) !== 0 &&
      (packet.flags & SYN) === 0 &&
      ((isSeen && number >= sureFrom) || packet.payloadBytes > 0);
    if (isBack || isProof) return { atMs: packet.atMs, outcome: 1 };
  }
  const silent = packets[0].protocol === 6 && !isSeen ? 0 : 3;
  return nowMs >= startMs + waitMs ? { atMs: startMs + waitMs, outcome: silent } : null;
}

/** The twin: text of every row, and the number of packets that were answers without a question. */
function twin(seen: readonly Seen[]): { rows: string[]; replies: number } {
  const rows: string[] = [];
  const live = new Map<string, Conversation>();
  const orphans = new Map<string, Seen[]>();
  let replies = 0;
  const lastMs = seen[seen.length - 1].atMs;
  const finish = (conversation: Conversation, nowMs: number): void => {
    const first = conversation.packets[0];
    const verdict = judge(conversation, nowMs) ?? judge(conversation, Number.POSITIVE_INFINITY);
    const isOpen = judge(conversation, nowMs) === null;
    const outcome = isOpen && verdict?.outcome !== 1 ? 0 : verdict?.outcome;
    rows.push(`${isOpen ? nowMs : verdict?.atMs} closes ${endsOf(first)} ${outcome}`);
  };
  for (const packet of seen) {
    const key = isFromServer(packet) ? `${packet.to} ${packet.from}` : `${packet.from} ${packet.to}`;
    const known = live.get(key);
    if (known !== undefined && isSyn(packet)) {
      const verdict = judge(known, packet.atMs);
      const isAnswered = judge(known, Number.POSITIVE_INFINITY)?.outcome === 1;
      const isDecided = verdict !== null || isAnswered;
      const first = known.packets[0];
      if (known.isSeen ? isDecided && first.sequence !== packet.sequence : verdict !== null) {
        finish(known, packet.atMs);
        if (verdict === null) rows[rows.length - 1] = `${packet.atMs} closes ${endsOf(first)} 1`;
        live.delete(key);
      } else if (!known.isSeen) {
        live.set(key, {
          packets: [{ ...known.packets[0], sequence: packet.sequence }, ...known.packets.slice(1), packet],
          isSeen: true,
          sureFrom: known.packets.length,
        });
        continue;
      }
    }
    const current = live.get(key);
    if (current !== undefined) {
      current.packets.push(packet);
      continue;
    }
    const before = orphans.get(key);
    const isAnswer = packet.protocol === 17 ? isFromServer(packet) : isSynAck(packet) || isReset(packet);
    if (isAnswer) {
      replies++;
      if (before === undefined) orphans.set(key, [packet]);
      continue;
    }
    orphans.delete(key);
    const isSeenBegun = isSyn(packet) || (before !== undefined && isSynAck(before[0]));
    const first = isSyn(packet) ? packet : { ...packet, sequence: -1 }; // the SYN, if any, was not seen
    live.set(key, { packets: [first], isSeen: isSeenBegun });
    rows.push(`${packet.atMs} opens ${endsOf(packet)} 0`);
    if (before !== undefined && !isSyn(packet) && (isSeenBegun || packet.protocol === 17)) {
      live.set(key, {
        packets: [first, { ...packet, flags: 0, from: packet.to, to: packet.from }],
        isSeen: isSeenBegun,
      });
      if (isFromServer(packet)) live.set(key, { packets: [first], isSeen: isSeenBegun });
    }
  }
  for (const conversation of live.values()) finish(conversation, lastMs);
  return { rows: rows.sort(), replies };
}

function endsOf(packet: Seen): string {
  const [client, server] = isFromServer(packet) ? [packet.to, packet.from] : [packet.from, packet.to];
  return `${client} > ${server} ${packet.protocol}`;
}

describe("the assembler", () => {
  it("agrees with its twin on random packets, row by row and time by time", () => {
    for (let seed = 1; seed <= 400; seed++) {
      const random = createRandom(seed);
      const { seen, frames } = randomPackets(random, 1 + random.below(60));
      const { rows, report } = readCapture(pcapFile(frames));
      const expected = twin(seen);
      const got = rows
        .filter((row) => row.phase !== PHASE_ENDED)
        .map((row) => {
          const ends = `${row.from}:${row.sourcePort} > ${row.to}:${row.targetPort} ${row.protocol}`;
          return `${row.atMs} ${row.phase === 1 ? "opens" : "closes"} ${ends} ${row.outcome}`;
        });
      expect(got.sort(), `seed ${seed}`).toEqual(expected.rows);
      expect(report.skipped.toJSON()["reply-without-request"] ?? 0, `seed ${seed}`).toBe(expected.replies);
    }
  });
});

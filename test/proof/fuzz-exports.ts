// Hostile flow exports, seeded: bit flips and cuts of good datagrams, and attacks made on purpose (giant counts, empty
// records, templates in floods, redefined and withdrawn ones). In: a seed; out: datagrams without end.

import { ipfixDatagrams, v5Datagrams, v9Datagrams } from "../../bench/export-traffic.ts";
import { createRandom, type Random } from "../../src/kit/random.ts";

/** Good datagrams of each format to start from: templates first. */
export function goodDatagrams(seed: number): Uint8Array[] {
  return [
    ...v5Datagrams(seed, 60),
    ...v9Datagrams(seed, 60),
    ...ipfixDatagrams(seed, 60),
    sflowDatagram(createRandom(seed)),
  ];
}

/** An endless stream of hostile datagrams. */
export function* hostileDatagrams(seed: number): Generator<Uint8Array> {
  const random = createRandom(seed);
  const good = goodDatagrams(seed);
  for (;;) {
    const kind = random.below(8);
    if (kind < 3) yield flipped(random, random.pick(good));
    else if (kind === 3) yield cut(random, random.pick(good));
    else if (kind === 4) yield templateAttack9(random);
    else if (kind === 5) yield templateAttack10(random);
    else if (kind === 6) yield dataForAnything(random);
    else yield noise(random);
  }
}

function flipped(random: Random, datagram: Uint8Array): Uint8Array {
  const copy = datagram.slice();
  const flips = 1 + random.below(8);
  for (let flip = 0; flip < flips; flip++) {
    // Heads matter most: lengths, counts and set ids are there.
    const at = random.chance(0.5) ? random.below(Math.min(copy.length, 64)) : random.below(copy.length);
    copy[at] = random.chance(0.5) ? copy[at] ^ (1 << random.below(8)) : random.pick([0, 1, 0x7f, 0x80, 0xff]);
  }
  return copy;
}

function cut(random: Random, datagram: Uint8Array): Uint8Array {
  return datagram.slice(0, random.below(datagram.length + 1));
}

function noise(random: Random): Uint8Array {
  const bytes = new Uint8Array(random.below(200));
  for (let at = 0; at < bytes.length; at++) bytes[at] = random.below(256);
  if (bytes.length > 1) [bytes[0], bytes[1]] = [0, random.pick([0, 5, 9, 10])];
  return bytes;
}

const lengths = [0, 0, 1, 2, 4, 8, 16, 0xffff, 0xfffe, 40_000] as const;
const ids = [1, 2, 4, 7, 8, 11, 12, 21, 22, 27, 28, 152, 153, 233, 34, 305] as const;

/** NetFlow v9 with template sets whose counts, lengths and ids are anything. */
function templateAttack9(random: Random): Uint8Array {
  const count = random.pick([0, 1, 5, 40]);
  const view = new DataView(new ArrayBuffer(20 + 8 + 4 * count));
  view.setUint16(0, 9);
  view.setUint16(2, random.pick([0, 1, 0xffff]));
  view.setUint32(8, 1_800_000_000);
  view.setUint32(16, random.below(3));
  view.setUint16(20, random.below(2));
  view.setUint16(22, random.pick([8 + 4 * count, 4, 5, 0, 0xffff]));
  view.setUint16(24, random.pick([256, 300, 256 + random.below(65_280)]));
  view.setUint16(26, random.pick([count, 0, 0xffff, count + 1]));
  for (let field = 0; field < count; field++) {
    view.setUint16(28 + 4 * field, random.pick(ids));
    view.setUint16(30 + 4 * field, random.pick(lengths));
  }
  return new Uint8Array(view.buffer);
}

/** IPFIX: definitions, redefinitions and withdrawals of one, of many and of all templates. */
function templateAttack10(random: Random): Uint8Array {
  const templates = random.pick([1, 1, 2, 60]);
  const fieldCount = random.below(4);
  const setBytes = 4 + templates * (4 + 8 * fieldCount);
  const view = new DataView(new ArrayBuffer(16 + setBytes));
  const setId = random.pick([2, 2, 3]);
  view.setUint16(0, 10);
  view.setUint16(2, random.pick([view.byteLength, view.byteLength, 16, 0xffff]));
  view.setUint32(4, 1_800_000_000);
  view.setUint32(12, random.below(3));
  view.setUint16(16, setId);
  view.setUint16(18, random.pick([setBytes, setBytes, 4, 0, 0xffff]));
  let at = 20;
  for (let template = 0; template < templates; template++) {
    view.setUint16(at, random.pick([setId, 256 + random.below(65_280), 300]));
    view.setUint16(at + 2, random.pick([fieldCount, 0, 0xffff]));
    at += 4;
    for (let field = 0; field < fieldCount; field++, at += 8) {
      view.setUint16(at, random.pick(ids) | (random.chance(0.5) ? 0x8000 : 0));
      view.setUint16(at + 2, random.pick(lengths));
      view.setUint32(at + 4, random.pick([29_305, 6_871, 0, 0xffffffff]));
    }
  }
  return new Uint8Array(view.buffer);
}

/** Data sets for templates that may or may not be there. */
function dataForAnything(random: Random): Uint8Array {
  const isV9 = random.chance(0.5);
  const head = isV9 ? 20 : 16;
  const payload = random.below(400);
  const view = new DataView(new ArrayBuffer(head + 4 + payload));
  view.setUint16(0, isV9 ? 9 : 10);
  view.setUint16(2, isV9 ? 1 : view.byteLength);
  view.setUint32(isV9 ? 8 : 4, random.pick([0, 1_800_000_000, 0xffffffff]));
  view.setUint32(isV9 ? 16 : 12, random.pick([0, 1, 2, random.uint32()]));
  view.setUint16(head, random.pick([300, 256, 256 + random.below(65_280)]));
  view.setUint16(head + 2, random.pick([4 + payload, 4, 0xffff]));
  for (let at = head + 4; at < view.byteLength; at++) view.setUint8(at, random.below(256));
  return new Uint8Array(view.buffer);
}

/** One flow sample with an Ethernet header, a counter sample, an expanded sample. */
export function sflowDatagram(random: Random): Uint8Array {
  const frame = Uint8Array.from([
    ...[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0],
    ...[0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, random.below(200) + 1, 10, 0, 1, 9],
    ...[0xc3, 0x50, 0x01, 0xbd, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 0x02, 0, 0, 0, 0, 0, 0],
    ...[0, 0],
  ]);
  const record = [1, 16 + frame.length, 1, frame.length + 4, 4, frame.length];
  const sampleBytes = 32 + 24 + frame.length;
  const view = new DataView(new ArrayBuffer(28 + 8 + sampleBytes + 8 + 12));
  const words = [5, 1, 0x0a000001, 0, 7, 1_000_000, 2, 1, sampleBytes, 1, 3, 512, 1, 0, 1, 2, 1, ...record];
  for (const [at, word] of words.entries()) view.setUint32(4 * at, word);
  new Uint8Array(view.buffer).set(frame, 4 * words.length);
  const counters = 28 + 8 + sampleBytes;
  for (const [at, word] of [2, 12, 1, 3, 0].entries()) view.setUint32(counters + 4 * at, word);
  return new Uint8Array(view.buffer);
}

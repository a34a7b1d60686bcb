// Hostile captures, seeded: good captures of every format and link type, then bits flipped, lengths changed, pieces cut,
// repeated or replaced by noise. In: a seed; out: one small file.

import {
  arpPacket,
  concat,
  ethernet,
  ethernetIp,
  type Frame,
  icmpMessage,
  ipPacket,
  officeFrames,
  pcapFile,
  pcapngSection,
} from "../../bench/packet-traffic.ts";
import { createRandom, type Random } from "../../src/kit/random.ts";

const address6 = (last: number): Uint8Array => {
  const bytes = new Uint8Array(16);
  bytes.set([0x20, 1, 0x0d, 0xb8]);
  bytes[15] = last;
  return bytes;
};

/** SMB1 over TCP: an anonymous session setup, then a transaction. Headers only, enough to steer the reader. */
function smbPayload(random: Random): Uint8Array {
  const message = new Uint8Array(40 + random.below(120));
  for (let at = 0; at < message.length; at++) message[at] = random.chance(0.3) ? random.below(256) : 0;
  const isSecond = random.chance(0.5);
  message.set([isSecond ? 0xfe : 0xff, 0x53, 0x4d, 0x42]);
  if (isSecond) message[12] = random.pick([1, 3, 5, 17]);
  else message[4] = random.pick([0x25, 0x32, 0x33, 0x73, 0x75, 0xa0, 0xa2]);
  return concat(new Uint8Array([0, 0, 0, message.length]), message);
}

/** A few packets of every kind the decoder knows. */
export function mixedFrames(seed: number, count = 24): Frame[] {
  const random = createRandom(seed);
  const frames: Frame[] = [];
  let atMs = 1_552_348_800_000;
  for (let turn = 0; turn < count; turn++) {
    atMs += random.chance(0.02) ? -random.below(400_000_000) : random.below(3_000);
    const source = 0x0a000001 + random.below(6);
    const target = 0x0a000001 + random.below(6);
    const ports = { sourcePort: random.pick([50_000, 50_001, 53]), targetPort: random.pick([445, 53, 67, 135, 2055]) };
    const kind = random.below(9);
    const noise = new Uint8Array(random.below(80)).map(() => random.below(256));
    const ipId = random.below(65_536);
    const flags = random.pick([2, 18, 16, 20, 17, 4]);
    const base = { source, target, ...ports, ipId };
    if (kind < 3)
      frames.push({ atMs, bytes: ethernetIp({ ...base, protocol: 6, flags, payload: smbPayload(random) }) });
    else if (kind === 3) frames.push({ atMs, bytes: ethernetIp({ ...base, protocol: 17, payload: noise }) });
    else if (kind === 4) frames.push({ atMs, bytes: ethernet(0x0806, arpPacket(1 + random.below(2), source, target)) });
    else if (kind === 5) {
      const quoted = ipPacket({ ...base, protocol: 6, payload: noise });
      const payload = icmpMessage(random.pick([0, 3, 8, 11, 13]), random.below(5), quoted);
      frames.push({ atMs, bytes: ethernetIp({ source: target, target: source, protocol: 1, payload }) });
    } else if (kind === 6) {
      const ends = { source: address6(random.below(4)), target: address6(random.below(4)) };
      const protocol = random.pick([0, 6, 17, 43, 44, 51, 58, 60]);
      frames.push({ atMs, bytes: ethernetIp({ ...ends, ...ports, protocol, flags, payload: noise }) });
    } else if (kind === 7) {
      const fragment = random.pick([0, 0x2000, 0x2001, 5]);
      frames.push({ atMs, bytes: ethernetIp({ ...base, protocol: 17, fragment, payload: noise }) });
    } else frames.push({ atMs, bytes: ethernet(random.pick([0x8847, 0x8864, 0x8100, 40]), noise, [7]) });
  }
  return frames;
}

const linkTypes = [0, 1, 1, 1, 9, 12, 101, 105, 108, 113, 228, 229, 276] as const;

/** A good capture of some format. */
export function goodCapture(seed: number): Uint8Array {
  const random = createRandom(seed);
  const frames = random.chance(0.3) ? officeFrames(seed, 20) : mixedFrames(seed);
  const isLittle = random.chance(0.5);
  const linkType = random.pick(linkTypes);
  if (random.chance(0.5)) {
    const isNano = random.chance(0.5);
    const snapBytes = random.pick([40, 60, 96, 65_535]);
    return pcapFile(frames, { linkType, isLittle, isNano, isModified: random.chance(0.2), snapBytes });
  }
  const section = pcapngSection(frames, {
    linkType,
    isLittle,
    resolution: random.pick([6, 7, 9]),
    blockType: random.pick([2, 3, 6]),
  });
  return random.chance(0.3) ? concat(section, pcapngSection(frames, { isLittle: !isLittle })) : section;
}

/** The hostile capture of this seed. */
export function fuzzPcap(seed: number): Uint8Array {
  const random = createRandom(seed ^ 0x5bd1e995);
  let file = goodCapture(seed).slice();
  const damages = 1 + random.below(12);
  for (let damage = 0; damage < damages && file.length > 32; damage++) {
    const at = random.chance(0.3) ? random.below(64) % file.length : random.below(file.length);
    const kind = random.below(8);
    if (kind < 4) file[at] ^= 1 << random.below(8);
    else if (kind === 4) file[at] = random.pick([0, 1, 0x7f, 0x80, 0xfe, 0xff]);
    else if (kind === 5) file.fill(random.pick([0, 0xff]), at, at + 1 + random.below(8));
    else if (kind === 6) file.copyWithin(at, random.below(file.length), random.below(file.length));
    else file = file.slice(0, 24 + random.below(file.length - 24));
  }
  return file;
}

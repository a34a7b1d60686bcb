// Which addresses share a subnet, judged from traffic alone: blocks of 256 to begin with, made wider where ARP crosses
// them and narrower or wider where directed broadcasts show their end.

/** A block of IPv4 addresses that seem to be one subnet. */
export interface DraftBlock {
  readonly base: number;
  readonly bits: number;
  readonly reason: string;
  readonly confidence: Confidence;
}

export type Confidence = "sure" | "likely" | "guess";

export interface BlockEvidence {
  /** IPv4 addresses of active inside hosts, as unsigned words. */
  readonly addresses: readonly number[];
  /** Who sent to what looks like the broadcast address of a subnet. */
  readonly broadcasts: readonly { readonly source: number; readonly target: number }[];
  /** Who asked for whose MAC address: both are on one wire. */
  readonly arps: readonly { readonly source: number; readonly target: number }[];
}

const WIDEST_BITS = 16;
/** ARP pairs across two blocks of 256 before they are taken for one: a single one may be a misconfigured machine. */
const ARP_PAIRS_MIN = 2;

/** Disjoint blocks that together hold every address. */
export function draftBlocks(evidence: BlockEvidence): readonly DraftBlock[] {
  const wide = new Map<string, { base: number; bits: number; reason: string; confidence: Confidence }>();
  const bitsOf24 = new Map<number, { bits: number; reason: string }>();
  for (const [target, senders] of sendersOf(evidence.broadcasts)) {
    const bits = broadcastBits(target, senders);
    if (bits === null) continue;
    const reason = `${counted(senders.length, "host")} broadcast to ${dotted(target)}`;
    if (bits < 24) setWide(wide, masked(target, bits), bits, reason, senders.length > 1 ? "sure" : "likely");
    else {
      const block = masked(target, 24);
      const known = bitsOf24.get(block);
      if (known === undefined || bits < known.bits) bitsOf24.set(block, { bits, reason });
    }
  }
  for (const { base, bits, pairs } of arpSpans(evidence.arps)) {
    setWide(wide, base, bits, `${counted(pairs, "ARP request")} across blocks of 256`, pairs > 8 ? "sure" : "likely");
  }
  const widest = [...wide.values()].sort((a, b) => a.bits - b.bits);
  const blocks = new Map<string, DraftBlock>();
  for (const address of evidence.addresses) {
    const around = widest.find((each) => masked(address, each.bits) === each.base);
    const split = bitsOf24.get(masked(address, 24));
    const bits = around?.bits ?? split?.bits ?? 24;
    const base = masked(address, bits);
    blocks.set(`${base}/${bits}`, {
      base,
      bits,
      reason: around?.reason ?? split?.reason ?? "nothing shows its size: 256 addresses are assumed",
      confidence: around?.confidence ?? (split === undefined ? "guess" : "likely"),
    });
  }
  return [...blocks.values()].sort((a, b) => a.base - b.base);
}

function setWide(
  wide: Map<string, { base: number; bits: number; reason: string; confidence: Confidence }>,
  base: number,
  bits: number,
  reason: string,
  confidence: Confidence,
): void {
  const key = `${base}/${bits}`;
  if (!wide.has(key)) wide.set(key, { base, bits, reason, confidence });
}

function sendersOf(broadcasts: BlockEvidence["broadcasts"]): ReadonlyMap<number, readonly number[]> {
  const senders = new Map<number, number[]>();
  for (const { source, target } of broadcasts) {
    const known = senders.get(target);
    if (known === undefined) senders.set(target, [source]);
    else if (!known.includes(source)) known.push(source);
  }
  return senders;
}

/**
 * The length of the subnet that `target` is the last address of, as narrow as its senders allow; null when they do not
 * fit. 10.0.2.127 reached from 10.0.2.9 gives 25. An end of 255 says nothing about blocks narrower than 256.
 */
export function broadcastBits(target: number, senders: readonly number[]): number | null {
  let narrowest = 32;
  for (const sender of senders) {
    let bits = 30;
    while (bits >= WIDEST_BITS && masked(sender, bits) !== masked(target, bits)) bits--;
    narrowest = Math.min(narrowest, bits);
  }
  if (narrowest < WIDEST_BITS || narrowest > 30) return null;
  if ((target & 255) === 255 && narrowest > 24) narrowest = 24;
  return lastOf(target, narrowest) === target ? narrowest : null;
}

/** Blocks that span ARP requests which cross blocks of 256, joined while they touch. */
function arpSpans(arps: BlockEvidence["arps"]): readonly { base: number; bits: number; pairs: number }[] {
  const spans = new Map<string, { base: number; bits: number; pairs: number }>();
  const seen = new Set<string>();
  for (const { source, target } of arps) {
    if (masked(source, 24) === masked(target, 24)) continue;
    let bits = 23;
    while (bits >= WIDEST_BITS && masked(source, bits) !== masked(target, bits)) bits--;
    if (bits < WIDEST_BITS || seen.has(`${source} ${target}`)) continue;
    seen.add(`${source} ${target}`);
    const base = masked(source, bits);
    const span = spans.get(`${base}/${bits}`) ?? { base, bits, pairs: 0 };
    span.pairs++;
    spans.set(`${base}/${bits}`, span);
  }
  return [...spans.values()].filter((span) => span.pairs >= ARP_PAIRS_MIN);
}

export function masked(address: number, bits: number): number {
  return bits === 0 ? 0 : (address & (0xffffffff << (32 - bits))) >>> 0;
}

function lastOf(address: number, bits: number): number {
  return (masked(address, bits) + 2 ** (32 - bits) - 1) >>> 0;
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

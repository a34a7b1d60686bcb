// IP addresses as text and as 32-bit words, and CIDR blocks. An IPv4 address is one word (its IPv6-mapped form counts
// as IPv4); an IPv6 address is four. Textual rules: RFC 4291 section 2.2, written form RFC 5952.

/** An address: `family` 4 uses only `w3`. */
export interface Address {
  readonly family: 4 | 6;
  readonly w0: number;
  readonly w1: number;
  readonly w2: number;
  readonly w3: number;
}

/** A block of addresses: all that share the first `bits` bits with `base`. */
export interface Cidr {
  readonly base: Address;
  readonly bits: number;
}

export function ipv4(word: number): Address {
  return { family: 4, w0: 0, w1: 0, w2: 0, w3: word >>> 0 };
}

/** An IPv6 address from its words; IPv4-mapped addresses (::ffff:0:0/96) become IPv4. */
export function ipv6(w0: number, w1: number, w2: number, w3: number): Address {
  if (w0 === 0 && w1 === 0 && w2 === 0xffff) return ipv4(w3);
  return { family: 6, w0: w0 >>> 0, w1: w1 >>> 0, w2: w2 >>> 0, w3: w3 >>> 0 };
}

/** Reads an address, or returns null when the text is not one. Zone ids (`%eth0`) are accepted and dropped. */
export function parseAddress(text: string): Address | null {
  if (text.includes(":")) return parseIpv6(text);
  const word = parseIpv4(text);
  return word === null ? null : ipv4(word);
}

function parseIpv4(text: string): number | null {
  const parts = text.split(".");
  if (parts.length !== 4) return null;
  let word = 0;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part)) return null;
    const byte = Number(part);
    if (byte > 255) return null;
    word = word * 256 + byte;
  }
  return word;
}

function parseIpv6(text: string): Address | null {
  let body = text.split("%", 1)[0];
  if (!/^[0-9a-fA-F:.]+$/.test(body)) return null;
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(body);
  if (dotted) {
    const word = parseIpv4(dotted[2]);
    if (word === null) return null;
    body = `${dotted[1]}${Math.floor(word / 65536).toString(16)}:${(word % 65536).toString(16)}`;
  }
  const halves = body.split("::");
  if (halves.length > 2) return null;
  const head = halves[0] === "" ? [] : halves[0].split(":");
  const tail = halves.length === 2 && halves[1] !== "" ? halves[1].split(":") : [];
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...Array<string>(halves.length === 2 ? missing : 0).fill("0"), ...tail];
  if (groups.some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group))) return null;
  const g = groups.map((group) => Number.parseInt(group, 16));
  return ipv6(g[0] * 65536 + g[1], g[2] * 65536 + g[3], g[4] * 65536 + g[5], g[6] * 65536 + g[7]);
}

/** Written form: dotted for IPv4, RFC 5952 for IPv6. */
export function formatAddress(address: Address): string {
  if (address.family === 4) return formatIpv4(address.w3);
  const groups: number[] = [];
  for (const word of [address.w0, address.w1, address.w2, address.w3]) groups.push(word >>> 16, word & 0xffff);
  const [begin, length] = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(":");
  return `${hex.slice(0, begin).join(":")}::${hex.slice(begin + length).join(":")}`;
}

export function formatIpv4(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

function longestZeroRun(groups: readonly number[]): [begin: number, length: number] {
  let best: [number, number] = [0, 0];
  for (let begin = 0; begin < 8; begin++) {
    let end = begin;
    while (end < 8 && groups[end] === 0) end++;
    if (end - begin > best[1]) best = [begin, end - begin];
  }
  return best;
}

/** Reads `10.1.0.0/16` or a single address; null when it is not a block or has bits beyond its length. */
export function parseCidr(text: string): Cidr | null {
  const [addressText, bitsText, ...rest] = text.split("/");
  const base = parseAddress(addressText);
  if (base === null || rest.length > 0) return null;
  const width = base.family === 4 ? 32 : 128;
  if (bitsText === undefined) return { base, bits: width };
  if (!/^\d{1,3}$/.test(bitsText) || Number(bitsText) > width) return null;
  const cidr = { base, bits: Number(bitsText) };
  return sameAddress(maskAddress(base, cidr.bits), base) ? cidr : null;
}

export function formatCidr(cidr: Cidr): string {
  return `${formatAddress(cidr.base)}/${cidr.bits}`;
}

export function cidrContains(cidr: Cidr, address: Address): boolean {
  return cidr.base.family === address.family && sameAddress(maskAddress(address, cidr.bits), cidr.base);
}

/** The address with every bit after the first `bits` cleared. */
export function maskAddress(address: Address, bits: number): Address {
  if (address.family === 4) return ipv4(address.w3 & wordMask(bits));
  return {
    family: 6,
    w0: (address.w0 & wordMask(bits)) >>> 0,
    w1: (address.w1 & wordMask(bits - 32)) >>> 0,
    w2: (address.w2 & wordMask(bits - 64)) >>> 0,
    w3: (address.w3 & wordMask(bits - 96)) >>> 0,
  };
}

function wordMask(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? 0xffffffff : (0xffffffff << (32 - bits)) >>> 0;
}

function sameAddress(a: Address, b: Address): boolean {
  return a.family === b.family && a.w0 === b.w0 && a.w1 === b.w1 && a.w2 === b.w2 && a.w3 === b.w3;
}

/** RFC 1918, RFC 6598 (shared), link-local and unique-local addresses: inside a network unless a map says otherwise. */
export function isPrivateAddress(address: Address): boolean {
  if (address.family === 6) return address.w0 >>> 25 === 0x7e || address.w0 >>> 22 === 0x3fa;
  const word = address.w3;
  const top = word >>> 24;
  return (
    top === 10 || word >>> 20 === 0xac1 || word >>> 16 === 0xc0a8 || word >>> 16 === 0xa9fe || word >>> 22 === 0x191
  );
}

/** Multicast, broadcast, unspecified and loopback addresses: never a contact. */
export function isNotUnicast(address: Address): boolean {
  if (address.family === 6) {
    return address.w0 >>> 24 === 0xff || (address.w0 === 0 && address.w1 === 0 && address.w2 === 0 && address.w3 <= 1);
  }
  const top = address.w3 >>> 24;
  return top >= 224 || top === 0 || top === 127;
}

// Integer hashing for open-addressing tables and bytes. Not for secrets: an opponent can make collisions,
// so every table that uses it also has a limit on its probes.

/** Finalizer of MurmurHash3 (Appleby, public domain): mixes all 32 bits. */
export function mix32(value: number): number {
  let h = value | 0;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Combines a running hash with one more 32-bit word. */
export function combine32(hash: number, word: number): number {
  return mix32(Math.imul(hash, 0x9e3779b1) ^ word);
}

/** Slots of an open-addressing table that is never more than half full: a power of two, from `least` (one too) on. */
export function slotCountFor(rows: number, least = 16): number {
  let slotCount = least;
  while (slotCount < rows * 2) slotCount *= 2;
  return slotCount;
}

/** FNV-1a over bytes, 32 bits. */
export function hashBytes(bytes: Uint8Array, begin = 0, end = bytes.length): number {
  let h = 0x811c9dc5 | 0;
  for (let at = begin; at < end; at++) h = Math.imul(h ^ bytes[at], 0x01000193);
  return h;
}

/** FNV-1a over the UTF-16 units of a text, 32 bits. */
export function hashText(text: string): number {
  let h = 0x811c9dc5 | 0;
  for (let at = 0; at < text.length; at++) h = Math.imul(h ^ text.charCodeAt(at), 0x01000193);
  return h;
}

// One JSON object in, the byte ranges of the wanted values out, without building objects. Whatever is not plain
// (escapes in wanted texts, exponents, a wanted value that is a list) is left to JSON.parse: `scan` says so.

import { hashBytes } from "../../kit/hash.ts";
import { parseObject } from "./json-object.ts";
import type { FieldSet } from "./lines-fields.ts";

const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const COLON = 58;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const LETTER_N = 110;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

const UNWANTED = -1;
const ODD = -1;
/** No slot: nested levels are numbered down from UNWANTED, never this far. */
const NOT_EXPECTED = -1000;

/** Records of one log have their keys in one order, some left out: so many keys ahead are tried before the hash. */
const aheadMax = 4;
/** The order is learned from the first records; keys met later are found by hash. */
const learnedMax = 128;
/**
 * A learned key is kept, and compared four bytes at a time, from the `{` or `,` before it to its colon, spaces included:
 *
 * | 0      | 1    | 2               | 3…15                                                |
 * | length | slot | last four bytes | words from its beginning; the last of them overlaps |
 */
const LENGTH = 0;
const SLOT = 1;
const LAST_WORD = 2;
const FIRST_WORD = 3;
const learnedStride = 16;
const learnedLengthMax = 4 * (learnedStride - FIRST_WORD);

/** Keys of one level: open addressing by hash; a slot >= 0 is a field, below UNWANTED a nested level. */
class KeyTable {
  /** Where the key found last ends: behind its colon. */
  keyEnd = 0;
  /** Place in the learned order; 0 at the beginning of each object. */
  next = 0;
  #learned = 0;
  readonly #order = new Int32Array(learnedMax * learnedStride);
  readonly #keys: (Uint8Array | null)[] = Array(256).fill(null);
  readonly #hashes = new Int32Array(256);
  readonly #slots = new Int32Array(256);

  set(name: string, slot: number): void {
    const key = Buffer.from(name);
    const hash = hashBytes(key);
    let at = (hash ^ (hash >>> 15)) & 255;
    while (this.#keys[at] !== null) at = (at + 1) & 255;
    this.#keys[at] = key;
    this.#hashes[at] = hash;
    this.#slots[at] = slot;
  }

  /** The slot of the key behind the `{` or `,` at `begin`, by the learned order; sets `keyEnd`. Else NOT_EXPECTED. */
  expect(view: DataView, begin: number, end: number): number {
    const order = this.#order;
    const last = Math.min(this.#learned, this.next + aheadMax);
    for (let place = this.next; place < last; place++) {
      let word = place * learnedStride + FIRST_WORD;
      const keyEnd = begin + order[word - FIRST_WORD + LENGTH];
      const lastWord = keyEnd - 4;
      if (keyEnd > end || view.getInt32(lastWord, true) !== order[word - FIRST_WORD + LAST_WORD]) continue;
      let at = begin;
      for (; at < lastWord && view.getInt32(at, true) === order[word]; at += 4) word++;
      if (at < lastWord) continue;
      this.next = place + 1;
      this.keyEnd = keyEnd;
      return order[place * learnedStride + SLOT];
    }
    return NOT_EXPECTED;
  }

  /** Finds the key behind the `{` or `,` at `begin` by hash and learns its place; sets `keyEnd`. NOT_EXPECTED when it is no plain key. */
  search(bytes: Uint8Array, view: DataView, begin: number, end: number): number {
    const open = passSpaces(bytes, begin + 1, end);
    if (open >= end || bytes[open] !== QUOTE) return NOT_EXPECTED;
    let hash = 0x811c9dc5 | 0;
    let at = open + 1;
    for (; at < end; at++) {
      const byte = bytes[at];
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) return NOT_EXPECTED;
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    const close = at;
    at = passSpaces(bytes, at + 1, end);
    if (at >= end || bytes[at] !== COLON) return NOT_EXPECTED;
    const slot = this.#find(hash, bytes, open + 1, close);
    this.keyEnd = at + 1;
    this.#learn(view, begin, at + 1, slot);
    return slot;
  }

  #learn(view: DataView, begin: number, end: number, slot: number): void {
    if (this.#learned === learnedMax || end - begin > learnedLengthMax) return;
    const order = this.#order;
    const place = this.next++ * learnedStride;
    order.copyWithin(place + learnedStride, place, this.#learned++ * learnedStride);
    order[place + LENGTH] = end - begin;
    order[place + SLOT] = slot;
    // The end of the key is compared first: neighbours share their beginning more often.
    order[place + LAST_WORD] = view.getInt32(end - 4, true);
    for (let at = begin, word = place + FIRST_WORD; at < end - 4; at += 4) order[word++] = view.getInt32(at, true);
  }

  #find(hash: number, bytes: Uint8Array, begin: number, end: number): number {
    let at = (hash ^ (hash >>> 15)) & 255;
    for (let key = this.#keys[at]; key !== null; key = this.#keys[at]) {
      if (this.#hashes[at] === hash && key.length === end - begin && isSame(key, bytes, begin)) return this.#slots[at];
      at = (at + 1) & 255;
    }
    return UNWANTED;
  }
}

function isSame(key: Uint8Array, bytes: Uint8Array, begin: number): boolean {
  for (let at = 0; at < key.length; at++) if (key[at] !== bytes[begin + at]) return false;
  return true;
}

/** Ways to name one field. A dot is tried as part of the key and as a step into a nested object. */
export type FieldNames = readonly string[];

export class JsonScanner {
  readonly #slots: readonly FieldNames[];
  readonly #levels: KeyTable[] = [new KeyTable()];
  /** The bytes read last, and the same bytes four at a time. */
  #bytes: Uint8Array = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);

  constructor(slots: readonly FieldNames[]) {
    this.#slots = slots;
    const nested = new Map<string, number>();
    slots.forEach((names, slot) => {
      for (const name of names) {
        this.#levels[0].set(name, slot);
        const dot = name.indexOf(".");
        if (dot === -1) continue;
        const outer = name.slice(0, dot);
        let level = nested.get(outer);
        if (level === undefined) {
          level = this.#levels.push(new KeyTable()) - 1;
          nested.set(outer, level);
          this.#levels[0].set(outer, UNWANTED - level);
        }
        this.#levels[level].set(name.slice(dot + 1), slot);
      }
    });
  }

  /** Fills `fields` from the object at `begin`. False: use `parse` for this record. */
  scan(bytes: Uint8Array, begin: number, end: number, fields: FieldSet): boolean {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    fields.clear(bytes);
    let at = this.#object(bytes, begin, end, this.#levels[0], fields);
    if (at === ODD) return false;
    while (at < end && bytes[at] <= 32) at++;
    return at === end;
  }

  /** The slow way, by JSON.parse: the same fields, or false when it is not a JSON object. */
  parse(text: string, fields: FieldSet): boolean {
    const record = parseObject(text);
    if (record === null) return false;
    fields.fill(this.#slots.map((names) => textAt(record, names)));
    return true;
  }

  /** Reads the object that opens at `begin`; gives the place after it, or ODD. */
  #object(bytes: Uint8Array, begin: number, end: number, table: KeyTable, fields: FieldSet): number {
    if (bytes[begin] !== OPEN_BRACE) return ODD;
    const view = this.#view;
    table.next = 0;
    let slot = table.expect(view, begin, end);
    if (slot === NOT_EXPECTED) {
      const first = passSpaces(bytes, begin + 1, end);
      if (first < end && bytes[first] === CLOSE_BRACE) return first + 1;
      slot = table.search(bytes, view, begin, end);
    }
    while (slot !== NOT_EXPECTED) {
      let at = table.keyEnd;
      if (bytes[at] <= 32) at = passSpaces(bytes, at, end);
      if (bytes[at] === QUOTE) at = passText(bytes, view, at, end, slot, fields);
      else if (slot < UNWANTED && bytes[at] === OPEN_BRACE) {
        at = this.#object(bytes, at, end, this.#levels[UNWANTED - slot], fields);
      } else at = passOther(bytes, at, end, slot, fields);
      if (at === ODD || at >= end) return ODD;
      if (bytes[at] <= 32) at = passSpaces(bytes, at, end);
      if (bytes[at] !== COMMA) return at < end && bytes[at] === CLOSE_BRACE ? at + 1 : ODD;
      slot = table.expect(view, at, end);
      if (slot === NOT_EXPECTED) slot = table.search(bytes, view, at, end);
    }
    return ODD;
  }
}

function passSpaces(bytes: Uint8Array, begin: number, end: number): number {
  let at = begin;
  while (at < end && bytes[at] <= 32) at++;
  return at;
}

/**
 * Looks for quotes and backslashes in four bytes at once: the lowest bit set is the top bit of the first of them, 0 when
 * there is none. (A byte less one borrows from its top bit only when it is zero; marks above the first may be false.)
 */
function quotesIn(word: number): number {
  const quote = word ^ 0x22222222;
  const backslash = word ^ 0x5c5c5c5c;
  return (((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash)) & 0x80808080;
}

/** Passes over the text that opens at `begin`, noting its range when it is wanted. */
function passText(
  bytes: Uint8Array,
  view: DataView,
  begin: number,
  end: number,
  slot: number,
  fields: FieldSet,
): number {
  let at = begin + 1;
  for (;;) {
    while (at + 4 <= end) {
      const marks = quotesIn(view.getInt32(at, true));
      if (marks !== 0) {
        at += (31 - Math.clz32(marks & -marks)) >> 3;
        break;
      }
      at += 4;
    }
    while (at < end && bytes[at] !== QUOTE && bytes[at] !== BACKSLASH) at++;
    if (at >= end) return ODD;
    if (bytes[at] === QUOTE) break;
    if (slot >= 0) return ODD;
    at += 2;
  }
  if (slot >= 0) {
    fields.begin[slot] = begin + 1;
    fields.end[slot] = at;
  }
  return at + 1;
}

/** Passes over a value that is no text, noting its range when it is wanted. */
function passOther(bytes: Uint8Array, begin: number, end: number, slot: number, fields: FieldSet): number {
  const first = bytes[begin];
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return slot >= 0 ? ODD : passNested(bytes, begin, end);
  let at = begin;
  while (at < end && ((bytes[at] >= 48 && bytes[at] <= 57) || bytes[at] === DOT)) at++;
  const plainEnd = at;
  for (; at < end; at++) {
    const byte = bytes[at];
    if (byte === COMMA || byte === CLOSE_BRACE || byte <= 32) break;
  }
  if (at === begin || at >= end) return ODD;
  if (slot < 0) return at;
  if (at !== plainEnd) return noteLiteral(bytes, begin, at, slot, fields) ? at : ODD;
  fields.begin[slot] = begin;
  fields.end[slot] = at;
  return at;
}

/** A number or a literal. `null` means absent; a number with an exponent is left to the slow way. */
function noteLiteral(bytes: Uint8Array, begin: number, end: number, slot: number, fields: FieldSet): boolean {
  const first = bytes[begin];
  if (first === LETTER_N) {
    fields.begin[slot] = 0;
    fields.end[slot] = 0;
    return true;
  }
  if (first === MINUS || (first >= 48 && first <= 57)) {
    for (let at = begin; at < end; at++) if ((bytes[at] | 32) === 101) return false;
  }
  fields.begin[slot] = begin;
  fields.end[slot] = end;
  return true;
}

function passNested(bytes: Uint8Array, begin: number, end: number): number {
  let depth = 0;
  for (let at = begin; at < end; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      for (at++; at < end && bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at++;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) return at + 1;
  }
  return ODD;
}

/** The value under the first name that is there, as text; null when there is none or it is a list or object. */
export function textAt(record: Readonly<Record<string, unknown>>, names: FieldNames): string | null {
  for (const name of names) {
    const dot = name.indexOf(".");
    let found = record[name];
    if (found === undefined && dot !== -1) {
      const outer = record[name.slice(0, dot)];
      if (typeof outer === "object" && outer !== null) found = (outer as Record<string, unknown>)[name.slice(dot + 1)];
    }
    const text = plainText(found);
    if (text !== null) return text;
  }
  return null;
}

function plainText(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (typeof value !== "number") return null;
  const text = String(value);
  return text.includes("e") ? value.toFixed(20) : text;
}

// The wanted fields of one record as byte ranges, and readers that turn ranges into numbers, times and addresses
// without making texts. Readers are exact: a text they can not read for sure gives NaN or -1, never a guess.

import { type Address, parseAddress } from "../../model/address.ts";
import type { Millis } from "../../model/units.ts";

/** An address being read. `family` 0 means none. Shaped like `Address`, but reused. */
export class AddressCell {
  family: 0 | 4 | 6 = 0;
  w0 = 0;
  w1 = 0;
  w2 = 0;
  w3 = 0;

  set(address: Address | null): boolean {
    this.family = address === null ? 0 : address.family;
    if (address === null) return false;
    this.w0 = address.w0;
    this.w1 = address.w1;
    this.w2 = address.w2;
    this.w3 = address.w3;
    return true;
  }

  /** Reads a dotted IPv4 address fast, anything else the slow way. */
  read(bytes: Uint8Array, begin: number, end: number): boolean {
    let word = 0;
    let at = begin;
    for (let part = 0; part < 4; part++) {
      if (part > 0 && bytes[at++] !== 46) return this.#readSlow(bytes, begin, end);
      let octet = bytes[at++] - 48;
      if (!(octet >= 0 && octet <= 9)) return this.#readSlow(bytes, begin, end);
      let digit = bytes[at] - 48;
      if (octet > 0 && digit >= 0 && digit <= 9) {
        octet = octet * 10 + digit;
        digit = bytes[++at] - 48;
        if (digit >= 0 && digit <= 9) {
          octet = octet * 10 + digit;
          at++;
        }
      }
      if (octet > 255) return this.#readSlow(bytes, begin, end);
      word = (word << 8) | octet;
    }
    if (at !== end) return this.#readSlow(bytes, begin, end);
    this.family = 4;
    this.w0 = 0;
    this.w1 = 0;
    this.w2 = 0;
    this.w3 = word >>> 0;
    return true;
  }

  /** IPv6 with hexadecimal groups; everything rarer (embedded IPv4, zones) goes through the model's parser. */
  #readSlow(bytes: Uint8Array, begin: number, end: number): boolean {
    if (this.#readGroups(bytes, begin, end)) return true;
    if (end - begin > 64) return this.set(null);
    return this.set(parseAddress(asciiText(bytes, begin, end)));
  }

  #readGroups(bytes: Uint8Array, begin: number, end: number): boolean {
    let count = 0;
    let gap = -1;
    let at = begin;
    if (bytes[at] === 58 && at + 1 < end && bytes[at + 1] === 58) {
      gap = 0;
      at += 2;
    }
    while (at < end) {
      let group = 0;
      let digits = 0;
      for (; at < end; at++, digits++) {
        const nibble = hexDigit(bytes[at]);
        if (nibble === -1) break;
        group = group * 16 + nibble;
      }
      if (digits === 0 || digits > 4 || count === 8) return false;
      groups[count++] = group;
      if (at === end) break;
      if (bytes[at++] !== 58 || at === end) return false;
      if (bytes[at] !== 58) continue;
      if (gap !== -1) return false;
      gap = count;
      at++;
    }
    if (gap === -1 ? count !== 8 : count > 7) return false;
    if (gap !== -1) {
      groups.copyWithin(8 - (count - gap), gap, count);
      groups.fill(0, gap, 8 - (count - gap));
    }
    this.w0 = groups[0] * 65_536 + groups[1];
    this.w1 = groups[2] * 65_536 + groups[3];
    this.w2 = groups[4] * 65_536 + groups[5];
    this.w3 = groups[6] * 65_536 + groups[7];
    const isMapped = this.w0 === 0 && this.w1 === 0 && this.w2 === 0xffff;
    if (isMapped) this.w2 = 0;
    this.family = isMapped ? 4 : 6;
    return true;
  }
}

const groups = new Uint16Array(8);

/** The value of a hexadecimal digit, -1 when it is none. */
export function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** Bytes as text, one letter a byte. For ASCII only. */
export function asciiText(bytes: Uint8Array, begin: number, end: number): string {
  let text = "";
  for (let at = begin; at < end; at++) text += String.fromCharCode(bytes[at]);
  return text;
}

const powersOfTen = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
const mantissaMax = 900_719_925_474_098;

/**
 * A decimal without exponent; NaN when it is anything else. Exactly the double nearest to the text while the digits fit
 * 53 bits; further digits are dropped (an error under 1e-15 of the value).
 */
export function readDecimal(bytes: Uint8Array, begin: number, end: number): number {
  let at = begin;
  const isNegative = bytes[at] === 45 && at < end;
  if (isNegative) at++;
  let mantissa = 0;
  let scale = 0;
  let digits = 0;
  let isFraction = false;
  for (; at < end; at++) {
    const digit = bytes[at] - 48;
    if (digit >= 0 && digit <= 9) {
      digits++;
      if (mantissa <= mantissaMax) {
        mantissa = mantissa * 10 + digit;
        if (isFraction) scale++;
      } else if (!isFraction) return Number.NaN;
    } else if (digit === -2 && !isFraction && digits > 0) isFraction = true;
    else return Number.NaN;
  }
  if (digits === 0 || scale > 22) return Number.NaN;
  const value = mantissa / powersOfTen[scale];
  return isNegative ? -value : value;
}

/**
 * Seconds with at most six decimals, as milliseconds to the microsecond: the same as `secondsToMs(readDecimal(…))`, in
 * one pass. NaN when it is anything else.
 */
function readSecondsMs(bytes: Uint8Array, begin: number, end: number): Millis {
  let at = begin;
  let head = 0;
  // Nine digits fit a 32-bit integer, which is several times as fast as adding up doubles.
  for (const nine = Math.min(begin + 9, end); at < nine; at++) {
    const digit = bytes[at] - 48;
    if (digit < 0 || digit > 9) break;
    head = (Math.imul(head, 10) + digit) | 0;
  }
  if (at === begin) return Number.NaN;
  let seconds = head;
  if (at === begin + 9 && at < end && bytes[at] >= 48 && bytes[at] <= 57) seconds = head * 10 + bytes[at++] - 48;
  if (at === end) return seconds * 1000;
  if (bytes[at] !== 46 || end - at > 7) return Number.NaN;
  const missing = 7 - (end - at);
  let fraction = 0;
  for (at++; at < end; at++) {
    const digit = bytes[at] - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    fraction = (Math.imul(fraction, 10) + digit) | 0;
  }
  return (seconds * 1e6 + fraction * powersOfTen[missing]) / 1000;
}

/** A plain non-negative integer below 2^53; -1 when it is anything else. */
export function readInteger(bytes: Uint8Array, begin: number, end: number): number {
  if (begin === end || end - begin > 15) return -1;
  if (end - begin > 9) return readLongInteger(bytes, begin, end);
  let value = 0;
  for (let at = begin; at < end; at++) {
    const digit = bytes[at] - 48;
    if (digit < 0 || digit > 9) return -1;
    value = (Math.imul(value, 10) + digit) | 0;
  }
  return value;
}

/** Apart, so that integers that fit 32 bits are never added up as doubles. */
function readLongInteger(bytes: Uint8Array, begin: number, end: number): number {
  let value = 0;
  for (let at = begin; at < end; at++) {
    const digit = bytes[at] - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Two digits; a number over 99, so out of every range, when they are none. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at] - 48;
  const ones = bytes[at + 1] - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : 1000;
}

/** The date read last, as 20110815, and its day: lines of a log follow one another. */
let lastDate = 0;
let lastDay = 0;

function cachedDaysOf(year: number, month: number, day: number): number {
  const date = (year * 100 + month) * 100 + day;
  if (date !== lastDate) {
    lastDay = daysOf(year, month, day);
    lastDate = date;
  }
  return lastDay;
}

/** Days since 1970 of a date of the Gregorian calendar (Howard Hinnant, days_from_civil). */
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}

/**
 * Milliseconds since 1970 of `2011-08-15T03:36:16.748830Z`; also with slashes, with a space for the T, with `+0200`, `+02:00` or
 * nothing (then UTC) as zone. NaN when it is anything else.
 */
export function readIsoMs(bytes: Uint8Array, begin: number, end: number): Millis {
  const dash = bytes[begin + 4];
  if (end - begin < 19 || (dash !== 45 && dash !== 47) || bytes[begin + 7] !== dash) return Number.NaN;
  if (bytes[begin + 13] !== 58 || bytes[begin + 16] !== 58) return Number.NaN;
  const between = bytes[begin + 10];
  if (between !== 84 && between !== 32 && between !== 116) return Number.NaN;
  const year = twoDigits(bytes, begin) * 100 + twoDigits(bytes, begin + 2);
  const month = twoDigits(bytes, begin + 5);
  const day = twoDigits(bytes, begin + 8);
  const hour = twoDigits(bytes, begin + 11);
  const minute = twoDigits(bytes, begin + 14);
  const second = twoDigits(bytes, begin + 17);
  if (year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) return Number.NaN;
  if (hour > 23 || minute > 59 || second > 60) return Number.NaN;
  let at = begin + 19;
  let micros = 0;
  if (at < end && (bytes[at] === 46 || bytes[at] === 44)) {
    const first = ++at;
    let scale = 100_000;
    for (; at < end && bytes[at] >= 48 && bytes[at] <= 57; at++) {
      micros += (bytes[at] - 48) * scale;
      scale = (scale / 10) | 0;
    }
    if (at === first) return Number.NaN;
  }
  const zoneMinutes = readZone(bytes, at, end);
  const seconds = cachedDaysOf(year, month, day) * 86_400 + hour * 3600 + (minute - zoneMinutes) * 60 + second;
  return seconds * 1000 + micros / 1000;
}

/** Minutes east of UTC of `Z`, `+0200`, `+02:00`, ` UTC` or nothing; NaN otherwise. */
function readZone(bytes: Uint8Array, begin: number, end: number): number {
  const length = end - begin;
  if (length === 0) return 0;
  const sign = bytes[begin];
  if (length === 1 && (sign === 90 || sign === 122)) return 0;
  if (sign !== 43 && sign !== 45) return asciiText(bytes, begin, end) === " UTC" ? 0 : Number.NaN;
  const hasColon = length === 6 && bytes[begin + 3] === 58;
  if (length !== 3 && length !== 5 && !hasColon) return Number.NaN;
  const hours = twoDigits(bytes, begin + 1);
  const minutes = length === 3 ? 0 : twoDigits(bytes, begin + (hasColon ? 4 : 3));
  if (hours > 23 || minutes > 59) return Number.NaN;
  return (sign === 45 ? -1 : 1) * (hours * 60 + minutes);
}

/** Seconds to milliseconds, to the microsecond, so that every way of writing the number gives the same time. */
export function secondsToMs(seconds: number): Millis {
  return Math.round(seconds * 1e6) / 1000;
}

/** A record's wanted fields: `begin[slot]..end[slot]` in `bytes`; equal when the field is absent or unset. */
export class FieldSet {
  bytes: Uint8Array = new Uint8Array(0);
  readonly begin: Int32Array;
  readonly end: Int32Array;
  #scratch = new Uint8Array(1024);

  constructor(slots: number) {
    this.begin = new Int32Array(slots);
    this.end = new Int32Array(slots);
  }

  /** All fields absent, of a record that lies in `bytes`. */
  clear(bytes: Uint8Array): void {
    const { begin, end } = this;
    this.bytes = bytes;
    for (let slot = 0; slot < begin.length; slot++) {
      begin[slot] = 0;
      end[slot] = 0;
    }
  }

  has(slot: number): boolean {
    return this.end[slot] > this.begin[slot];
  }

  integer(slot: number): number {
    return readInteger(this.bytes, this.begin[slot], this.end[slot]);
  }

  decimal(slot: number): number {
    return readDecimal(this.bytes, this.begin[slot], this.end[slot]);
  }

  address(slot: number, cell: AddressCell): boolean {
    const begin = this.begin[slot];
    const end = this.end[slot];
    if (begin !== end) return cell.read(this.bytes, begin, end);
    return cell.set(null);
  }

  /** Seconds as milliseconds; NaN when it is no plain number. */
  durationMs(slot: number): Millis {
    const plain = readSecondsMs(this.bytes, this.begin[slot], this.end[slot]);
    return plain >= 0 ? plain : secondsToMs(this.decimal(slot));
  }

  /** Seconds since 1970 or ISO 8601, as milliseconds; NaN when it is neither. */
  timeMs(slot: number): Millis {
    const begin = this.begin[slot];
    const end = this.end[slot];
    if (end - begin >= 19 && this.bytes[begin + 4] === 45) return readIsoMs(this.bytes, begin, end);
    const plain = readSecondsMs(this.bytes, begin, end);
    if (plain >= 0) return plain;
    const seconds = readDecimal(this.bytes, begin, end);
    return Number.isNaN(seconds) ? readIsoMs(this.bytes, begin, end) : secondsToMs(seconds);
  }

  /** The field as UTF-8 text; empty when absent. */
  text(slot: number): string {
    return Buffer.from(
      this.bytes.buffer,
      this.bytes.byteOffset + this.begin[slot],
      this.end[slot] - this.begin[slot],
    ).toString();
  }

  /** Takes the fields from texts instead of a record's own bytes; null means absent. */
  fill(texts: readonly (string | null)[]): void {
    let at = 0;
    for (let slot = 0; slot < texts.length; slot++) {
      const text = texts[slot] ?? "";
      if (at + text.length * 3 > this.#scratch.length) {
        const larger = new Uint8Array((at + text.length * 3) * 2);
        larger.set(this.#scratch);
        this.#scratch = larger;
      }
      this.begin[slot] = at;
      at += encoder.encodeInto(text, this.#scratch.subarray(at)).written;
      this.end[slot] = at;
    }
    this.bytes = this.#scratch;
  }
}

const encoder = new TextEncoder();

// One line of a Zeek TSV log in, the byte ranges of the wanted columns out, by the header in force. Separators are
// looked for four bytes at a time.

import type { FieldSet } from "./lines-fields.ts";

const BACKSLASH = 92;
const TAB = 9;

export class ZeekColumns {
  #separator = TAB;
  #unset = Buffer.from("-");
  #empty = Buffer.from("(empty)");
  #columnCount = 0;
  /** Slot and column of each wanted column, one after the other. */
  #wanted = new Int32Array(0);
  /** Where each column of the line ends; the first is the place before the line. */
  #ends = new Int32Array(1);
  /** The bytes read last, and the same bytes four at a time. */
  #bytes: Uint8Array = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);

  /** Takes a line that begins with `#`; gives its name and values. */
  header(line: string): [name: string, values: string[]] {
    const separator = String.fromCharCode(this.#separator);
    const [name, ...values] = line.split(line.startsWith("#separator") ? " " : separator);
    if (name === "#separator") this.#separator = unescaped(values[0] ?? "\\x09").charCodeAt(0);
    else if (name === "#unset_field") this.#unset = Buffer.from(unescaped(values[0] ?? "-"));
    else if (name === "#empty_field") this.#empty = Buffer.from(unescaped(values[0] ?? "(empty)"));
    return [name, values];
  }

  /** Sets the columns of the lines that follow; none are read before. */
  setColumns(columns: readonly string[], names: readonly (readonly string[])[]): void {
    this.#columnCount = columns.length;
    this.#ends = new Int32Array(columns.length + 1);
    const wanted: number[] = [];
    columns.forEach((column, place) => {
      const slot = names.findIndex((known) => known.includes(column));
      if (slot !== -1) wanted.push(slot, place);
    });
    this.#wanted = Int32Array.from(wanted);
  }

  /** Notes where the wanted columns are; false when the line has not as many columns as its header. */
  read(bytes: Uint8Array, begin: number, end: number, fields: FieldSet): boolean {
    if (this.#columnCount === 0 || !this.#split(bytes, begin, end)) return false;
    const wanted = this.#wanted;
    const ends = this.#ends;
    const unsetFirst = this.#unset[0];
    const emptyFirst = this.#empty[0];
    const { begin: fieldBegins, end: fieldEnds } = fields;
    fields.bytes = bytes;
    for (let at = 0; at < wanted.length; at += 2) {
      const slot = wanted[at];
      const column = wanted[at + 1];
      const from = ends[column] + 1;
      const to = ends[column + 1];
      const first = bytes[from];
      const isMissing = (first === unsetFirst || first === emptyFirst) && this.#isMissing(bytes, from, to);
      fieldBegins[slot] = from;
      fieldEnds[slot] = isMissing ? from : to;
    }
    return true;
  }

  #isMissing(bytes: Uint8Array, begin: number, end: number): boolean {
    return isSame(this.#unset, bytes, begin, end) || isSame(this.#empty, bytes, begin, end);
  }

  /** Fills `#ends`; false when there are more or fewer columns than the header has. */
  #split(bytes: Uint8Array, begin: number, end: number): boolean {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    const view = this.#view;
    const ends = this.#ends;
    const separator = this.#separator;
    const pattern = Math.imul(separator, 0x01010101);
    const count = this.#columnCount;
    ends[0] = begin - 1;
    let column = 1;
    let at = begin;
    for (; at + 4 <= end; at += 4) {
      // The top bit of each byte that is the separator: such a byte, and no other, is zero after the exclusive or.
      const word = view.getInt32(at, true) ^ pattern;
      let marks = ~(((word & 0x7f7f7f7f) + 0x7f7f7f7f) | word | 0x7f7f7f7f);
      while (marks !== 0) {
        if (column === count) return false;
        ends[column++] = at + ((31 - Math.clz32(marks & -marks)) >> 3);
        marks &= marks - 1;
      }
    }
    for (; at < end; at++) {
      if (bytes[at] !== separator) continue;
      if (column === count) return false;
      ends[column++] = at;
    }
    ends[column] = end;
    return column === count;
  }
}

function isSame(text: Uint8Array, bytes: Uint8Array, begin: number, end: number): boolean {
  if (text.length !== end - begin) return false;
  for (let at = 0; at < text.length; at++) if (text[at] !== bytes[begin + at]) return false;
  return true;
}

/** Zeek writes bytes that would break a TSV line as `\x09`. */
export function unescaped(text: string): string {
  if (text.charCodeAt(0) !== BACKSLASH && !text.includes("\\x")) return text;
  return text.replace(/\\x([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

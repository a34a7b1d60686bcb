// CSV of flows in, flow rows out; the header decides which column is what. Rows that hold both directions become rows at
// once; rows of one direction (nfdump) are paired like export records. Cells in quotes go through the CSV library.

import { parse } from "csv-parse/sync";
import type { Decoder, DecoderContext, Format, InputReport, NotVisible } from "../decoder.ts";
import { type CsvLayout, csvFields, readCsvHeader } from "./csv-header.ts";
import { CsvOneWay } from "./csv-one-way.ts";
import { CsvTwoWay } from "./csv-two-way.ts";
import { FieldSet } from "./lines-fields.ts";
import type { LogOptions } from "./lines-tally.ts";
import { LogDecoder } from "./log-decoder.ts";

const QUOTE = 34;
const SPACE = 32;

export function createCsvDecoder(context: DecoderContext, options: LogOptions): Decoder {
  return new CsvDecoder(context, options);
}

class CsvDecoder extends LogDecoder {
  override readonly format: Format = "csv";
  readonly #fields = new FieldSet(csvFields.length);
  #layout: CsvLayout | null = null;
  #separator = 44;
  #slotOfColumn = new Int8Array(0);
  #oneWay: CsvOneWay | null = null;
  #twoWay: CsvTwoWay | null = null;
  #isSummary = false;

  protected override settle(): void {
    this.#oneWay?.end();
  }

  override report(): InputReport {
    const notVisible: NotVisible[] = ["dns-names", "payload", "arp"];
    const outcome = this.#oneWay?.hasOutcome ?? this.#twoWay?.hasOutcome ?? false;
    if (!outcome) notVisible.push("outcome");
    return this.tally.report({ path: this.context.path, format: "csv", sensor: this.sensor, notVisible });
  }

  override record(bytes: Uint8Array, begin: number, end: number): void {
    if (this.#layout === null || isLetterOrSign(bytes[begin])) {
      if (this.#takeWords(Buffer.from(bytes.subarray(begin, end)).toString())) return;
    }
    // nfdump ends its output with a summary of other columns.
    if (this.#isSummary) return;
    this.tally.records++;
    if (!this.#readCells(bytes, begin, end)) this.refuse();
    else if (this.#twoWay !== null) this.#twoWay.take(this.#fields);
    else this.#oneWay?.take(this.#fields);
  }

  /** A line that is no row: a header, a remark, the beginning of the summary. False when it may be a row after all. */
  #takeWords(line: string): boolean {
    const trimmed = line.trim();
    if (trimmed === "Summary" || /^Summary[,;: ]/.test(trimmed)) {
      this.#isSummary = true;
      return true;
    }
    if (trimmed.startsWith("#") && readCsvHeader(trimmed.slice(1)) === null) return true;
    const layout = readCsvHeader(unquoted(trimmed.replace(/^#/, "")));
    if (layout === null) return this.#layout === null;
    this.#isSummary = false;
    this.#setLayout(layout);
    return true;
  }

  #setLayout(layout: CsvLayout): void {
    this.#layout = layout;
    this.#separator = layout.separator.charCodeAt(0);
    this.#slotOfColumn = new Int8Array(layout.columnCount).fill(-1);
    csvFields.forEach((field, slot) => {
      const column = layout.columns[field];
      if (column !== undefined) this.#slotOfColumn[column] = slot;
    });
    this.#fields.begin.fill(0);
    this.#fields.end.fill(0);
    this.#oneWay?.end();
    const isOneWay = layout.dialect === "nfdump" || !hasBothWays(layout);
    this.#oneWay = isOneWay ? new CsvOneWay(this.context, this.tally, this.sensor) : null;
    this.#twoWay = isOneWay ? null : new CsvTwoWay(this.context, this.tally, this.sensor);
  }

  /** Notes where the wanted cells are, without blanks around them; false when the line has too few cells. */
  #readCells(bytes: Uint8Array, begin: number, end: number): boolean {
    const fields = this.#fields;
    const slotOfColumn = this.#slotOfColumn;
    const separator = this.#separator;
    fields.bytes = bytes;
    let column = 0;
    let from = begin;
    for (let at = begin; at <= end; at++) {
      if (at !== end && bytes[at] !== separator) {
        if (bytes[at] === QUOTE) return this.#readQuoted(Buffer.from(bytes.subarray(begin, end)).toString());
        continue;
      }
      const slot = column < slotOfColumn.length ? slotOfColumn[column] : -1;
      column++;
      if (slot >= 0) {
        let last = at;
        while (from < last && bytes[from] === SPACE) from++;
        while (last > from && bytes[last - 1] === SPACE) last--;
        fields.begin[slot] = from;
        fields.end[slot] = last;
      }
      from = at + 1;
    }
    return column >= slotOfColumn.length;
  }

  #readQuoted(line: string): boolean {
    let cells: string[];
    try {
      const rows: string[][] = parse(line, {
        delimiter: String.fromCharCode(this.#separator),
        relax_column_count: true,
        relax_quotes: true,
      });
      cells = rows[0] ?? [];
    } catch {
      return false;
    }
    if (cells.length < this.#slotOfColumn.length) return false;
    const texts: (string | null)[] = Array(csvFields.length).fill(null);
    this.#slotOfColumn.forEach((slot, column) => {
      if (slot >= 0) texts[slot] = cells[column].trim();
    });
    this.#fields.fill(texts);
    return true;
  }
}

/** A row tells both directions when it counts both, or says how the conversation ended. */
function hasBothWays({ columns }: CsvLayout): boolean {
  const isCounted = columns.packetsBack !== undefined || columns.bytesBack !== undefined;
  return (
    isCounted || columns.packetsTotal !== undefined || columns.bytesTotal !== undefined || columns.state !== undefined
  );
}

const isLetterOrSign = (byte: number): boolean => byte === 35 || byte === QUOTE || (byte | 32) >= 97;

const unquoted = (line: string): string => line.replaceAll('"', "");

// Flow exports in, rows out: NetFlow v5 and v9, IPFIX, sFlow v5, mixed as they come, from many exporters. One datagram at a
// time; the version in its first bytes decides. Per exporter state is in exporters.ts, one reader per format beside.

import { limits } from "../../limits.ts";
import type { Millis } from "../../model/units.ts";
import type { DecoderContext, Format, NotVisible, SensorReport, SkipCounts } from "../decoder.ts";
import { SetReader } from "./export-stream-sets.ts";
import { type Domain, Exporters } from "./exporters.ts";
import type { ExportMoment } from "./fields-table.ts";
import { decodeIpfix, HEADER_BYTES_10 } from "./ipfix.ts";
import { decodeNetflow5, domainIdOf5, exportMsOf5, HEADER_BYTES_5, RECORD_BYTES_5 } from "./netflow-v5.ts";
import { decodeNetflow9, HEADER_BYTES_9 } from "./netflow-v9.ts";
import { domainIdOfSflow, headerBytesOfSflow, SflowReader } from "./sflow.ts";

/** 1990..2200: an exporter whose clock is outside has none. */
const CLOCK_MIN_MS = 631_152_000_000;
const CLOCK_MAX_MS = 7_258_118_400_000;

/** Decodes flow export datagrams of any number of exporters. */
export interface ExportDecoder {
  /**
   * Reads one datagram.
   * @param exporterName  who sent it: its address as text
   * @param receivedMs  when it arrived; NaN when not known (a bare file), then the exporter's own clock counts
   * @returns false when it is none of the four formats; nothing is counted then
   */
  decodeDatagram(payload: Uint8Array, exporterName: string, receivedMs: Millis): boolean;
  /** Time passes without datagrams: attempts that waited long enough for an answer get their outcome. */
  advance(nowMs: Millis): void;
  /** No more datagrams. Does not flush the writer. */
  end(): void;
  readonly watermarkMs: Millis;
  /** Flow records turned into rows or counted as skipped. */
  readonly records: number;
  readonly skipped: SkipCounts;
  /** Formats met so far. */
  readonly formats: ReadonlySet<Format>;
  sensors(): SensorReport[];
  notVisible(): NotVisible[];
  remarks(): string[];
}

export interface ExportOptions {
  /** A sensor per exporter and domain ("10.0.0.1 domain 256"), or one for the input as a whole. */
  readonly hasDomainNames?: boolean;
}

export function createExportDecoder(context: DecoderContext, options: ExportOptions = {}): ExportDecoder {
  return new ExportStream(context, options.hasDomainNames ?? true);
}

/** The format of a datagram by its header; null when it is none of the four. */
export function formatOfDatagram(view: DataView): Format | null {
  const bytes = view.byteLength;
  if (bytes < 16) return null;
  const version = view.getUint16(0);
  if (version === 5) return isNetflow5(view) ? "netflow5" : null;
  if (version === 9) {
    if (bytes < HEADER_BYTES_9) return null;
    return bytes < HEADER_BYTES_9 + 4 || isSetId(view.getUint16(HEADER_BYTES_9), 0, 1) ? "netflow9" : null;
  }
  if (version === 10) {
    if (view.getUint16(2) < HEADER_BYTES_10) return null;
    return bytes < HEADER_BYTES_10 + 4 || isSetId(view.getUint16(HEADER_BYTES_10), 2, 3) ? "ipfix" : null;
  }
  if (version === 0 && view.getUint32(0) === 5) {
    const headerBytes = headerBytesOfSflow(view);
    return headerBytes > 0 && bytes >= headerBytes ? "sflow" : null;
  }
  return null;
}

function isNetflow5(view: DataView): boolean {
  const count = view.getUint16(2);
  if (view.byteLength < HEADER_BYTES_5 || count === 0 || count > 1_000) return false;
  if (view.getUint32(12) > 999_999_999) return false; // nanoseconds
  return view.byteLength <= HEADER_BYTES_5 + count * RECORD_BYTES_5 || count <= 30;
}

function isSetId(id: number, template: number, options: number): boolean {
  return id === template || id === options || id >= 256;
}

class ExportStream implements ExportDecoder {
  readonly formats = new Set<Format>();
  readonly #reader: SetReader;
  readonly #exporters: Exporters;
  readonly #sflow: SflowReader;
  readonly #moment: ExportMoment = { exportMs: 0, uptimeMs: NaN };
  #isEnded = false;

  constructor(context: DecoderContext, hasDomainNames: boolean) {
    this.#exporters = new Exporters((name) => context.sensor(name), hasDomainNames);
    this.#reader = new SetReader(context.writer, this.#exporters);
    this.#sflow = new SflowReader(context.writer, this.#reader);
  }

  get records(): number {
    return this.#reader.records;
  }

  get skipped(): SkipCounts {
    this.#collectTallies();
    return this.#reader.skipped;
  }

  get watermarkMs(): Millis {
    let newest = -Infinity;
    for (const { times } of this.#exporters) newest = Math.max(newest, times.lastMs);
    return newest;
  }

  decodeDatagram(payload: Uint8Array, exporterName: string, receivedMs: Millis): boolean {
    if (payload.length > limits.datagramBytesMax) return false;
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
    const format = formatOfDatagram(view);
    if (format === null) return false;
    this.formats.add(format);
    const headerMs = exportMsOf(format, view);
    const isArrivalKnown = !Number.isNaN(receivedMs);
    const isClockSane = headerMs > CLOCK_MIN_MS && headerMs < CLOCK_MAX_MS;
    const arrivalMs = isArrivalKnown ? receivedMs : headerMs;
    const moment = this.#moment;
    moment.exportMs = isClockSane ? headerMs : arrivalMs;
    moment.uptimeMs = NaN;
    this.#reader.turner.advance(arrivalMs);
    const domain = this.#domainOf(format, view, exporterName);
    domain.hear(arrivalMs, moment.exportMs, isArrivalKnown && format !== "sflow");
    this.#decode(format, view, domain, arrivalMs);
    return true;
  }

  #domainOf(format: Format, view: DataView, exporterName: string): Domain {
    if (format === "netflow5") return this.#exporters.domain(exporterName, format, 5, domainIdOf5(view));
    if (format === "netflow9") return this.#exporters.domain(exporterName, format, 9, view.getUint32(16));
    if (format === "ipfix") return this.#exporters.domain(exporterName, format, 10, view.getUint32(12));
    return this.#exporters.domain(exporterName, format, 15, domainIdOfSflow(view));
  }

  #decode(format: Format, view: DataView, domain: Domain, arrivalMs: Millis): void {
    if (format === "netflow5") decodeNetflow5(view, domain, this.#reader, this.#moment);
    else if (format === "netflow9") decodeNetflow9(view, domain, this.#reader, this.#moment);
    else if (format === "ipfix") decodeIpfix(view, domain, this.#reader, this.#moment);
    else this.#sflow.decode(view, domain, arrivalMs);
  }

  advance(nowMs: Millis): void {
    this.#reader.turner.advance(nowMs);
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#reader.turner.end();
    let waiting = this.#exporters.droppedSets;
    for (const domain of this.#exporters) waiting += domain.pending.length;
    if (waiting > 0) this.#reader.skipped.add("no-template", waiting);
  }

  sensors(): SensorReport[] {
    return [...this.#exporters].map((domain) => domain.report());
  }

  notVisible(): NotVisible[] {
    const found = new Set<NotVisible>(["dns-names", "payload", "arp"]);
    let [clientSide, serverSide, twoWay] = [0, 0, 0];
    for (const domain of this.#exporters) {
      clientSide += domain.tally.clientSide;
      serverSide += domain.tally.serverSide;
      twoWay += domain.tally.twoWay;
      if (domain.isSampled) found.add("unsampled-packets");
      if (domain.missing.size > 0) found.add("templates");
      if (domain.tally.withoutFlags > 0 && domain.tally.twoWay === 0) found.add("outcome");
    }
    if (twoWay === 0 && clientSide + serverSide > 0 && isOneWay(clientSide, serverSide)) found.add("reverse-direction");
    return [...found];
  }

  remarks(): string[] {
    const remarks: string[] = [];
    const { turner } = this.#reader;
    if (turner.overflowCount > 0) {
      remarks.push(
        `${turner.overflowCount} records were settled before the other direction could come: too many at once`,
      );
    }
    if (this.#exporters.droppedDomains > 0) {
      remarks.push(`${this.#exporters.droppedDomains} exporters were forgotten: there are more than can be followed`);
    }
    if (this.formats.has("sflow")) remarks.push("sFlow samples packets and has no clock: times are those of arrival");
    return remarks;
  }

  /** Moves the counters of the hot path into the skip counts. */
  #collectTallies(): void {
    const { skipped, turner } = this.#reader;
    const add = (reason: Parameters<SkipCounts["add"]>[0], count: number): void => {
      if (count > 0) skipped.add(reason, count);
    };
    add("reply-without-request", turner.takeLostReplies());
    for (const { tally, times } of this.#exporters) {
      add("no-address", tally.noAddress);
      add("duplicate", tally.duplicates);
      add("unsupported", tally.unsupported);
      add("reply-without-request", tally.repliesLost);
      add("bad-time", times.badTimes);
      tally.noAddress = 0;
      tally.duplicates = 0;
      tally.unsupported = 0;
      tally.repliesLost = 0;
      times.badTimes = 0;
    }
  }
}

/** Fewer than one record in twenty of one side: that side's direction is not exported. */
export function isOneWay(clientSide: number, serverSide: number): boolean {
  return Math.min(clientSide, serverSide) * 20 < clientSide + serverSide;
}

/** The exporter's clock in the header, ms since 1970; for sFlow, which has none, its uptime. */
export function exportMsOf(format: Format, view: DataView): Millis {
  if (format === "netflow5") return exportMsOf5(view);
  if (format === "netflow9") return view.getUint32(8) * 1000;
  if (format === "ipfix") return view.getUint32(4) * 1000;
  return view.getUint32(headerBytesOfSflow(view) - 8);
}

// Data sets of v9 and IPFIX (and the records of v5, which are one) become rows: columns are read by the template's
// operations, times are completed, records are turned. Options records only teach about the exporter.

import type { BatchWriter } from "../../model/batch.ts";
import { PROTOCOL_TCP } from "../../model/flow.ts";
import { SkipCounts } from "../decoder.ts";
import { RecordTurner } from "./direction.ts";
import type { Domain, Exporters } from "./exporters.ts";
import {
  ACTIVE_TIMEOUT_S,
  BOOT_MS,
  FLAGS,
  INACTIVE_TIMEOUT_S,
  PROTOCOL,
  READ_UNSIGNED,
  SAMPLING,
  SAMPLING_SPACE,
  ICMP_TYPE,
  ICMP_TYPE_CODE,
  SOURCE4,
  SOURCE6,
  TARGET_PORT,
} from "./fields.ts";
import {
  type ExportMoment,
  RECORD_ROWS_MAX,
  type ReadOperation,
  readField,
  readRecords,
  RecordTable,
  resolveUptime,
  unsigned,
} from "./fields-table.ts";
import { completeTimes } from "./fields-times.ts";
import type { Template, TemplateNews } from "./templates.ts";

const VARIABLE = 0xffff;

/** State that one decoder shares among the four formats. */
export class SetReader {
  readonly exporters: Exporters;
  readonly skipped = new SkipCounts();
  readonly table = new RecordTable();
  readonly turner: RecordTurner;
  /** Flow records turned, of all exporters. */
  records = 0;

  constructor(writer: BatchWriter, exporters: Exporters) {
    this.exporters = exporters;
    this.turner = new RecordTurner(writer, this.table);
  }

  /**
   * Reads the set `at`..`end` (without header).
   * @returns data records in it, for the sequence of IPFIX; -1 when the set ended inside a record
   */
  read(domain: Domain, template: Template, view: DataView, at: number, end: number, moment: ExportMoment): number {
    return template.recordBytes > 0
      ? this.#readFixed(domain, template, view, at, end, moment)
      : this.#readVariable(domain, template, view, at, end, moment);
  }

  #readFixed(
    domain: Domain,
    template: Template,
    view: DataView,
    at: number,
    end: number,
    moment: ExportMoment,
  ): number {
    const { recordBytes, operations, plain } = template;
    const total = Math.floor((end - at) / recordBytes);
    for (let done = 0; done < total; done += RECORD_ROWS_MAX) {
      const count = Math.min(RECORD_ROWS_MAX, total - done);
      this.table.begin(operations);
      const from = at + done * recordBytes;
      readRecords(this.table, view, from, recordBytes, count, plain === null ? operations : plain.others, moment);
      if (!this.#complete(domain, template, count, moment)) continue;
      if (plain === null) this.turner.turn(count, template.isTwoWay, domain);
      else this.turner.turnPlain(plain, view, from, count, domain);
    }
    return total;
  }

  /** RFC 7011 section 7: one byte of length, or 255 and two. Field after field, since no offset is fixed. */
  #readVariable(
    domain: Domain,
    template: Template,
    view: DataView,
    at: number,
    end: number,
    moment: ExportMoment,
  ): number {
    let total = 0;
    let count = 0;
    this.table.begin(template.operations);
    while (end - at >= template.recordBytesMin) {
      const next = this.#readVariableRecord(template, view, at, end, moment, count);
      if (next < 0) {
        if (!isPadding(view, at, end)) this.skipped.add("truncated");
        break;
      }
      at = next;
      total++;
      if (++count === RECORD_ROWS_MAX) {
        this.finish(domain, template, count, moment);
        this.table.begin(template.operations);
        count = 0;
      }
    }
    if (count > 0) this.finish(domain, template, count, moment);
    return total;
  }

  #readVariableRecord(
    template: Template,
    view: DataView,
    at: number,
    end: number,
    moment: ExportMoment,
    record: number,
  ): number {
    const { fieldBytes, operations } = template;
    let operation = 0;
    for (let field = 0; field < fieldBytes.length; field++) {
      let length = fieldBytes[field];
      if (length === VARIABLE) {
        if (at + 1 > end) return -1;
        length = view.getUint8(at++);
        if (length === 255) {
          if (at + 2 > end) return -1;
          length = view.getUint16(at);
          at += 2;
        }
      }
      if (at + length > end) return -1;
      for (; operation < operations.length && operations[operation].field === field; operation++) {
        this.#readOne(operations[operation], view, at, record, moment);
      }
      at += length;
    }
    return at;
  }

  #readOne(operation: ReadOperation, view: DataView, at: number, record: number, moment: ExportMoment): void {
    const column = this.table.columns[operation.slot];
    const from = at + operation.part * 4;
    column[record] =
      operation.read === READ_UNSIGNED
        ? unsigned(view, from, operation.length)
        : readField(column[record], view, from, operation.length, operation.read, moment);
  }

  /** Rows 0..count-1 of the table are read: options teach, flows are turned. */
  finish(domain: Domain, template: Template, count: number, moment: ExportMoment): void {
    if (this.#complete(domain, template, count, moment)) this.turner.turn(count, template.isTwoWay, domain);
  }

  /** Counts the records and completes their times. False when they are not flows. */
  #complete(domain: Domain, template: Template, count: number, moment: ExportMoment): boolean {
    if (domain.maker === null) domain.maker = template.maker;
    this.#learn(domain, template);
    if (template.isOptions) {
      this.skipped.add("option-data", count);
      return false;
    }
    const { has } = template;
    const hasAddresses = has[SOURCE4] === 1 || has[SOURCE6] === 1;
    const hasPorts = has[TARGET_PORT] === 1 || has[ICMP_TYPE_CODE] === 1 || has[ICMP_TYPE] === 1;
    if (!hasAddresses || !hasPorts) {
      if (hasAddresses) this.#count(domain, count); // an aggregate: between whom, but not what for
      this.skipped.add("unsupported", count);
      return false;
    }
    if (template.usesUptime && Number.isNaN(moment.uptimeMs)) {
      resolveUptime(this.table, count, moment.exportMs, domain.bootMs);
    }
    completeTimes(this.table, count, moment.exportMs, domain.times);
    if (has[FLAGS] === 0) this.#countWithoutFlags(domain, count);
    this.#count(domain, count);
    return true;
  }

  #count(domain: Domain, count: number): void {
    domain.records += count;
    this.records += count;
  }

  #countWithoutFlags(domain: Domain, count: number): void {
    const protocol = this.table.columns[PROTOCOL];
    for (let record = 0; record < count; record++) if (protocol[record] === PROTOCOL_TCP) domain.tally.withoutFlags++;
  }

  /** Sampling and timers, from options records or from fields of the flow records themselves. */
  #learn(domain: Domain, template: Template): void {
    const { has, isOptions } = template;
    const { columns } = this.table;
    if (has[SAMPLING] === 1 && columns[SAMPLING][0] > 0) {
      const space = has[SAMPLING_SPACE] === 1 ? columns[SAMPLING_SPACE][0] : 0;
      const interval = columns[SAMPLING][0];
      // samplingPacketInterval packets are taken, then samplingPacketSpace are not (RFC 5477); else 1 in `interval`.
      domain.samplingRate = space > 0 ? (interval + space) / interval : interval;
    }
    if (has[ACTIVE_TIMEOUT_S] === 1 && columns[ACTIVE_TIMEOUT_S][0] > 0) {
      domain.activeTimeoutMs = columns[ACTIVE_TIMEOUT_S][0] * 1_000;
    }
    if (has[INACTIVE_TIMEOUT_S] === 1 && columns[INACTIVE_TIMEOUT_S][0] > 0) {
      domain.inactiveTimeoutMs = columns[INACTIVE_TIMEOUT_S][0] * 1_000;
    }
    if (isOptions && has[BOOT_MS] === 1) domain.bootMs = columns[BOOT_MS][0];
  }

  /** Counts what a template set did, and reads what waited for it. */
  welcome(domain: Domain, news: TemplateNews): void {
    domain.withdrawn += news.withdrawn;
    domain.refused += news.refused;
    if (news.refused > 0) this.skipped.add("bad-template", news.refused);
    if (news.withdrawn > 0) this.skipped.add("template-withdrawn", news.withdrawn);
    if (news.isTruncated) this.skipped.add("truncated");
    if (news.defined === 0 || domain.pending.length === 0) return;
    for (const { templateId, bytes, moment } of this.exporters.takeReady(domain)) {
      const template = domain.templates.find(templateId);
      if (template === undefined) continue;
      domain.missing.delete(templateId);
      this.read(domain, template, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length, moment);
    }
  }

  /**
   * Reads a data set, or keeps it until its template comes.
   * @returns data records in it; -1 when not known
   */
  readOrKeep(domain: Domain, setId: number, view: DataView, at: number, end: number, moment: ExportMoment): number {
    const template = domain.templates.find(setId);
    if (template !== undefined) return this.read(domain, template, view, at, end, moment);
    if (domain.missing.size < 256) domain.missing.add(setId);
    this.exporters.keep(domain, setId, new Uint8Array(view.buffer, view.byteOffset + at, end - at), moment);
    return -1;
  }
}

function isPadding(view: DataView, at: number, end: number): boolean {
  for (; at < end; at++) if (view.getUint8(at) !== 0) return false;
  return true;
}

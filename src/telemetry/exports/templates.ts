// Templates of NetFlow v9 (RFC 3954) and IPFIX (RFC 7011): parsed from template sets into read operations, and
// remembered per exporter and observation domain (each `Domain` of exporters.ts has a store). A template that would let a reader loop for ever is refused here.

import { limits } from "../../limits.ts";
import { makerOfField, SLOT_COUNT, SOURCE6, TARGET6, READ_OR_FLAGS, READ_UPTIME, usesOfField } from "./fields.ts";
import { twoWaySlots } from "./direction-biflow.ts";
import { type PlainLayout, plainLayoutOf } from "./fields-plain.ts";
import type { ReadOperation } from "./fields-table.ts";

const VARIABLE = 0xffff;

export interface Template {
  readonly id: number;
  /** Describes options records: facts of the exporter itself, not flows. */
  readonly isOptions: boolean;
  /** Bytes of one record; 0 when fields of variable length make it differ. */
  readonly recordBytes: number;
  /** Bytes of the shortest record; at least 1. */
  readonly recordBytesMin: number;
  /** Length of each field in order; 0xffff is variable. */
  readonly fieldBytes: Uint16Array;
  readonly operations: readonly ReadOperation[];
  /** Where the fields of a plain record lie; null when its records are not plain. */
  readonly plain: PlainLayout | null;
  /** 1 for each slot of the record table that is read. */
  readonly has: Uint8Array;
  readonly usesUptime: boolean;
  /** A record can hold both directions of a conversation, or an event of a firewall. */
  readonly isTwoWay: boolean;
  /** Guess of the exporter's maker; null when no field tells. */
  readonly maker: string | null;
}

export interface TemplateField {
  readonly enterprise: number;
  readonly id: number;
  readonly bytes: number;
}

/** Compiles a list of fields; null when a record could be empty (its reader would never end) or there are too many. */
export function compileTemplate(
  id: number,
  fields: readonly TemplateField[],
  isOptions: boolean,
  isNetflow9: boolean,
): Template | null {
  if (fields.length === 0 || fields.length > limits.templateFieldsMax) return null;
  const fieldBytes = Uint16Array.from(fields, (field) => field.bytes);
  let isFixed = true;
  let recordBytesMin = 0;
  let maker: string | null = null;
  const candidates: Candidate[] = [];
  for (const [at, field] of fields.entries()) {
    maker ??= makerOfField(field.enterprise, field.id, isNetflow9);
    for (const { slot, read, rank, length } of usesOfField(field.enterprise, field.id)) {
      if (isReadable(field.bytes, length)) {
        candidates.push({ slot, read, rank, field: at, offset: recordBytesMin, length: field.bytes });
      }
    }
    if (field.bytes === VARIABLE) isFixed = false;
    recordBytesMin += field.bytes === VARIABLE ? 1 : field.bytes;
  }
  if (recordBytesMin === 0) return null;
  const operations = widenAddresses(chooseBest(candidates));
  const has = new Uint8Array(SLOT_COUNT);
  for (const { slot } of operations) has[slot] = 1;
  const isTwoWay = twoWaySlots.some((slot) => has[slot] === 1);
  return {
    id,
    isOptions,
    recordBytes: isFixed ? recordBytesMin : 0,
    recordBytesMin,
    fieldBytes,
    operations,
    plain: isFixed && !isTwoWay && !isOptions ? plainLayoutOf(operations, recordBytesMin) : null,
    has,
    isTwoWay,
    usesUptime: operations.some(({ read }) => read === READ_UPTIME),
    maker,
  };
}

function isReadable(bytes: number, wanted: number): boolean {
  return wanted === 0 ? bytes >= 1 && bytes <= 8 : bytes === wanted;
}

type Candidate = Omit<ReadOperation, "part"> & { readonly rank: number };

/** One field per slot: the lowest rank, then the first; flags that are joined all stay. */
function chooseBest(candidates: readonly Candidate[]): Candidate[] {
  const best = new Map<number, number>();
  for (const { slot, rank } of candidates) best.set(slot, Math.min(best.get(slot) ?? rank, rank));
  const chosen: Candidate[] = [];
  const taken = new Set<number>();
  for (const candidate of candidates) {
    if (candidate.rank !== best.get(candidate.slot)) continue;
    if (candidate.read !== READ_OR_FLAGS && taken.has(candidate.slot)) continue;
    taken.add(candidate.slot);
    chosen.push(candidate);
  }
  return chosen;
}

/** An IPv6 address is four words in four slots. */
function widenAddresses(operations: readonly Candidate[]): ReadOperation[] {
  return operations.flatMap(({ slot, read, offset, length, field }) =>
    slot === SOURCE6 || slot === TARGET6
      ? [0, 1, 2, 3].map((word) => ({
          slot: slot + word,
          read,
          offset: offset + 4 * word,
          length: 4,
          field,
          part: word,
        }))
      : [{ slot, read, offset, length, field, part: 0 }],
  );
}

/** What happened to the templates of a set. */
export interface TemplateNews {
  defined: number;
  withdrawn: number;
  refused: number;
  /** The set ended inside a template. */
  isTruncated: boolean;
}

/** Templates of one observation domain, by id. Bounded: the one unused for longest gives way. */
export class TemplateStore {
  readonly #templates = new Map<number, Template>();
  readonly #withdrawn = new Set<number>();
  droppedCount = 0;

  get size(): number {
    return this.#templates.size;
  }

  /** The template of a data set, and marks it used. */
  find(id: number): Template | undefined {
    const template = this.#templates.get(id);
    if (template !== undefined && this.#templates.size > limits.templatesPerDomainMax / 2) {
      this.#templates.delete(id);
      this.#templates.set(id, template);
    }
    return template;
  }

  /** Whether the exporter itself took this template back. */
  isWithdrawn(id: number): boolean {
    return this.#withdrawn.has(id);
  }

  define(template: Template): void {
    const { id } = template;
    this.#withdrawn.delete(id);
    this.#templates.delete(id);
    if (this.#templates.size >= limits.templatesPerDomainMax) {
      const [oldest] = this.#templates.keys();
      this.#templates.delete(oldest);
      this.droppedCount++;
    }
    this.#templates.set(id, template);
  }

  withdraw(id: number): boolean {
    if (!this.#templates.delete(id)) return false;
    if (this.#withdrawn.size < limits.templatesPerDomainMax) this.#withdrawn.add(id);
    return true;
  }

  /** Takes back all templates, or all options templates (RFC 7011 section 8.1). Gives how many there were. */
  withdrawAll(isOptions: boolean): number {
    let count = 0;
    for (const [id, template] of this.#templates) {
      if (template.isOptions === isOptions && this.withdraw(id)) count++;
    }
    return count;
  }
}

/** Reads a NetFlow v9 template set, RFC 3954 section 5.2. `at`..`end` is the set without its header. */
export function readTemplates9(view: DataView, at: number, end: number, store: TemplateStore): TemplateNews {
  const news = { defined: 0, withdrawn: 0, refused: 0, isTruncated: false };
  while (at + 4 <= end) {
    const id = view.getUint16(at);
    const count = view.getUint16(at + 2);
    if (id < 256) break; // padding
    at += 4;
    if (at + 4 * count > end) {
      news.isTruncated = true;
      break;
    }
    const fields = count > limits.templateFieldsMax ? [] : readFields9(view, at, count);
    at += 4 * count;
    accept(compileTemplate(id, fields, false, true), store, news);
  }
  return news;
}

function readFields9(view: DataView, at: number, count: number): TemplateField[] {
  const fields: TemplateField[] = [];
  for (let field = 0; field < count; field++, at += 4) {
    fields.push({ enterprise: 0, id: view.getUint16(at), bytes: view.getUint16(at + 2) });
  }
  return fields;
}

/** Reads a NetFlow v9 options template set, RFC 3954 section 6.1: lengths in bytes of the scope and option fields. */
export function readOptionsTemplates9(view: DataView, at: number, end: number, store: TemplateStore): TemplateNews {
  const news = { defined: 0, withdrawn: 0, refused: 0, isTruncated: false };
  while (at + 6 <= end) {
    const id = view.getUint16(at);
    if (id < 256) break;
    const scopeCount = view.getUint16(at + 2) >> 2;
    const count = scopeCount + (view.getUint16(at + 4) >> 2);
    at += 6;
    if (at + 4 * count > end) {
      news.isTruncated = true;
      break;
    }
    const fields =
      count > limits.templateFieldsMax ? [] : withoutScopeMeaning(readFields9(view, at, count), scopeCount);
    at += 4 * count;
    accept(compileTemplate(id, fields, true, true), store, news);
  }
  return news;
}

/** Scope fields of v9 have numbers of their own (1 system, 2 interface, …): their ids must not be taken for data. */
function withoutScopeMeaning(fields: readonly TemplateField[], scopeCount: number): TemplateField[] {
  return fields.map((field, at) => (at < scopeCount ? { ...field, id: 0 } : field));
}

/** Reads an IPFIX template set or options template set, RFC 7011 sections 3.4.1, 3.4.2 and 8.1 (withdrawal). */
export function readTemplates10(
  view: DataView,
  at: number,
  end: number,
  isOptions: boolean,
  store: TemplateStore,
): TemplateNews {
  const news = { defined: 0, withdrawn: 0, refused: 0, isTruncated: false };
  const setId = isOptions ? 3 : 2;
  while (at + 4 <= end) {
    const id = view.getUint16(at);
    const count = view.getUint16(at + 2);
    at += 4;
    if (count === 0 && id === setId) {
      news.withdrawn += store.withdrawAll(isOptions);
      continue;
    }
    if (id < 256) break; // padding
    if (count === 0) {
      if (store.withdraw(id)) news.withdrawn++;
      continue;
    }
    if (isOptions) at += 2; // the scope field count: scope fields of IPFIX are ordinary fields
    const fields: TemplateField[] = [];
    at = readFields10(view, at, end, count, fields);
    if (at < 0) {
      news.isTruncated = true;
      break;
    }
    accept(compileTemplate(id, count > limits.templateFieldsMax ? [] : fields, isOptions, false), store, news);
  }
  return news;
}

/** Where the fields end; -1 when the set ends before. Keeps no more than the limit allows. */
function readFields10(view: DataView, at: number, end: number, count: number, fields: TemplateField[]): number {
  for (let field = 0; field < count; field++) {
    if (at + 4 > end) return -1;
    const id = view.getUint16(at);
    const bytes = view.getUint16(at + 2);
    at += 4;
    let enterprise = 0;
    if (id & 0x8000) {
      if (at + 4 > end) return -1;
      enterprise = view.getUint32(at);
      at += 4;
    }
    if (fields.length <= limits.templateFieldsMax) fields.push({ enterprise, id: id & 0x7fff, bytes });
  }
  return at;
}

function accept(template: Template | null, store: TemplateStore, news: TemplateNews): void {
  if (template === null) {
    news.refused++;
    return;
  }
  store.define(template);
  news.defined++;
}

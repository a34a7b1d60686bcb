// The baseline: what is usual in this hospital, learned from quiet days, kept in a file. It holds hashes and counts,
// no traffic: known contacts, known servers, addresses that were active, and hosts whose work is to touch many.

import type { Millis } from "../model/units.ts";
import type { Learned } from "./home.ts";
import { ContactMemory } from "./contact-memory.ts";
import type { Listeners } from "./listeners.ts";

/** How long a habit learned from traffic excuses many contacts. */
export const TALKER_VALID_MS = 30 * 24 * 3_600_000;

/** Rates below this are not told apart. */
const USUAL_PER_DAY_MIN = 0.1;
/** Benign first contacts that fail, as in likelihood.ts. */
const FAILED_SHARE_USUAL = 0.05;

/** What is less telling about one host than about others, nats. */
interface Habit {
  readonly lateral: number;
  readonly control: number;
  readonly failed: number;
}

/** ln(rate / usual rate), when the host is busier than usual. */
function habitOf(perDay: number, usualPerDay: number): number {
  return Math.max(0, Math.log(Math.max(perDay, USUAL_PER_DAY_MIN) / Math.max(USUAL_PER_DAY_MIN, usualPerDay)));
}

/** As written to the file. Numbers in base64 are little-endian Uint32. */
export interface BaselineFile {
  readonly schema: "cordon.baseline/1";
  readonly learnedFromMs: Millis;
  readonly learnedToMs: Millis;
  readonly hostDays: number;
  readonly scoredContactsPerDay: number;
  readonly contacts: string;
  readonly activeHosts: string;
  /** New contacts an ordinary host makes in a day: on lateral and log-on ports, and on ports of remote control. */
  readonly lateralPerDay: number;
  readonly controlPerDay: number;
  /** Fours: address hash, both rates per hundred days, how many of a hundred contacts failed; of hosts that make some. */
  readonly busy: string;
  /** Pairs: listener key, number of clients. */
  readonly servers: string;
  readonly talkers: readonly { readonly addressHash: number; readonly kind: string; readonly untilMs: Millis }[];
}

/** A baseline in use. */
export class Baseline implements Learned {
  readonly scoredContactsPerDay: number;
  readonly file: BaselineFile;
  readonly #contacts: ContactMemory;
  readonly #active: Set<number>;
  readonly #talkers: Map<number, Millis>;
  readonly #servers: Uint32Array;
  readonly #habits = new Map<number, Habit>();

  constructor(file: BaselineFile) {
    this.file = file;
    this.scoredContactsPerDay = file.scoredContactsPerDay;
    const keys = decodeWords(file.contacts);
    let slots = 1024;
    while (slots < keys.length * 4) slots *= 2;
    this.#contacts = new ContactMemory(Number.POSITIVE_INFINITY, slots);
    for (const key of keys) this.#contacts.see(key, 0);
    this.#active = new Set(decodeWords(file.activeHosts));
    this.#servers = decodeWords(file.servers);
    const busy = decodeWords(file.busy);
    for (let at = 0; at + 3 < busy.length; at += 4) {
      const lateral = habitOf(busy[at + 1] / 100, file.lateralPerDay);
      const control = habitOf(busy[at + 2] / 100, file.controlPerDay);
      const failed = Math.max(0, Math.log(busy[at + 3] / 100 / FAILED_SHARE_USUAL));
      if (lateral + control + failed > 0) this.#habits.set(busy[at], { lateral, control, failed });
    }
    this.#talkers = new Map(file.talkers.map((talker) => [talker.addressHash, talker.untilMs]));
  }

  /** Whether this contact was usual. */
  knows(key: number): boolean {
    return this.#contacts.peek(key) !== 0;
  }

  /**
   * How much less a new contact on a lateral or log-on port says about this host than about an ordinary one:
   * ln(its contacts per day / those of an ordinary host). An administrator's tenth machine of the day is no news.
   */
  habitWeight(addressHash: number, isControl: boolean): number {
    const habit = this.#habits.get(addressHash >>> 0);
    if (habit === undefined) return 0;
    return isControl ? habit.control : habit.lateral;
  }

  /** How much less a failed contact says about this host than about an ordinary one: ln(its share / the usual 5 %). */
  failureWeight(addressHash: number): number {
    return this.#habits.get(addressHash >>> 0)?.failed ?? 0;
  }

  talkerUntilMs(addressHash: number): Millis | null {
    return this.#talkers.get(addressHash) ?? null;
  }

  isActive(addressHash: number): boolean | null {
    return this.#active.size === 0 ? null : this.#active.has(addressHash >>> 0);
  }

  /** Puts the known servers back. */
  restore(state: { readonly listeners: Listeners }): void {
    for (let at = 0; at + 1 < this.#servers.length; at += 2)
      state.listeners.restore(this.#servers[at], this.#servers[at + 1]);
  }
}

const isWords = (value: unknown): boolean => typeof value === "string" && /^[A-Za-z0-9+/]*=*$/.test(value);
const isRate = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value) && value >= 0;
const isTalker = (value: unknown): boolean => {
  const talker = value as Partial<BaselineFile["talkers"][number]> | null;
  return isRate(talker?.addressHash ?? null) && typeof talker?.kind === "string" && isRate(talker.untilMs);
};
const words = "numbers in base64";
const rate = "a number that is not negative";

/** What each key must be; what is missing fails as well. */
const baselineRules: readonly (readonly [keyof BaselineFile, (value: unknown) => boolean, string])[] = [
  ["learnedFromMs", isRate, rate],
  ["learnedToMs", isRate, rate],
  ["hostDays", isRate, rate],
  ["scoredContactsPerDay", isRate, rate],
  ["lateralPerDay", isRate, rate],
  ["controlPerDay", isRate, rate],
  ["contacts", isWords, words],
  ["activeHosts", isWords, words],
  ["busy", isWords, words],
  ["servers", isWords, words],
  ["talkers", (value) => Array.isArray(value) && value.every(isTalker), "a list of addressHash, kind and untilMs"],
];

/**
 * Reads a baseline file.
 * @throws Error naming what is wrong, when the text is no baseline
 */
export function readBaseline(text: string, path: string): Baseline {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`Cannot read the baseline ${path}: the file must be JSON, got text that does not parse`);
  }
  const file = value as Partial<Record<keyof BaselineFile, unknown>> | null | undefined;
  if (file?.schema !== "cordon.baseline/1") {
    const got = typeof file?.schema === "string" ? file.schema : "no schema";
    throw new Error(`Cannot read the baseline ${path}: the schema must be cordon.baseline/1, got ${got}`);
  }
  for (const [key, isRight, rule] of baselineRules) {
    if (!isRight(file[key])) {
      throw new Error(`Cannot read the baseline ${path}: ${key} must be ${rule}, got ${JSON.stringify(file[key])}`);
    }
  }
  return new Baseline(value as BaselineFile);
}

export function encodeWords(words: Uint32Array): string {
  return Buffer.from(words.buffer, words.byteOffset, words.byteLength).toString("base64");
}

export function decodeWords(text: string): Uint32Array {
  const bytes = Buffer.from(text, "base64");
  const words = new Uint32Array(bytes.length >>> 2);
  for (let at = 0; at < words.length; at++) words[at] = bytes.readUInt32LE(at * 4);
  return words;
}

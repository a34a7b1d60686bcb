// A drawn case: text in, contacts with times, what is known beforehand, and the verdicts expected. The language is in
// README.md beside this file. Names become addresses that tell nothing: neighbours in a drawing are no neighbours.

import { formatIpv4 } from "../../src/model/address.ts";
import {
  OUTCOME_ANSWERED,
  OUTCOME_REFUSED,
  OUTCOME_UNANSWERED,
  OUTCOME_UNKNOWN,
  type Outcome,
  PROTOCOL_ARP,
  PROTOCOL_ICMP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
} from "../../src/model/flow.ts";
import type { HostRole } from "../../src/model/terrain.ts";

/** One drawn contact. */
export interface DrawnContact {
  readonly atMs: number;
  readonly source: string;
  readonly target: string;
  readonly protocol: number;
  readonly port: number;
  readonly outcome: Outcome;
  readonly bytes: number;
  /** What came back when it was answered. */
  readonly bytesBack: number;
}

export interface Drawing {
  readonly title: string;
  readonly stepMs: number;
  /** The quiet day before, for a baseline; empty when the case has none. */
  readonly before: readonly DrawnContact[];
  /** Contacts of the case, history of the same day first, by time. */
  readonly contacts: readonly DrawnContact[];
  /** Sources whose rows come in a batch of their own after all others. */
  readonly late: ReadonlySet<string>;
  readonly roles: ReadonlyMap<string, HostRole>;
  readonly declaredTalkers: ReadonlySet<string>;
  readonly mappedDark: ReadonlySet<string>;
  readonly expected: readonly string[];
  /** Verdicts that would be right and are not reached yet. */
  readonly gaps: readonly string[];
  addressOf(name: string): string;
}

export const ZERO_MS = Date.UTC(2026, 2, 10, 9);
const HOUR_MS = 3_600_000;
/** Contacts drawn in one cell follow each other at this distance, or closer when they would not fit. */
const CELL_GAP_MS = 50;

const outcomeSigns: Readonly<Record<string, Outcome>> = {
  "+": OUTCOME_ANSWERED,
  "!": OUTCOME_UNANSWERED,
  x: OUTCOME_REFUSED,
  "?": OUTCOME_UNKNOWN,
};
const outcomeWords: Readonly<Record<string, Outcome>> = {
  answered: OUTCOME_ANSWERED,
  unanswered: OUTCOME_UNANSWERED,
  refused: OUTCOME_REFUSED,
  unknown: OUTCOME_UNKNOWN,
};

/** `a`, `a,b` or `w1..w20` as names. */
export function namesOf(text: string): string[] {
  return text.split(",").flatMap((part) => {
    const range = /^([a-z]+)(\d+)\.\.\1(\d+)$/.exec(part);
    if (range === null) return [part];
    const [first, last] = [Number(range[2]), Number(range[3])];
    return Array.from({ length: last - first + 1 }, (_, index) => `${range[1]}${first + index}`);
  });
}

class Reader {
  stepMs = 1_000;
  port = { protocol: PROTOCOL_TCP as number, port: 445 };
  outcome: Outcome = OUTCOME_ANSWERED;
  header: number[] = [];
  readonly before: DrawnContact[] = [];
  readonly contacts: DrawnContact[] = [];
  readonly late = new Set<string>();
  readonly roles = new Map<string, HostRole>();
  readonly talkers = new Set<string>();
  readonly mappedDark = new Set<string>();
  readonly silent = new Set<string>();
  readonly outside = new Set<string>();
  readonly ordered = new Set<string>();
  readonly expected: string[] = [];
  readonly gaps: string[] = [];
  readonly #addresses = new Map<string, string>();

  /** Words that begin a line, with what the rest of the line means. */
  readonly words: Readonly<Record<string, (rest: string[]) => void>> = {
    step: ([seconds]) => {
      this.stepMs = Number(seconds) * 1_000;
    },
    port: ([text]) => {
      this.port = portOf(text);
    },
    outcome: ([word]) => {
      this.outcome = outcomeWords[word];
    },
    silent: (rest) => rest.flatMap(namesOf).forEach((name) => this.silent.add(name)),
    outside: (rest) => rest.flatMap(namesOf).forEach((name) => this.outside.add(name)),
    ordered: (rest) => rest.forEach((name) => this.ordered.add(name)),
    late: (rest) => rest.flatMap(namesOf).forEach((name) => this.late.add(name)),
    dark: (rest) => {
      for (const name of rest.flatMap(namesOf)) {
        this.silent.add(name);
        this.mappedDark.add(name);
      }
    },
    talker: (rest) => rest.flatMap(namesOf).forEach((name) => this.talkers.add(name)),
    role: ([role, ...rest]) => rest.flatMap(namesOf).forEach((name) => this.roles.set(name, role as HostRole)),
    before: (rest) => this.#pace(this.before, rest, -24 * HOUR_MS, 600),
    earlier: (rest) => this.#pace(this.contacts, rest, -HOUR_MS, 20),
    pace: (rest) => this.#pace(this.contacts, rest, 0, 1),
    expect: (rest) => this.expected.push(...verdictsOf(rest)),
    gap: (rest) => this.gaps.push(...verdictsOf(rest)),
  };

  /** `SOURCES >TARGETS … [every SECONDS] [from SECONDS] [rounds N]`: each target once a round, in order. */
  #pace(into: DrawnContact[], rest: readonly string[], beginMs: number, everySeconds: number): void {
    const setting = (word: string, otherwise: number): number => {
      const at = rest.indexOf(word);
      return at < 0 ? otherwise : Number(rest[at + 1]);
    };
    const everyMs = setting("every", everySeconds) * 1_000;
    const fromMs = beginMs + setting("from", 0) * 1_000;
    const rounds = setting("rounds", 1);
    namesOf(rest[0]).forEach((source, nth) => {
      let atMs = fromMs + nth * 370;
      for (let round = 0; round < rounds; round++)
        for (const text of rest.filter((word) => word.startsWith(">")))
          for (const contact of this.#contactsOf(source, text.slice(1))) {
            into.push({ ...contact, atMs: ZERO_MS + atMs });
            atMs += everyMs;
          }
    });
  }

  row(sources: readonly string[], cells: readonly string[]): void {
    sources.forEach((source, nth) => {
      cells.forEach((cell, column) => {
        if (cell === ".") return;
        if (!cell.startsWith(">")) throw new Error(`Cannot read a drawing: a cell must be . or >names, got ${cell}`);
        const contacts = this.#contactsOf(source, cell.slice(1));
        const gapMs = Math.min(CELL_GAP_MS, this.stepMs / contacts.length);
        const atMs = (this.header[column] ?? column) * this.stepMs + nth * 7;
        contacts.forEach((contact, index) => this.contacts.push({ ...contact, atMs: ZERO_MS + atMs + index * gapMs }));
      });
    });
  }

  /** `b`, `b,c!`, `w1..w9/3389?`, `b*800k`, `b<900k`: names, then port, outcome sign, bytes and bytes back. */
  #contactsOf(source: string, text: string): Omit<DrawnContact, "atMs">[] {
    return text.split(",").flatMap((part) => {
      const match = /^([a-z]+\d*(?:\.\.[a-z]+\d+)?)(?:\/([a-z]*\d*))?([+!x?])?(?:\*(\d+)(k?))?(?:<(\d+)(k?))?$/.exec(
        part,
      );
      if (match === null) throw new Error(`Cannot read a drawing: a contact must be names/port!, got ${part}`);
      const { protocol, port } = match[2] === undefined ? this.port : portOf(match[2]);
      return namesOf(match[1])
        .filter((target) => target !== source)
        .map((target) => {
          const outcome =
            match[3] === undefined
              ? this.silent.has(target)
                ? OUTCOME_UNANSWERED
                : this.outcome
              : outcomeSigns[match[3]];
          const [bytes, bytesBack] = [bytesOf(match[4], match[5], 1_200), bytesOf(match[6], match[7], 3_000)];
          return { source, target, protocol, port, outcome, bytes, bytesBack };
        });
    });
  }

  /**
   * `w7` is 10.(20 + nth group).(spread).(spread) of the number; `a` alone likewise; an `ordered` group is one /24 in
   * its own order; outside names are in 198.18.0.0/15 (RFC 2544).
   */
  addressOf(name: string): string {
    const known = this.#addresses.get(name);
    if (known !== undefined) return known;
    const [, group, digits] = /^([a-z]+)(\d*)$/.exec(name) as RegExpExecArray;
    const number = digits === "" ? 0 : Number(digits);
    let code = 7;
    for (const letter of group) code = (code * 31 + letter.charCodeAt(0)) % 251;
    const spread = (number * 89 + code * 17) % 65_000;
    const last = ((spread * 37) % 252) + 2;
    const word = this.outside.has(name)
      ? (198 << 24) + (18 << 16) + (code << 8) * 7 + ((number * 37) % 250) + 2 + (number >> 7) * 65_536
      : this.ordered.has(group)
        ? (10 << 24) + (200 << 16) + (code << 8) + number
        : (10 << 24) + ((20 + (code % 180)) << 16) + ((spread % 251) << 8) + last;
    const address = formatIpv4(word >>> 0);
    if ([...this.#addresses.values()].includes(address))
      throw new Error(`Two names have the address ${address}: ${name}`);
    this.#addresses.set(name, address);
    return address;
  }
}

/** `445`, `u161`, `arp` or `ping`. */
function bytesOf(digits: string | undefined, unit: string | undefined, otherwise: number): number {
  return digits === undefined ? otherwise : Number(digits) * (unit === "k" ? 1_000 : 1);
}

function portOf(text: string): { protocol: number; port: number } {
  if (text === "arp") return { protocol: PROTOCOL_ARP, port: 0 };
  if (text === "ping") return { protocol: PROTOCOL_ICMP, port: 8 * 256 };
  if (text.startsWith("u")) return { protocol: PROTOCOL_UDP, port: Number(text.slice(1)) };
  return { protocol: PROTOCOL_TCP, port: Number(text) };
}

function verdictsOf(rest: readonly string[]): string[] {
  return rest
    .join(" ")
    .split("·")
    .map((verdict) => verdict.trim())
    .filter((verdict) => verdict !== "");
}

/**
 * Reads a drawing.
 * @throws Error naming the line that is none
 */
export function readDrawing(text: string): Drawing {
  const reader = new Reader();
  let title = "";
  for (const line of text.split("\n")) {
    const bare = line.replace(/#.*$/, "").trim();
    if (line.startsWith("#") && title === "") title = line.replace(/^#\s*/, "");
    if (bare === "") continue;
    const [first, ...rest] = bare.split(/\s+/);
    if (/^\d/.test(first)) reader.header = [first, ...rest].map(Number);
    else if (Object.hasOwn(reader.words, first)) reader.words[first](rest);
    else reader.row(namesOf(first), rest);
  }
  const byTime = (a: DrawnContact, b: DrawnContact): number => a.atMs - b.atMs;
  return {
    title,
    stepMs: reader.stepMs,
    before: reader.before.sort(byTime),
    contacts: reader.contacts.sort(byTime),
    late: reader.late,
    roles: reader.roles,
    declaredTalkers: reader.talkers,
    mappedDark: reader.mappedDark,
    expected: reader.expected,
    gaps: reader.gaps,
    addressOf: (name) => reader.addressOf(name),
  };
}

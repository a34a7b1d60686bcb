// Runs a drawn case through a detector and compares the verdicts. A case is told in several ways (rows shuffled within
// a batch, a batch a row, every row twice, two rows a flow); the verdicts must be the same in each.

import { type Baseline, type BaselineFile, Detector, readBaseline } from "../../src/detection/detect.ts";
import { createRandom } from "../../src/kit/random.ts";
import { parseAddress } from "../../src/model/address.ts";
import { BatchWriter } from "../../src/model/batch.ts";
import {
  DIRECTION_SEEN,
  type FlowRecord,
  NOT_SEEN,
  OUTCOME_ANSWERED,
  OUTCOME_UNANSWERED,
  OUTCOME_UNKNOWN,
  PHASE_CLOSING,
  PHASE_OPENING,
  PHASE_WHOLE,
  writeFlow,
} from "../../src/model/flow.ts";
import { HostTable } from "../../src/model/host-table.ts";
import type { Detection } from "../../src/model/outbreak.ts";
import type { HostFacts, Terrain } from "../../src/model/terrain.ts";
import { type HostIndex, NO_SEGMENT, type SensorIndex } from "../../src/model/units.ts";
import { type Drawing, type DrawnContact, ZERO_MS } from "./drawing.ts";

export const tellings = ["whole", "shuffled", "row by row", "twice", "two phases"] as const;
export type Telling = (typeof tellings)[number];

export interface Verdict {
  readonly detection: Detection;
  readonly hosts: HostTable;
  /** Column of the drawing for a time. */
  columnOf(atMs: number): number;
}

/** Runs the case as told. Reports twice: asking must not change the answer. */
export function runDrawing(drawing: Drawing, telling: Telling, baseline = baselineOf(drawing)): Verdict {
  const hosts = new HostTable();
  const detector = new Detector({ hosts, terrain: terrainOf(drawing), baseline });
  const isLate = ({ source }: DrawnContact): boolean => drawing.late.has(source);
  feed(
    detector,
    hosts,
    drawing,
    drawing.contacts.filter((contact) => !isLate(contact)),
    telling,
  );
  feed(detector, hosts, drawing, drawing.contacts.filter(isLate), telling);
  const detection = detector.report();
  if (JSON.stringify(detector.report()) !== JSON.stringify(detection)) throw new Error("A second report differs");
  return { detection, hosts, columnOf: (atMs) => Math.floor((atMs - ZERO_MS) / drawing.stepMs) };
}

function baselineOf(drawing: Drawing): Baseline | null {
  return drawing.before.length === 0 ? null : readBaseline(JSON.stringify(baselineFileOf(drawing)), "drawn.json");
}

/** What the quiet day before the case teaches. */
export function baselineFileOf(drawing: Drawing): BaselineFile {
  const hosts = new HostTable();
  const detector = new Detector({ hosts, terrain: terrainOf(drawing) });
  feed(detector, hosts, drawing, drawing.before, "whole");
  return detector.baseline();
}

function terrainOf(drawing: Drawing): Terrain | null {
  const { roles, declaredTalkers, mappedDark } = drawing;
  if (roles.size + declaredTalkers.size + mappedDark.size === 0) return null;
  const facts = new Map<string, HostFacts>();
  for (const name of [...roles.keys(), ...declaredTalkers, ...mappedDark]) {
    facts.set(drawing.addressOf(name), {
      isInside: true,
      role: roles.get(name) ?? "unknown",
      segment: NO_SEGMENT,
      isDark: mappedDark.has(name),
      knownTalkerUntilMs: declaredTalkers.has(name) ? ZERO_MS + 1e9 : null,
    });
  }
  const unknown: HostFacts = {
    isInside: null,
    role: "unknown",
    segment: NO_SEGMENT,
    isDark: false,
    knownTalkerUntilMs: null,
  };
  return { factsOf: (hosts, host) => facts.get(hosts.format(host)) ?? unknown };
}

function feed(
  detector: Detector,
  hosts: HostTable,
  drawing: Drawing,
  contacts: readonly DrawnContact[],
  telling: Telling,
): void {
  const rows = contacts.flatMap((contact, nth) => rowsOf(contact, nth, telling));
  if (telling === "shuffled") {
    const random = createRandom(rows.length);
    for (let left = rows.length - 1; left > 0; left--) {
      const other = random.below(left + 1);
      [rows[left], rows[other]] = [rows[other], rows[left]];
    }
  } else if (telling === "two phases") rows.sort((a, b) => a.atMs - b.atMs);
  const capacity = telling === "row by row" ? 1 : Math.max(1, rows.length);
  const writer = new BatchWriter(hosts, (batch) => detector.feed(batch), capacity);
  for (const row of rows) {
    const at = writer.row();
    const { sourceName, targetName, ...record } = row;
    const source = internName(hosts, drawing, sourceName);
    const target = internName(hosts, drawing, targetName);
    writeFlow(writer.flows, at, { ...record, source, target });
  }
  writer.flush();
}

function internName(hosts: HostTable, drawing: Drawing, name: string): HostIndex {
  const address = parseAddress(drawing.addressOf(name));
  if (address === null) throw new Error(`No address for ${name}`);
  return hosts.intern(address);
}

type DrawnRow = Omit<FlowRecord, "source" | "target"> & { readonly sourceName: string; readonly targetName: string };

function rowsOf(contact: DrawnContact, nth: number, telling: Telling): DrawnRow[] {
  const { atMs, outcome, bytes } = contact;
  const isAnswered = outcome === OUTCOME_ANSWERED;
  const whole: DrawnRow = {
    atMs,
    startMs: atMs,
    durationMs: isAnswered ? 400 : 0,
    sourceName: contact.source,
    targetName: contact.target,
    sourcePort: 49_152 + (nth % 10_000),
    targetPort: contact.port,
    protocol: contact.protocol,
    phase: PHASE_WHOLE,
    outcome,
    direction: DIRECTION_SEEN,
    bytes: isAnswered || outcome === OUTCOME_UNKNOWN ? bytes : 180,
    packets: 4,
    bytesBack: isAnswered ? contact.bytesBack : outcome === OUTCOME_UNKNOWN ? NOT_SEEN : 0,
    packetsBack: isAnswered ? 4 : outcome === OUTCOME_UNKNOWN ? NOT_SEEN : 0,
    sensor: 0 as SensorIndex,
  };
  if (telling === "twice") return [whole, whole];
  if (telling !== "two phases") return [whole];
  const opening: DrawnRow = {
    ...whole,
    phase: PHASE_OPENING,
    outcome: OUTCOME_UNKNOWN,
    bytes: 60,
    bytesBack: NOT_SEEN,
  };
  if (outcome === OUTCOME_UNKNOWN) return [{ ...opening, bytes }];
  const lagMs = outcome === OUTCOME_UNANSWERED ? 3_000 : 1;
  return [opening, { ...whole, phase: PHASE_CLOSING, atMs: atMs + lagMs }];
}

/**
 * Whether a verdict of the drawing language holds; a sentence when it does not.
 * @param isTimed  compare columns too: a telling that shows outcomes later may flag later
 */
export function faultOf(verdict: string, drawing: Drawing, got: Verdict, isTimed: boolean): string | null {
  const { suspects, outbreaks, notables } = got.detection;
  const nameOf = (address: string): string =>
    drawn(drawing).find((name) => drawing.addressOf(name) === address) ?? address;
  const told = (): string =>
    `got ${suspects.map((s) => `${nameOf(s.address)} at ${got.columnOf(s.flaggedMs)}`).join(", ") || "no suspect"}; ` +
    outbreaks
      .map((o) => `${o.phase} ${o.edges.map((e) => `${named(e.from)}>${named(e.to)}`).join(" ")} of ${o.hosts.length}`)
      .join("; ");
  const named = (host: HostIndex): string => nameOf(got.hosts.format(host));
  const failed = `${verdict}: ${told()}`;
  const [word, ...rest] = verdict.split(" ");
  const suspectNames = new Set(suspects.map((suspect) => nameOf(suspect.address)));
  switch (word) {
    case "none":
      return suspects.length === 0 && outbreaks.length === 0 ? null : failed;
    case "only": {
      const names = rest
        .join(",")
        .split(",")
        .flatMap((text) => expand(text));
      return names.length === suspectNames.size && names.every((name) => suspectNames.has(name)) ? null : failed;
    }
    case "suspect": {
      const suspect = suspects.find(({ address }) => nameOf(address) === rest[0]);
      if (suspect === undefined) return failed;
      if (!isTimed || rest[1] === undefined) return null;
      const column = rest[1] === "from" ? got.columnOf(suspect.onsetMs) : got.columnOf(suspect.flaggedMs);
      const isRight = rest[1] === "by" ? column <= Number(rest[2]) : column === Number(rest[2]);
      return isRight ? null : `${failed}; column ${column}`;
    }
    case "unsuspected":
      return rest.flatMap(expand).some((name) => suspectNames.has(name)) ? failed : null;
    case "outbreak": {
      const path = rest[1].split(">");
      const isRight = outbreaks.some(
        (outbreak) =>
          outbreak.phase === rest[0] &&
          outbreak.hosts.some((host) => named(host) === path[0]) &&
          path
            .slice(1)
            .every((to, nth) => outbreak.edges.some((e) => named(e.from) === path[nth] && named(e.to) === to)),
      );
      return isRight ? null : failed;
    }
    case "outbreaks":
      return outbreaks.length === Number(rest[0]) ? null : failed;
    case "patient-zero":
      return outbreaks.some(({ patientZero }) => patientZero !== null && named(patientZero) === rest[0])
        ? null
        : failed;
    case "known-talker":
    case "notable": {
      const kind = word === "notable" ? rest[1] : word;
      const found = notables
        .filter((notable) => named(notable.host) === rest[0])
        .map((notable) => notable.kind as string);
      return found.includes(kind) ? null : `${verdict}: notables of ${rest[0]} are ${found.join(", ") || "none"}`;
    }
    case "counted":
      return suspects.every((s) => s.contactsToFlag >= 1 && s.onsetMs <= s.flaggedMs) ? null : failed;
    case "silence":
      return suspects.length + outbreaks.length + notables.length === 0
        ? null
        : `${failed}; ${notables.map((n) => `${named(n.host)} ${n.kind}`).join(", ")}`;
    default:
      throw new Error(`Cannot compare: a verdict must begin with a word of the language, got ${verdict}`);
  }
}

function expand(text: string): string[] {
  const range = /^([a-z]+)(\d+)\.\.\1(\d+)$/.exec(text);
  if (range === null) return [text];
  return Array.from(
    { length: Number(range[3]) - Number(range[2]) + 1 },
    (_, i) => `${range[1]}${Number(range[2]) + i}`,
  );
}

function drawn(drawing: Drawing): string[] {
  return [...new Set(drawing.contacts.flatMap(({ source, target }) => [source, target]))];
}

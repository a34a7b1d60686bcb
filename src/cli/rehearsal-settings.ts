// What `simulate`, `plan` and `walls` are asked with: a map or a scenario, a worm, a defender, where it began, what is
// ordered when. What is wrong with one of them is thrown as a sentence, `Cannot …`.

import { type Command, InvalidArgumentError, Option } from "commander";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { loadScenario, readWorm } from "../hospital/load.ts";
import { systemClock } from "../kit/clock.ts";
import { parseControl } from "../model/control.ts";
import type { HospitalMap } from "../model/map.ts";
import { placesOfHosts } from "../model/places.ts";
import type { DefenderProfile, OutbreakState, TimedOrder, WormProfile } from "../model/rehearsal.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Millis } from "../model/units.ts";
import { NO_SEGMENT } from "../model/units.ts";
import { defenders, worms } from "../simulation/simulate.ts";
import { readText, replaceFile } from "./files.ts";
import { readMapFile } from "./map-and-baseline.ts";
import type { ReportInput } from "./report-page.ts";

/** Flags of all three commands. */
export interface RehearsalFlags {
  readonly output: "text" | "json";
  readonly worm: string;
  readonly defender: string;
  readonly seed: number;
  readonly workers?: number;
  readonly report?: string;
  readonly lang: "en" | "fr";
  readonly quiet?: boolean;
  readonly color?: boolean;
}

const packageVersion = (createRequire(import.meta.url)("../../package.json") as { version: string }).version;

const wormNames = worms.map(({ id }) => id).join(", ");
const defenderNames = defenders.map(({ id }) => id).join(", ");
const seedDefault = 20_190_312;

/** Adds the flags that the three commands share. */
export function addRehearsalFlags(
  command: Command,
  { wormDefault = "sweep" }: { wormDefault?: string | null } = {},
): Command {
  const asked = `how it moves: ${wormNames}, or a YAML file of your own`;
  return command
    .addOption(new Option("-o, --output <form>", "form of the result").choices(["text", "json"]).default("text"))
    .option(
      "--worm <name>",
      wormDefault === null ? `${asked} (default: each in turn)` : asked,
      wormDefault ?? undefined,
    )
    .option("--defender <name>", `who answers: ${defenderNames}`, "watch-only")
    .option(
      "--seed <number>",
      "seed of chance: the same seed gives the same result",
      wholeNumber(0, 2 ** 32 - 1),
      seedDefault,
    )
    .option("--workers <number>", "threads (default: as many as processors)", wholeNumber(1, 64))
    .option("-q, --quiet", "no progress")
    .option("--no-color", "no colours (also with NO_COLOR)")
    .option("--report <file>", "also write a page to look at or print (HTML)")
    .addOption(
      new Option("--lang <language>", "language of the answer and of the report").choices(["en", "fr"]).default("en"),
    );
}

/** An argument that must be a whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`it must be a whole number from ${least} to ${most}, got ${text}`);
    }
    return value;
  };
}

/** An argument that must be a number above `least`, up to `most`. */
export function numberAbove(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !(value > least && value <= most)) {
      throw new InvalidArgumentError(`it must be a number above ${least} and up to ${most}, got ${text}`);
    }
    return value;
  };
}

/** For options given several times. */
export function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** Threads to play on: one is this thread alone, since starting another costs more than it brings. */
export function workersOf(flags: Pick<RehearsalFlags, "workers">): number {
  const workers = flags.workers ?? availableParallelism();
  return workers <= 1 ? 0 : workers;
}

/** A profile by its name, or a file of one's own. @throws `Cannot …` */
export async function wormOf(name: string): Promise<WormProfile> {
  const known = worms.find(({ id }) => id === name);
  if (known !== undefined) return known;
  if (!existsSync(name))
    throw new Error(`Cannot rehearse: the worm must be one of ${wormNames}, or a file, got ${name}`);
  const read = readWorm(await readText("the worm profile", name), name);
  if (!read.ok)
    throw new Error(
      `Cannot rehearse: ${name} must be free of faults, got ${read.faults.length}\n${read.faults.join("\n")}`,
    );
  return read.worm;
}

/** @throws `Cannot …` */
export function defenderOf(name: string): DefenderProfile {
  const known = defenders.find(({ id }) => id === name);
  if (known === undefined)
    throw new Error(`Cannot rehearse: the defender must be one of ${defenderNames}, got ${name}`);
  return known;
}

const scenarioFolder = fileURLToPath(new URL("../../examples/scenarios/", import.meta.url));

/** A bundled scenario by its name, or a file. @throws `Cannot …` with every fault on a line of its own */
export async function scenarioOf(name: string): Promise<Scenario> {
  const bundled = `${scenarioFolder}${basename(name)}.yaml`;
  const path = !existsSync(name) && existsSync(bundled) ? bundled : name;
  const loaded = loadScenario(await readText("the scenario", path), basename(path));
  if (!loaded.ok)
    throw new Error(
      `Cannot rehearse: ${path} must be free of faults, got ${loaded.faults.length}\n${loaded.faults.join("\n")}`,
    );
  return loaded.scenario;
}

/**
 * `isolate-building/b1@30`: a control, and when it takes effect in minutes; `@30-90` is lifted again, `@30~0.1` fails in
 * one run of ten. @throws `Cannot …`
 */
export function orderOf(text: string): TimedOrder {
  const match = /^(.+)@(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?(?:~(0?\.\d+|[01]))?$/.exec(text);
  const control = match === null ? null : parseControl(match[1]);
  const [at, lift] = [Number(match?.[2]), match?.[3] === undefined ? null : Number(match[3])];
  if (match === null || control === null || (lift !== null && lift <= at)) {
    const form =
      "a control and its minute, like isolate-building/b1@30 or close-port-within/all/tcp/445@5 (@5-60: lifted at 60; @5~0.1: fails one time in ten)";
    throw new Error(`Cannot rehearse: an order must be ${form}, got ${text}`);
  }
  return {
    control,
    atSeconds: at * 60,
    failureProbability: Number(match[4] ?? 0),
    liftSeconds: lift === null ? null : lift * 60,
  };
}

/** What a page is made of: the parts that a command has. */
type ReportParts = Partial<Pick<ReportInput, "forecast" | "plans" | "walls" | "replayed">>;

/** Writes the page to look at or to print, when one is asked for. */
export async function writeReportFile(
  flags: Pick<RehearsalFlags, "report" | "lang">,
  map: HospitalMap,
  parts: ReportParts,
): Promise<void> {
  if (flags.report === undefined) return;
  const { writeReport } = await import("./report-page.ts");
  const made = { madeAtMs: systemClock.nowMs(), version: packageVersion, language: flags.lang };
  const page = writeReport({ map, forecast: null, plans: null, walls: null, replayed: null, ...parts, ...made });
  await replaceFile("the report", flags.report, page);
}

/**
 * `ward=3,lab` (three hosts in one segment, one in another), or the result of `cordon inspect -o json`, whose suspects
 * are placed by their addresses. @throws `Cannot …`
 */
async function stateOf(
  map: HospitalMap,
  port: string,
  start: readonly string[],
  inspected: string | undefined,
): Promise<OutbreakState> {
  const infected = new Map<string, number>();
  const hosts: string[] = [];
  for (const each of start.flatMap((text) => text.split(","))) {
    const [segment, count = "1"] = each.split("=");
    if (!map.segments.some(({ id }) => id === segment) || !/^\d+$/.test(count) || Number(count) < 1) {
      const some = map.segments.slice(0, 5).map(({ id }) => id);
      throw new Error(
        `Cannot rehearse: --start must be SEGMENT or SEGMENT=COUNT with a segment of the map (${some.join(", ")}, …), got ${each}`,
      );
    }
    infected.set(segment, (infected.get(segment) ?? 0) + Number(count));
  }
  if (inspected !== undefined) {
    for (const address of suspectsOf(await readText("the result of inspect", inspected), inspected)) {
      const segment = placesOfHosts(map).segmentOfAddress(address);
      if (segment === NO_SEGMENT)
        throw new Error(`Cannot rehearse: every suspect must be in a segment of the map, got ${address}`);
      const { id } = map.segments[segment];
      infected.set(id, (infected.get(id) ?? 0) + 1);
      hosts.push(address);
    }
  }
  return {
    port,
    hosts,
    segments: [...infected].map(([segment, count]) => ({ segment, infected: count, isolated: 0, hiddenMean: 0 })),
  };
}

/** Where an outbreak stands, as `simulate` and `plan` are told: the map, who moves, who answers, what is infected. */
export interface Situation {
  readonly map: HospitalMap;
  readonly worm: WormProfile;
  readonly defender: DefenderProfile;
  readonly state: OutbreakState;
  readonly seed: number;
}

/** @throws `Cannot …` */
export async function situationOf(
  path: string,
  flags: RehearsalFlags & { readonly start: readonly string[]; readonly inspect?: string },
  nowMs: Millis,
): Promise<Situation> {
  const map = await readMapFile(path, nowMs);
  const worm = await wormOf(flags.worm);
  const state = await stateOf(map, worm.port, flags.start, flags.inspect);
  return { map, worm, defender: defenderOf(flags.defender), state, seed: flags.seed };
}

function suspectsOf(text: string, path: string): readonly string[] {
  try {
    const result = JSON.parse(text) as { schema?: unknown; suspects?: { address: string; outbreak: string | null }[] };
    if (result.schema === "cordon.inspect/1" && Array.isArray(result.suspects)) {
      return result.suspects.filter(({ outbreak }) => outbreak !== null).map(({ address }) => address);
    }
  } catch {
    // Said below.
  }
  throw new Error(`Cannot rehearse: --inspect must be what cordon inspect -o json writes, got ${path}`);
}

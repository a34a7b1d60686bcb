// Reading a scenario file: YAML in, a Scenario with its drawn map out, or every fault with where it stands.

import { z } from "zod";
import { comparisons, type Scenario } from "../model/scenario.ts";
import { crossingDefaults, type HospitalMap } from "../model/map.ts";
import type { Control } from "../model/control.ts";
import { mapOfEstate } from "./estate.ts";
import { timeZone } from "./schema.ts";
import { readYaml } from "./yaml-file.ts";

const text = z.string().min(1);
const count = z.int().min(0).max(1_000_000);
const paths = z.array(z.strictObject({ from: text, to: text, port: text })).default([]);

/** A control as a file writes it. */
export const controlSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("close-port-within"), within: text, port: text }),
  z.strictObject({ kind: z.literal("close-port"), around: text, port: text }),
  z.strictObject({ kind: z.literal("isolate-host"), host: text }),
  z.strictObject({ kind: z.literal("isolate-segment"), segment: text, except: paths }),
  z.strictObject({ kind: z.literal("isolate-building"), building: text, except: paths }),
  z.strictObject({ kind: z.literal("isolate-site"), site: text, except: paths }),
  z.strictObject({ kind: z.literal("cut-internet"), site: text.nullable().default(null) }),
]) satisfies z.ZodType<Control>;

const site = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/),
  buildings: z.int().min(1).max(200),
  workstations: count,
  medicalDevices: count.default(0),
  servers: count.default(5),
  consultationsPerDay: count.default(0),
});

function isLocalTime(value: string): boolean {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(value) && !Number.isNaN(Date.parse(`${value}Z`));
}

const textsSchema = z.strictObject({
  title: text,
  summary: text,
  events: z.array(text),
  published: z.array(z.strictObject({ what: text, unit: z.string().default("") })),
  unknown: z.array(text),
  tuned: z.array(text).default([]),
});

const scenarioSchema = z.strictObject({
  schema: z.literal("cordon.scenario/1"),
  id: z.string().regex(/^[a-z0-9-]{1,40}$/),
  title: text,
  date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  summary: text,
  estate: z.strictObject({
    sites: z.array(site).min(1).max(60),
    crossingDefault: z.enum(crossingDefaults),
    isFlat: z.boolean().default(false),
    timeZone,
  }),
  worm: text,
  defender: text,
  start: z.array(z.strictObject({ segment: text, infected: z.int().min(1).max(100_000) })).default([]),
  horizonMinutes: z.number().positive().max(100_000),
  beginsAt: z.string().refine(isLocalTime, { error: "a local time like 2019-03-12T09:00" }),
  events: z.array(
    z.strictObject({
      atMinutes: z.number().min(0),
      what: text,
      orders: z.array(controlSchema).default([]),
      sources: z.array(text).default([]),
    }),
  ),
  published: z.array(
    z.strictObject({
      what: text,
      value: z.number().nullable().default(null),
      unit: z.string().default(""),
      comparedWith: z.enum(comparisons).default("nothing"),
      sources: z.array(text).min(1),
    }),
  ),
  unknown: z.array(text).min(1),
  tuned: z.array(text).default([]),
  sources: z.array(z.strictObject({ id: text, title: text })).min(1),
  inFrench: textsSchema.nullable().default(null),
});

export type LoadedScenario =
  | { readonly ok: true; readonly scenario: Scenario }
  | { readonly ok: false; readonly faults: readonly string[] };

/** Reads a scenario file. Never throws on bad text. @param path how the file is called in messages */
export function loadScenario(textOfFile: string, path: string): LoadedScenario {
  const read = readYaml(textOfFile, "the scenario", path, scenarioSchema);
  if (!read.ok) return read;
  const { estate, schema: _, ...rest } = read.value;
  const map = mapOfEstate(rest.title, estate);
  const faults = [...unknownSegments(map, rest.start, path), ...unknownSources(rest, path), ...untoldTexts(rest, path)];
  return faults.length > 0 ? { ok: false, faults } : { ok: true, scenario: { ...rest, map } };
}

function unknownSegments(map: HospitalMap, start: Scenario["start"], path: string): string[] {
  const ids = new Set(map.segments.map((segment) => segment.id));
  return start
    .filter(({ segment }) => !ids.has(segment))
    .map(({ segment }) => {
      const some = [...ids].slice(0, 6).join(", ");
      return `${path}: Cannot read the scenario: start names segments of the estate (${some}, …), got ${segment}`;
    });
}

function unknownSources(scenario: Pick<Scenario, "events" | "published" | "sources">, path: string): string[] {
  const known = new Set(scenario.sources.map((source) => source.id));
  return [...scenario.events, ...scenario.published]
    .flatMap((each) => each.sources)
    .filter((source) => !known.has(source))
    .map((source) => `${path}: Cannot read the scenario: sources must list ${source}, which an event or figure cites`);
}

/** Another language says everything, one for one. */
function untoldTexts(scenario: Omit<Scenario, "map">, path: string): string[] {
  const { inFrench } = scenario;
  if (inFrench === null) return [];
  return (["events", "published", "unknown", "tuned"] as const)
    .filter((list) => inFrench[list].length !== scenario[list].length)
    .map(
      (list) =>
        `${path}: Cannot read the scenario: inFrench.${list} must have ${scenario[list].length} entries, got ${inFrench[list].length}`,
    );
}

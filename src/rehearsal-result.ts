// The published forms of what `simulate`, `plan`, `walls` and `--scenario` answer with -o json; docs/schemas/ is written from here
// by `npm run golden`. The types are the model's; a test validates every result against these.

import { z } from "zod";
import { type CareReason, serviceStates } from "./model/care.ts";
import type { Control } from "./model/control.ts";
import type { Forecast } from "./model/forecast.ts";
import { controlKinds } from "./model/map.ts";
import type { Plans } from "./model/plan.ts";
import type { TimedOrder } from "./model/rehearsal.ts";
import { comparisons } from "./model/scenario.ts";
import { type Walls, wallKinds } from "./model/walls.ts";
import type { Replay } from "./replay.ts";

const count = z.int().nonnegative();
const amount = z.number().nonnegative();
const share = z.number().min(0).max(1);
const many = <T extends z.ZodType>(element: T) => z.array(element).readonly();

const estimate = z
  .strictObject({ mean: z.number(), low: z.number(), high: z.number() })
  .describe("Mean with its 95 % interval");
const band = z
  .strictObject({ mean: many(amount), quantiles: many(many(amount)) })
  .describe("A value per time of atSeconds; quantiles at 5, 25, 50, 75 and 95 of 100");
const place = z.strictObject({ id: z.string(), hostCount: count, taken: band, takenAtEnd: estimate });
const boundary = z.strictObject({
  boundary: z.string().describe("segment:ID, building:ID, site:ID, or the id of a boundary of the map"),
  crossedProbability: estimate,
  crossedSeconds: z
    .tuple([amount, amount, amount])
    .readonly()
    .nullable()
    .describe("Quartile, median, quartile of the first crossing; null when nothing crossed in any run"),
});

const path = z.strictObject({ from: z.string(), to: z.string(), port: z.string() });
const except = many(path).describe("Conversations the cut leaves standing");
const control = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("close-port-within"), within: z.string(), port: z.string() }),
  z.strictObject({ kind: z.literal("close-port"), around: z.string(), port: z.string() }),
  z.strictObject({ kind: z.literal("isolate-host"), host: z.string() }),
  z.strictObject({ kind: z.literal("isolate-segment"), segment: z.string(), except }),
  z.strictObject({ kind: z.literal("isolate-building"), building: z.string(), except }),
  z.strictObject({ kind: z.literal("isolate-site"), site: z.string(), except }),
  z.strictObject({ kind: z.literal("cut-internet"), site: z.string().nullable() }),
]) satisfies z.ZodType<Control>;

const order = z.strictObject({
  control,
  atSeconds: amount.describe("When it takes effect, from the start"),
  failureProbability: share.describe("Chance that it never does: drawn in each run"),
  liftSeconds: amount.nullable().describe("When it is lifted; null for not within the rehearsal"),
}) satisfies z.ZodType<TimedOrder>;

export const forecastSchema = z.strictObject({
  schema: z.literal("cordon.forecast/1"),
  map: z.string(),
  worm: z.string(),
  defender: z.string(),
  seed: count,
  runs: count,
  isPrecise: z.boolean().describe("The runs ended because the answer was precise enough"),
  horizonSeconds: amount,
  atSeconds: many(amount),
  hospital: place,
  buildings: many(place),
  segments: many(place),
  boundaries: many(boundary),
  endedProbability: estimate,
  orders: many(order).optional().describe("What was ordered in this rehearsal, and when"),
}) satisfies z.ZodType<Forecast>;

const told = z.strictObject({ en: z.string(), fr: z.string() });
const approval = z.enum(["one-person", "two-people", "network-lead-and-care-lead"]);
const plannedControl = z.strictObject({
  id: z.string(),
  control,
  points: many(z.string()).describe("Enforcement points that would carry it out, best first; empty when nobody can"),
  applySeconds: amount,
  failureProbability: share,
  approval,
});
const needOption = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("path"), from: z.string(), to: z.string(), port: z.string() }),
  z.strictObject({ kind: z.literal("host"), host: z.string() }),
  z.strictObject({ kind: z.literal("service"), service: z.string() }),
  z.strictObject({ kind: z.literal("internet"), what: z.string() }),
]);
const needs = many(z.string()).describe("What suffers from it; empty for the service as a whole");
const named = z.strictObject({ kind: z.enum(controlKinds), place: z.string(), port: z.string().nullable() });
const reason = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("option-lost"), needs, option: needOption }),
  z.strictObject({ kind: z.literal("cut-off"), needs, option: needOption, cuts: many(named), more: count }),
  z.strictObject({ kind: z.literal("option-fails"), needs, option: needOption }),
  z.strictObject({ kind: z.literal("met-by"), needs, option: needOption }),
  z.strictObject({ kind: z.literal("service-keeps"), needs, service: z.string(), share }),
  z.strictObject({ kind: z.literal("hosts-lost"), needs, segment: z.string().nullable(), share }),
  z.strictObject({ kind: z.literal("stand-in"), needs, standIn: z.string(), inMinutes: count, share }),
  z.strictObject({ kind: z.literal("infection"), needs, probability: share, share }),
]) satisfies z.ZodType<CareReason>;
const reasons = many(reason).describe("What `because` says, as ids and figures: words are chosen where it is read");
const because = many(z.string()).describe("In English");
const impact = z.strictObject({
  service: z.string(),
  name: z.string(),
  state: z.enum(serviceStates),
  becauseOf: z.enum(["cut", "infection", "both"]),
  probability: share,
  because,
  reasons,
  people: many(z.string()).describe("Contact ids of the map to be told"),
});
const plan = z.strictObject({
  id: z.string(),
  title: told,
  controls: many(plannedControl),
  taken: estimate,
  saved: estimate,
  harm: estimate,
  harmOfCut: amount,
  services: many(impact),
  consultationsLostPerHalfDay: amount,
  applySeconds: amount,
  wayBack: told,
  approval,
  explanation: told,
  unknowns: many(told),
});

export const plansSchema = z.strictObject({
  schema: z.literal("cordon.plans/1"),
  map: z.string(),
  worm: z.string(),
  seed: count,
  runs: count,
  isPrecise: z
    .boolean()
    .describe("Half of every plan's interval, of hosts and of harm, is at most 5 % of what doing nothing costs"),
  widestInterval: amount.describe("The widest of those halves, as a share of what doing nothing costs"),
  horizonSeconds: amount,
  recommended: z.string(),
  plans: many(plan),
  solver: z.strictObject({ objective: z.number(), bound: z.number(), isOptimal: z.boolean(), seconds: amount }),
}) satisfies z.ZodType<Plans>;

const wall = z.strictObject({
  id: z.string(),
  kind: z.enum(wallKinds),
  port: z.string(),
  what: told,
  segmentCount: count,
  points: many(z.string()),
  services: many(z.string()),
  breaks: many(z.string()).describe("Services that need this port across it: give them another way first"),
  effort: amount,
  hostsSaved: estimate,
  harmSaved: estimate,
  harmSavedPerEffort: z.number(),
  byWorm: many(z.strictObject({ worm: z.string(), harmSaved: estimate })).describe(
    "Harm averted in the outbreaks of each worm; worms of another port are left out",
  ),
  runs: count,
});

export const wallsSchema = z.strictObject({
  schema: z.literal("cordon.walls/1"),
  map: z.string(),
  worms: many(z.string()),
  defender: z.string(),
  seed: count,
  horizonSeconds: amount,
  harmNow: estimate,
  walls: many(wall),
}) satisfies z.ZodType<Walls>;

const compared = z.strictObject({
  what: z.string(),
  value: z.number().nullable(),
  unit: z.string(),
  comparedWith: z.enum(comparisons),
  sources: many(z.string()),
  modelled: z
    .strictObject({ low: z.number(), middle: z.number(), high: z.number() })
    .nullable()
    .describe("Quantiles 5, 50 and 95 of 100; null when the model knows nothing of the kind"),
});

export const replaySchema = z.strictObject({
  schema: z.literal("cordon.replay/1"),
  scenario: z.string(),
  title: z.string(),
  date: z.string(),
  seed: count,
  asItWas: forecastSchema.nullable(),
  withoutCuts: forecastSchema.nullable(),
  compared: many(compared),
  services: many(
    z.strictObject({
      name: z.string(),
      state: z.enum(serviceStates),
      because: z.string().describe("In English"),
      reasons,
    }),
  ),
  unknown: many(z.string()),
  tuned: many(z.string()),
  sources: many(z.strictObject({ id: z.string(), title: z.string() })),
}) satisfies z.ZodType<Replay>;

/** The schema of a result as a JSON schema, for docs/schemas. */
export function publishedSchema(id: string, title: string, schema: z.ZodType): Record<string, unknown> {
  return { $id: id, title, ...z.toJSONSchema(schema, { target: "draft-2020-12" }) };
}

// A crisis that happened, played again: once as it was cut, once with nothing cut, and what both say beside what was
// published. Care is assessed on what is taken by the end, on average, under all the orders of the case.

import { compileCare } from "./care/assess.ts";
import { ZoneClock } from "./kit/zone-clock.ts";
import type { CareReason, ServiceState } from "./model/care.ts";
import type { Forecast } from "./model/forecast.ts";
import type { DefenderProfile, TimedOrder, WormProfile } from "./model/rehearsal.ts";
import type { PublishedFigure, Scenario } from "./model/scenario.ts";
import { type SimulateOptions, simulate } from "./simulation/simulate.ts";

/** What the model says beside one published figure; null when it knows nothing of the kind. */
export interface Compared extends PublishedFigure {
  readonly modelled: { readonly low: number; readonly middle: number; readonly high: number } | null;
}

export interface ReplayedService {
  readonly name: string;
  readonly state: ServiceState;
  /** In English; `reasons` says all of them as data. */
  readonly because: string;
  readonly reasons: readonly CareReason[];
}

export interface Replay {
  readonly schema: "cordon.replay/1";
  readonly scenario: string;
  readonly title: string;
  readonly date: string;
  readonly seed: number;
  /** Null when nothing got in. */
  readonly asItWas: Forecast | null;
  readonly withoutCuts: Forecast | null;
  readonly compared: readonly Compared[];
  /** Care at the end of the replay: services that are not normal, with the first reason. */
  readonly services: readonly ReplayedService[];
  readonly unknown: readonly string[];
  readonly tuned: readonly string[];
  readonly sources: Scenario["sources"];
}

export interface ReplayOptions extends SimulateOptions {
  readonly seed: number;
  readonly worm: WormProfile;
  readonly defender: DefenderProfile;
}

/** Plays the scenario with its orders and without. */
export async function replay(scenario: Scenario, options: ReplayOptions): Promise<Replay> {
  const orders = ordersOf(scenario);
  const { seed, worm, defender, ...simulateOptions } = options;
  const play = async (played: readonly TimedOrder[]): Promise<Forecast | null> =>
    scenario.start.length === 0
      ? null
      : {
          ...(await simulate(
            {
              map: scenario.map,
              worm,
              defender,
              state: {
                port: worm.port,
                hosts: [],
                segments: scenario.start.map((each) => ({ ...each, isolated: 0, hiddenMean: 0 })),
              },
              orders: played,
              seed,
              horizonSeconds: scenario.horizonMinutes * 60,
            },
            simulateOptions,
          )),
          orders: played,
        };
  const [asItWas, withoutCuts] = [await play(orders), await play([])];
  const care = careOver(scenario, asItWas);
  const isCut = orders.length > 0 ? Math.min(...orders.map(({ atSeconds }) => atSeconds)) / 60 : null;
  const modelledOf = ({ comparedWith }: PublishedFigure): Compared["modelled"] => {
    const exact = (value: number) => ({ low: value, middle: value, high: value });
    switch (comparedWith) {
      case "hosts-taken":
        return asItWas === null ? exact(0) : endOf(asItWas);
      case "consultations-lost":
        return exact(Math.round(care.consultationsLost));
      case "services-stopped":
        return exact(care.services.filter(({ state }) => state === "stopped" || state === "stand-in").length);
      case "minutes-to-cut":
        return isCut === null ? null : exact(isCut);
      case "nothing":
        return null;
    }
  };
  return {
    schema: "cordon.replay/1",
    scenario: scenario.id,
    title: scenario.title,
    date: scenario.date,
    seed,
    asItWas,
    withoutCuts,
    compared: scenario.published.map((figure) => ({ ...figure, modelled: modelledOf(figure) })),
    services: care.services,
    unknown: scenario.unknown,
    tuned: scenario.tuned,
    sources: scenario.sources,
  };
}

export function ordersOf(scenario: Scenario): readonly TimedOrder[] {
  return scenario.events.flatMap(({ atMinutes, orders }) =>
    orders.map((control) => ({ control, atSeconds: atMinutes * 60, failureProbability: 0, liftSeconds: null })),
  );
}

/** Hosts taken by the end: quantiles 5, 50 and 95 of 100. */
export function endOf({ hospital }: Forecast): { low: number; middle: number; high: number } {
  const [low, , middle, , high] = hospital.taken.quantiles.map((level) => level[level.length - 1] ?? 0);
  return { low, middle, high };
}

interface CareOver {
  readonly consultationsLost: number;
  readonly services: Replay["services"];
}

/**
 * Care under all the orders of the case and the share of machines taken by the end. Consultations are counted from the
 * first cut on, over the half-days that begin before the end (six at most); what fell before the cut is left out.
 */
function careOver(scenario: Scenario, forecast: Forecast | null): CareOver {
  const care = compileCare(scenario.map);
  const beginMs = new ZoneClock(scenario.map.timeZone).instantOf(Date.parse(`${scenario.beginsAt}Z`));
  const endMs = beginMs + scenario.horizonMinutes * 60_000;
  const sinceMs = beginMs + firstCut(scenario) * 1_000;
  const controls = ordersOf(scenario).map(({ control }) => control);
  const lost = { hosts: new Set<string>(), shareBySegment: sharesAtEnd(forecast) };
  const { consultations } = care.assess({ controls, lost, atMs: sinceMs, sinceMs });
  const { services } = care.assess({ controls, lost, atMs: endMs, sinceMs });
  return {
    consultationsLost: consultations.reduce((sum, half) => sum + (half.atMs < endMs ? half.lost : 0), 0),
    services: services
      .filter(({ state }) => state !== "normal")
      .map(({ name, state, because, reasons }) => ({ name, state, because: because[0] ?? "", reasons })),
  };
}

function firstCut(scenario: Scenario): number {
  return Math.min(...ordersOf(scenario).map(({ atSeconds }) => atSeconds), scenario.horizonMinutes * 60);
}

/** Share of the hosts of each segment taken at the end, on average. */
function sharesAtEnd(forecast: Forecast | null): ReadonlyMap<string, number> {
  const shares = new Map<string, number>();
  for (const { id, hostCount, takenAtEnd } of forecast?.segments ?? []) {
    if (hostCount > 0) shares.set(id, Math.min(1, takenAtEnd.mean / hostCount));
  }
  return shares;
}

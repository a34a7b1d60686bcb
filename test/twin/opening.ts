// How a run of the twins begins: every host of the map as an object, which of them the worm can take, which it has.

import type { Random } from "../../src/kit/random.ts";
import { type HostKind, hostKinds, hostsByKind, kindOfRole, placesOfHosts } from "../../src/model/places.ts";
import type { Rehearsal } from "../../src/simulation/simulate.ts";

/** Where the contract leaves a choice, the twins can be told which one to make. */
export interface TwinRules {
  /** Vulnerable hosts of a segment: of each kind its share, rounded; the shares rounded together; or each host tossed. */
  readonly vulnerable: "rounded" | "rounded-together" | "tossed";
  /** Hosts infected at the start: trying from the first second, or still to sleep their dormancy. */
  readonly start: "trying" | "dormant";
  /** Whether a host known to be infected at the start counts as flagged at that moment. */
  readonly knownAreFlagged: boolean;
  /** When all that a host would try is closed: it tries all the same and is seen, or it does not try. */
  readonly blockedTries: "made" | "not-made";
  /** Whether a host's tries at its own segment may fall on its own address. */
  readonly ownAddress: "tried" | "skipped";
}

/** The choices that the engine makes too. */
export const plainRules: TwinRules = {
  vulnerable: "rounded",
  start: "trying",
  knownAreFlagged: false,
  blockedTries: "not-made",
  ownAddress: "tried",
};

export interface OpeningHost {
  readonly segment: number;
  readonly kind: HostKind;
  /** Id of a host of the map; null for one that is only counted. */
  readonly id: string | null;
  isVulnerable: boolean;
  beginsAs: "well" | "known" | "isolated" | "hidden";
}

/** The hosts of every segment, drawn anew for one run. */
export function openRun(rehearsal: Rehearsal, rules: TwinRules, random: Random): OpeningHost[][] {
  const { map, state, worm } = rehearsal;
  const places = placesOfHosts(map);
  const knownIds = new Set(state.hosts.map((name) => places.hostOf(name)?.id));
  const segments = hostsByKind(map, places).map((counts, segment) => {
    const hosts: OpeningHost[] = [];
    for (const host of map.hosts) {
      if (places.segmentOf(host) !== segment) continue;
      hosts.push({ segment, kind: kindOfRole(host.role), id: host.id, isVulnerable: false, beginsAs: "well" });
    }
    for (const kind of hostKinds) {
      const named = hosts.filter((host) => host.kind === kind).length;
      for (let more = named; more < counts[kind]; more++) {
        hosts.push({ segment, kind, id: null, isVulnerable: false, beginsAs: "well" });
      }
    }
    shuffle(hosts, random);
    hosts.sort((a, b) => Number(knownIds.has(b.id ?? "")) - Number(knownIds.has(a.id ?? "")));
    return hosts;
  });
  segments.forEach((hosts, segment) => {
    const shareOf = (kind: HostKind): number => map.segments[segment].vulnerableShare ?? worm.vulnerableShare[kind];
    const groups = hostKinds.map((kind) => hosts.filter((host) => host.kind === kind));
    const wanted = groups.map((group, at) => group.length * shareOf(hostKinds[at]));
    const countsOf = {
      rounded: () => wanted.map(Math.round),
      "rounded-together": () => roundTogether(wanted),
      tossed: () => groups.map((group, at) => group.filter(() => random.chance(shareOf(hostKinds[at]))).length),
    };
    const counts = countsOf[rules.vulnerable]();
    groups.forEach((group, at) => {
      for (const host of group.slice(0, counts[at])) host.isVulnerable = true;
    });
  });
  for (const known of state.segments) {
    const segment = map.segments.findIndex((each) => each.id === known.segment);
    if (segment < 0) continue;
    const named = segments[segment].filter((host) => knownIds.has(host.id ?? ""));
    const others = segments[segment].filter((host) => !named.includes(host));
    shuffle(others, random);
    others.sort((a, b) => Number(b.isVulnerable) - Number(a.isVulnerable));
    const infected = [...named, ...others].slice(0, known.infected);
    for (const host of infected) host.beginsAs = "known";
    for (const host of infected) host.isVulnerable = true; // it has fallen, whatever its share says
    shuffle(infected, random);
    for (const host of infected.slice(0, known.isolated)) host.beginsAs = "isolated";
    const well = others.filter((host) => host.isVulnerable && host.beginsAs === "well");
    for (const host of well.slice(0, poisson(known.hiddenMean, random))) host.beginsAs = "hidden";
  }
  return segments;
}

/** Whole numbers that add up to the rounded sum: all rounded down, then the largest remainders up. */
export function roundTogether(values: readonly number[]): number[] {
  const whole = values.map((value) => Math.floor(value + 1e-9));
  const rest = Math.round(values.reduce((sum, value) => sum + value, 0)) - whole.reduce((sum, value) => sum + value, 0);
  const order = values.map((_, at) => at).sort((a, b) => values[b] - whole[b] - (values[a] - whole[a]));
  for (const at of order.slice(0, rest)) whole[at]++;
  return whole;
}

/** Counts how many exponential gaps of mean 1 fit into `mean`. */
export function poisson(mean: number, random: Random): number {
  let count = 0;
  for (let sum = random.exponential(1); sum < mean; sum += random.exponential(1)) count++;
  return count;
}

export function shuffle(list: unknown[], random: Random): void {
  for (let last = list.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [list[last], list[other]] = [list[other], list[last]];
  }
}

/** The seed of one run: neighbouring runs and seeds share nothing. */
export function seedOfRun(seed: number, run: number): number {
  let mixed = Math.imul(seed ^ 0x5bd1e995, 0x27d4eb2f) ^ Math.imul(run + 1, 0x165667b1);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}

// What a played run costs: hosts taken, and the care that cut and infection together take away over the horizon. Which
// named hosts fell is drawn with luck of the run alone, so that two plans lose the same server or neither.

import type { CompiledCare, Loss } from "../care/assess.ts";
import { combine32 } from "../kit/hash.ts";
import type { LostHosts } from "../model/care.ts";
import { scopeOfControl } from "../model/control.ts";
import { type HostKind, hostKinds, hostsByKind, kindOfRole } from "../model/places.ts";
import type { PlannedControl } from "../model/plan.ts";
import type { OutbreakState, TimedOrder, WormProfile } from "../model/rehearsal.ts";
import { NO_SEGMENT } from "../model/units.ts";
import type { RunSamples } from "../simulation/simulate.ts";
import { vulnerableShareOf } from "./care-terms.ts";
import type { Spread } from "./cut-question.ts";
import type { Ground } from "./ground.ts";
import { weights } from "./weights.ts";

/** Parts of the horizon at which care is assessed; early ones lie close, since an outbreak is quick. */
const lookParts = [1 / 12, 1 / 4, 1 / 2, 1];

/** The first is when the orders that two people agree to take effect. */
export const looksOf = (horizonSeconds: number): number[] => [
  Math.min(weights.approvalSeconds["two-people"], horizonSeconds / 48),
  ...lookParts.map((part) => part * horizonSeconds),
];

/** When a control takes effect: once those who must agree have, and the device has done it. */
export const effectSeconds = ({ applySeconds, approval }: PlannedControl): number =>
  weights.approvalSeconds[approval] + applySeconds;

/**
 * Orders of a rehearsal. Whether an order fails is drawn for those around what is infected; of the rest of a plan that
 * closes half the hospital some always fail, are seen and asked again, and a draw for each would only cost time.
 */
export function timedOrders(
  { map, inScope: placesIn }: Ground,
  state: OutbreakState,
  controls: readonly PlannedControl[],
): TimedOrder[] {
  const infected = map.segments.map(({ id }) => state.segments.some(({ segment }) => segment === id));
  return controls.map((planned) => {
    const scope = scopeOfControl(planned.control);
    const inScope = scope === null ? null : placesIn(scope);
    const isNear = inScope === null || scope === "internet" || infected.some((is, at) => is && inScope[at] === 1);
    return {
      control: planned.control,
      atSeconds: effectSeconds(planned),
      failureProbability: isNear ? planned.failureProbability : 0,
      liftSeconds: null,
    };
  });
}

/** Figures of a map and a worm that every plan is scored by. */
export interface ScoreTable {
  readonly hostCounts: Float64Array;
  /** Hosts of each segment that can be taken, and the mean harm of one of them. */
  readonly vulnerable: Float64Array;
  readonly harmPerTaken: Float64Array;
  readonly shareOf: (segment: number, kind: HostKind) => number;
}

export function scoreTableOf(ground: Ground, worm: WormProfile): ScoreTable {
  const count = ground.map.segments.length;
  const hostCounts = new Float64Array(count);
  const vulnerable = new Float64Array(count);
  const harmPerTaken = new Float64Array(count);
  const shareOf = (segment: number, kind: HostKind): number => vulnerableShareOf(ground, worm, segment, kind);
  hostsByKind(ground.map, ground.places).forEach((kinds, segment) => {
    for (const kind of hostKinds) {
      const some = kinds[kind] * shareOf(segment, kind);
      hostCounts[segment] += kinds[kind];
      vulnerable[segment] += some;
      harmPerTaken[segment] += some * weights.harmPerHost[kind];
    }
    harmPerTaken[segment] =
      vulnerable[segment] > 0 ? harmPerTaken[segment] / vulnerable[segment] : weights.harmPerHost.other;
  });
  return { hostCounts, vulnerable, harmPerTaken, shareOf };
}

/** Harm and hosts of every run of one plan, and what became of each service. */
export class PlanScore {
  readonly taken: number[] = [];
  readonly harm: number[] = [];
  /** Runs in which each service had lost a good part of itself at the end, and how its states were spread. */
  readonly hits: Uint32Array;
  readonly keptSum: Float64Array;
  readonly shareSum: Float64Array;
  /** At the first look: hosts taken in each segment, and runs in which they were more than are known. */
  readonly earlySum: Float64Array;
  readonly earlyMore: Uint32Array;
  readonly care: CompiledCare;
  readonly chosen: Uint8Array;
  private readonly table: ScoreTable;
  private readonly effects: readonly number[];
  private readonly hostSegments: readonly number[];
  private readonly hostKindsOf: readonly HostKind[];
  private readonly infected: ReadonlySet<number>;
  private readonly hostHits: Uint32Array;
  private readonly loss: Loss;
  private readonly seed: number;
  private readonly known: readonly number[];

  constructor(
    ground: Ground,
    table: ScoreTable,
    controls: readonly PlannedControl[],
    state: OutbreakState,
    seed: number,
  ) {
    this.table = table;
    this.seed = seed;
    this.care = ground.care.under(controls.map(({ control }) => control));
    this.effects = controls.map(effectSeconds);
    this.chosen = new Uint8Array(controls.length);
    const { hosts } = this.care;
    this.hostSegments = hosts.map((host) => ground.places.segmentOf(host));
    this.hostKindsOf = hosts.map((host) => kindOfRole(host.role));
    const known = new Set(state.hosts.map((name) => ground.places.hostOf(name)?.id));
    this.infected = new Set(hosts.flatMap((host, at) => (known.has(host.id) ? [at] : [])));
    this.hits = new Uint32Array(this.care.needs.length);
    this.keptSum = new Float64Array(this.care.needs.length);
    this.hostHits = new Uint32Array(hosts.length);
    this.shareSum = new Float64Array(table.hostCounts.length);
    this.earlySum = new Float64Array(table.hostCounts.length);
    this.earlyMore = new Uint32Array(table.hostCounts.length);
    this.known = ground.map.segments.map(({ id }) =>
      state.segments.reduce((sum, { segment, infected }) => (segment === id ? sum + infected : sum), 0),
    );
    this.loss = { hosts: new Uint8Array(hosts.length), shares: new Float64Array(table.hostCounts.length) };
  }

  add(samples: RunSamples): void {
    const { atSeconds, segmentCount } = samples;
    for (let run = 0; run < samples.runCount; run++) {
      let harm = 0;
      let from = 0;
      for (let look = 0; look < atSeconds.length; look++) {
        const row = (run * atSeconds.length + look) * segmentCount;
        this.lose(samples.taken.subarray(row, row + segmentCount), samples.fromRun + run);
        const middle = (from + atSeconds[look]) / 2;
        this.effects.forEach((at, control) => (this.chosen[control] = at <= middle ? 1 : 0));
        const hours = (atSeconds[look] - from) / 3600;
        harm += this.care.harmPerHour(this.chosen, this.loss, middle / 60) * hours;
        from = atSeconds[look];
      }
      this.countEarly(
        samples.taken.subarray(run * atSeconds.length * segmentCount, (run * atSeconds.length + 1) * segmentCount),
      );
      const last = (run * atSeconds.length + atSeconds.length - 1) * segmentCount;
      let taken = 0;
      for (let segment = 0; segment < segmentCount; segment++) {
        const count = samples.taken[last + segment];
        taken += count;
        harm += count * this.table.harmPerTaken[segment];
      }
      this.taken.push(taken);
      this.harm.push(harm);
      this.countHits(from / 60);
    }
  }

  /** Hosts lost in most runs and the mean share of each segment: what an average run leaves. */
  meanLoss(ids: readonly string[]): LostHosts {
    const runs = this.taken.length;
    return {
      hosts: new Set(this.care.hosts.filter((_, at) => this.hostHits[at] * 2 > runs).map(({ id }) => id)),
      shareBySegment: new Map(
        ids.flatMap((id, segment) =>
          this.shareSum[segment] > 0 ? [[id, Math.min(1, this.shareSum[segment] / runs)]] : [],
        ),
      ),
    };
  }

  /** What has spread by the time orders take effect. */
  spread(): Spread {
    const runs = this.taken.length;
    return {
      odds: Float64Array.from(this.earlyMore, (count) => count / runs),
      taken: this.earlySum.map((sum) => sum / runs),
    };
  }

  private countEarly(taken: Int32Array): void {
    for (let segment = 0; segment < taken.length; segment++) {
      this.earlySum[segment] += taken[segment];
      if (taken[segment] > this.known[segment]) this.earlyMore[segment]++;
    }
  }

  private countHits(minutes: number): void {
    const kept = this.care.keptOf(this.chosen, this.loss, minutes);
    for (let service = 0; service < kept.length; service++) {
      this.keptSum[service] += kept[service];
      if (kept[service] <= 1 - weights.hitShare) this.hits[service]++;
    }
    this.loss.hosts.forEach((is, host) => (this.hostHits[host] += is));
    this.loss.shares.forEach((share, segment) => (this.shareSum[segment] += share));
  }

  /** From counts to what care asks: the lost share of each segment, and which named hosts are among the taken. */
  private lose(taken: Int32Array, run: number): void {
    const { hostCounts, vulnerable, shareOf } = this.table;
    const { hosts, shares } = this.loss;
    for (let segment = 0; segment < shares.length; segment++) {
      shares[segment] = hostCounts[segment] > 0 ? Math.min(1, taken[segment] / hostCounts[segment]) : 0;
    }
    for (let host = 0; host < hosts.length; host++) {
      const segment = this.hostSegments[host];
      if (segment === NO_SEGMENT || vulnerable[segment] === 0) continue;
      const odds = Math.min(1, taken[segment] / vulnerable[segment]) * shareOf(segment, this.hostKindsOf[host]);
      const luck = (combine32(combine32(this.seed, run), host + 1) >>> 0) / 4_294_967_296;
      hosts[host] = this.infected.has(host) || luck < odds ? 1 : 0;
    }
  }
}

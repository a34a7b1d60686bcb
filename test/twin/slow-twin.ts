// The slow twin: the outbreak host by host and try by try, as the contract tells it, with plain objects and nothing
// clever (Gillespie's direct method, plus a list of what happens at known times). Slow, and easy to believe.

import { createRandom, type Random } from "../../src/kit/random.ts";
import type { Control } from "../../src/model/control.ts";
import type { Delay } from "../../src/model/rehearsal.ts";
import type { Rehearsal, RunSamples } from "../../src/simulation/simulate.ts";
import { openRun, plainRules, seedOfRun, type TwinRules } from "./opening.ts";
import { addressCountOf, type Line, linesOf, whoMayCall } from "./reachability.ts";

interface Host {
  readonly segment: number;
  readonly id: string | null;
  readonly isVulnerable: boolean;
  state: "well" | "dormant" | "trying" | "spent";
  /** Taken off the net by the automatic defence, for good. */
  isIsolated: boolean;
  /** Orders in force that take it off the net. */
  ordersAgainst: number;
  tries: number;
}

interface Planned {
  readonly atSeconds: number;
  readonly happen: () => void;
}

export interface RunResult {
  /** `taken[time][segment]`. */
  readonly taken: readonly (readonly number[])[];
  /** By position of `linesOf`; Infinity for never. */
  readonly crossedSeconds: readonly number[];
  readonly hasEnded: boolean;
  readonly tries: number;
}

/** Plays one run to the horizon. */
export function playSlowRun(
  rehearsal: Rehearsal,
  run: number,
  atSeconds: readonly number[],
  rules: TwinRules = plainRules,
): RunResult {
  const random = createRandom(seedOfRun(rehearsal.seed, run));
  return new SlowRun(rehearsal, rules, random).play(atSeconds);
}

class SlowRun {
  private readonly rehearsal: Rehearsal;
  private readonly rules: TwinRules;
  private readonly random: Random;
  private readonly lines: readonly Line[];
  private readonly segments: Host[][];
  /** Places a try can be aimed at, per segment; the first ones are the hosts. */
  private readonly sizes: readonly number[];
  private readonly taken: number[];
  private readonly crossedSeconds: number[];
  private readonly inForce: Control[] = [];
  private mayCall: readonly (readonly boolean[])[] = [];
  /** Per segment: tries per second at its own addresses, and at those of others, of one host that tries. */
  private localRates: readonly number[] = [];
  private remoteRates: readonly number[] = [];
  /** Per segment: addresses of other segments that may be called. */
  private reached: readonly number[] = [];
  private planned: Planned[] = [];
  private trying: Host[] = [];
  private nowSeconds = 0;
  private tries = 0;
  private wellCount: number;

  constructor(rehearsal: Rehearsal, rules: TwinRules, random: Random) {
    this.rehearsal = rehearsal;
    this.rules = rules;
    this.random = random;
    this.lines = linesOf(rehearsal.map);
    this.crossedSeconds = this.lines.map(() => Number.POSITIVE_INFINITY);
    const opening = openRun(rehearsal, rules, random);
    this.segments = opening.map((hosts) =>
      hosts.map(({ segment, id, isVulnerable }) => {
        return { segment, id, isVulnerable, state: "well", isIsolated: false, ordersAgainst: 0, tries: 0 };
      }),
    );
    this.wellCount = opening.flat().filter((host) => host.isVulnerable).length;
    this.sizes = rehearsal.map.segments.map((segment, at) =>
      rehearsal.worm.knowsHosts ? opening[at].length : addressCountOf(segment, opening[at].length),
    );
    this.taken = opening.map(() => 0);
    this.changeOrders(() => undefined);
    opening.forEach((hosts, segment) =>
      hosts.forEach(({ beginsAs }, at) => {
        const host = this.segments[segment][at];
        if (beginsAs === "well") return;
        if (beginsAs === "isolated") host.isIsolated = true;
        this.infect(host, rules.start === "trying");
        if (beginsAs === "known" && rules.knownAreFlagged) this.planIsolation(host, 0);
      }),
    );
    for (const order of rehearsal.orders) this.planOrder(order);
  }

  /** Direct method: the next try is exponential in the sum of all rates; what is planned comes first if it is sooner. */
  play(atSeconds: readonly number[]): RunResult {
    const taken: number[][] = [];
    const { horizonSeconds } = this.rehearsal;
    for (;;) {
      const rates = this.trying.map(({ segment }) => this.localRates[segment] + this.remoteRates[segment]);
      const total = rates.reduce((sum, rate) => sum + rate, 0);
      const nextTry = total > 0 ? this.nowSeconds + this.random.exponential(1 / total) : Number.POSITIVE_INFINITY;
      const nextPlanned = this.planned[0]?.atSeconds ?? Number.POSITIVE_INFINITY;
      const next = Math.min(nextTry, nextPlanned);
      while (taken.length < atSeconds.length && atSeconds[taken.length] < next) taken.push([...this.taken]);
      if (next > horizonSeconds || next === Number.POSITIVE_INFINITY || this.wellCount === 0) break;
      this.nowSeconds = next;
      if (nextPlanned <= nextTry) this.planned.shift()?.happen();
      else this.tryFrom(this.trying[this.pickBy(rates, total)]);
    }
    while (taken.length < atSeconds.length) taken.push([...this.taken]);
    return { taken, crossedSeconds: this.crossedSeconds, hasEnded: this.hasEnded(), tries: this.tries };
  }

  private pickBy(rates: readonly number[], total: number): number {
    let left = this.random.float() * total;
    const at = rates.findIndex((rate) => (left -= rate) < 0);
    return at < 0 ? rates.length - 1 : at;
  }

  private tryFrom(host: Host): void {
    const { defender, worm } = this.rehearsal;
    host.tries++;
    this.tries++;
    const isLocked = worm.triesUntilLockout !== null && host.tries > worm.triesUntilLockout;
    const target = this.drawTarget(host);
    if (target !== null && !isLocked && this.random.chance(this.chanceOf(host, target))) this.take(host, target);
    if (host.tries === defender.contactsToFlag) this.planIsolation(host, defender.telemetryDelaySeconds);
  }

  /**
   * Inside its segment a worm with few slots gets through so many tries a second: slots over the mean time of a try,
   * which is short at an address with nothing to take and long at a vulnerable host. What it is short of, it takes less.
   */
  private chanceOf(host: Host, target: Host): number {
    const { takeProbability, takesAtOnce, takeSeconds, localTriesPerSecond } = this.rehearsal.worm;
    if (takesAtOnce === null || takeSeconds === null || host.segment !== target.segment) return takeProbability;
    const hosts = this.segments[host.segment];
    const vulnerableShare = hosts.filter((each) => each.isVulnerable).length / this.sizes[host.segment];
    const emptySeconds = takesAtOnce / localTriesPerSecond;
    const meanSeconds = vulnerableShare * takeSeconds + (1 - vulnerableShare) * emptySeconds;
    return takeProbability * Math.min(1, takesAtOnce / meanSeconds / localTriesPerSecond);
  }

  /** Aims at one address; null when no host that could be taken is there. */
  private drawTarget(host: Host): Host | null {
    const [localRate, remoteRate] = [this.localRates[host.segment], this.remoteRates[host.segment]];
    const isLocal = this.random.float() * (localRate + remoteRate) < localRate;
    let segment = host.segment;
    if (isLocal) {
      if (!this.mayCall[segment][segment]) return null;
    } else {
      if (this.reached[host.segment] === 0) return null;
      let left = this.random.below(this.reached[host.segment]);
      segment = this.sizes.findIndex(
        (size, to) => to !== host.segment && this.mayCall[host.segment][to] && (left -= size) < 0,
      );
    }
    const target = this.segments[segment][this.drawAddress(host, segment)];
    if (target === undefined || !target.isVulnerable || target.state !== "well") return null;
    return target.ordersAgainst === 0 ? target : null;
  }

  private drawAddress(host: Host, segment: number): number {
    const size = this.sizes[segment];
    if (segment !== host.segment || this.rules.ownAddress === "tried") return this.random.below(size);
    if (size < 2) return -1;
    const address = this.random.below(size - 1);
    return address < this.segments[segment].indexOf(host) ? address : address + 1;
  }

  private take(from: Host, target: Host): void {
    this.lines.forEach(({ isWithin }, line) => {
      if (isWithin[target.segment] && !isWithin[from.segment]) {
        this.crossedSeconds[line] = Math.min(this.crossedSeconds[line], this.nowSeconds);
      }
    });
    this.infect(target, false);
  }

  private infect(host: Host, isAwake: boolean): void {
    this.taken[host.segment]++;
    this.wellCount--;
    if (isAwake) return this.wake(host);
    host.state = "dormant";
    this.plan(this.draw(this.rehearsal.worm.dormancy), () => this.wake(host));
  }

  private wake(host: Host): void {
    host.state = "trying";
    this.listTrying();
    const { activeSeconds } = this.rehearsal.worm;
    if (activeSeconds === null) return;
    this.plan(activeSeconds, () => {
      host.state = "spent";
      this.listTrying();
    });
  }

  private planIsolation(host: Host, knownAfterSeconds: number): void {
    const { isolateSeconds, isolateFailureProbability } = this.rehearsal.defender;
    if (isolateSeconds === null || this.random.chance(isolateFailureProbability)) return;
    this.plan(knownAfterSeconds + isolateSeconds, () => {
      host.isIsolated = true;
      this.listTrying();
    });
  }

  private planOrder(order: Rehearsal["orders"][number]): void {
    if (this.random.chance(order.failureProbability)) return;
    const { control, atSeconds, liftSeconds } = order;
    const aimedAt = control.kind === "isolate-host" ? this.hostNamed(control.host) : undefined;
    const change = (by: 1 | -1) => (): void => {
      if (aimedAt !== undefined) aimedAt.ordersAgainst += by;
      this.changeOrders(() => {
        if (by === 1) this.inForce.push(control);
        else this.inForce.splice(this.inForce.indexOf(control), 1);
      });
      this.listTrying();
    };
    this.plan(Math.max(0, atSeconds), change(1));
    if (liftSeconds !== null) this.plan(Math.max(atSeconds, liftSeconds), change(-1));
  }

  private hostNamed(name: string): Host | undefined {
    const { hosts } = this.rehearsal.map;
    const id = hosts.find((host) => host.id === name || host.addresses.includes(name))?.id;
    return this.segments.flat().find((host) => host.id !== null && host.id === id);
  }

  private changeOrders(change: () => void): void {
    change();
    const { map, worm } = this.rehearsal;
    const isMade = this.rules.blockedTries === "made";
    this.mayCall = whoMayCall(map, worm.port, this.inForce);
    this.reached = this.mayCall.map((row, from) =>
      this.sizes.reduce((sum, size, to) => (to !== from && row[to] ? sum + size : sum), 0),
    );
    this.localRates = this.mayCall.map((row, from) => (row[from] || isMade ? worm.localTriesPerSecond : 0));
    this.remoteRates = this.reached.map((reached) => (reached > 0 || isMade ? worm.remoteTriesPerSecond : 0));
  }

  private listTrying(): void {
    this.trying = this.segments
      .flat()
      .filter((host) => host.state === "trying" && !host.isIsolated && host.ordersAgainst === 0);
  }

  private plan(afterSeconds: number, happen: () => void): void {
    const atSeconds = this.nowSeconds + afterSeconds;
    const later = this.planned.findIndex((each) => each.atSeconds > atSeconds);
    this.planned.splice(later < 0 ? this.planned.length : later, 0, { atSeconds, happen });
  }

  private draw(delay: Delay): number {
    return delay.kind === "fixed" ? delay.meanSeconds : this.random.exponential(delay.meanSeconds);
  }

  /** Nothing more can happen: nobody is left to try, or nobody that the controls in force let him reach. */
  private hasEnded(): boolean {
    const lockout = this.rehearsal.worm.triesUntilLockout ?? Number.POSITIVE_INFINITY;
    const hosts = this.segments.flat();
    const isLeft = (host: Host): boolean => host.isVulnerable && host.state === "well" && host.ordersAgainst === 0;
    const spreaders = hosts.filter(
      (host) =>
        (host.state === "trying" || host.state === "dormant") &&
        !host.isIsolated &&
        host.ordersAgainst === 0 &&
        host.tries < lockout,
    );
    return !spreaders.some((from) => hosts.some((to) => isLeft(to) && this.mayCall[from.segment][to.segment]));
  }
}

/** Many runs, in the shape the engine gives. */
export function playSlowRuns(
  rehearsal: Rehearsal,
  fromRun: number,
  toRun: number,
  atSeconds: readonly number[],
  rules: TwinRules = plainRules,
): RunSamples {
  const play = (run: number): RunResult => playSlowRun(rehearsal, run, atSeconds, rules);
  return samplesOf(rehearsal, fromRun, toRun, atSeconds, play);
}

export function samplesOf(
  rehearsal: Rehearsal,
  fromRun: number,
  toRun: number,
  atSeconds: readonly number[],
  play: (run: number) => RunResult,
): RunSamples {
  const results = Array.from({ length: toRun - fromRun }, (_, at) => play(fromRun + at));
  return {
    fromRun,
    runCount: results.length,
    atSeconds,
    segmentCount: rehearsal.map.segments.length,
    taken: Int32Array.from(results.flatMap((result) => result.taken.flat())),
    boundaries: linesOf(rehearsal.map).map((line) => line.id),
    crossedSeconds: Float64Array.from(results.flatMap((result) => result.crossedSeconds)),
    hasEnded: Uint8Array.from(results, (result) => Number(result.hasEnded)),
  };
}

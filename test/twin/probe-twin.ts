// The probe twin: every single try of a worm that sweeps its own /24 in ascending order with few tries open at once, and
// tries random addresses elsewhere. A host is played ahead, try by try, until a try that could matter to somebody else
// (at a vulnerable host) or an order; only those wait in a queue. Tries at nothing only cost time, a slot and a count.

import { createRandom, type Random } from "../../src/kit/random.ts";
import type { Control } from "../../src/model/control.ts";
import type { Delay } from "../../src/model/rehearsal.ts";
import type { Rehearsal, RunSamples } from "../../src/simulation/simulate.ts";
import { openRun, plainRules, seedOfRun, type TwinRules } from "./opening.ts";
import { ProbeEvents } from "./probe-events.ts";
import { addressCountOf, type Line, linesOf, whoMayCall } from "./reachability.ts";
import { type RunResult, samplesOf } from "./slow-twin.ts";

/** How the sweep of the own /24 goes: figures of notes on WannaCry's thread loop (see simulation-twins.md). */
export interface SweepPace {
  /** Tries open at once. */
  readonly opensMax: number;
  /** Between two starts, and between two looks for a free slot when all are open. */
  readonly gapSeconds: number;
  readonly fullSeconds: number;
  /** A try at an address where nothing can be taken. */
  readonly emptySeconds: number;
  /** A try at a host that is taken already: it answers, is asked whether it is taken, and is left alone. */
  readonly takenSeconds: number;
  /** Mean of the exponential time a try at a vulnerable host takes, local or remote. */
  readonly takeMeanSeconds: number;
  /** From being taken to the first try, of a profile with slots: its own dormancy is fitted to counts. */
  readonly dormancySeconds: number;
}

export const wannaCryPace: SweepPace = {
  opensMax: 10,
  gapSeconds: 0.05,
  fullSeconds: 0.1,
  emptySeconds: 1,
  takenSeconds: 3,
  takeMeanSeconds: 45,
  dormancySeconds: 15,
};

const BLOCK = 256; // a sweep covers the /24 its host is in, or its segment when that is smaller

// States of a host.
const WELL = 0;
const DORMANT = 1;
const TRYING = 2;
const SPENT = 3; // given up; it still answers
const DONE = 4; // isolated

// Kinds of event.
const RESUME = 0; // the host goes on trying
const LOCAL_TRY = 1; // its sweep has come to a vulnerable host
const REMOTE_TRY = 2;
const TAKE = 3; // a try has lasted long enough
const WAKE = 4;
const ISOLATE = 5;
const GIVE_UP = 6;

export interface ProbeResult extends RunResult {
  /** Hosts in the order they were taken and when. */
  readonly takenAtSeconds: readonly number[];
}

/** Plays one run to the horizon. The worm's own figures hold for all but the sweep: `localTriesPerSecond` 0 means none. */
export function playProbeRun(
  rehearsal: Rehearsal,
  run: number,
  atSeconds: readonly number[],
  pace: SweepPace = wannaCryPace,
  rules: TwinRules = plainRules,
): ProbeResult {
  return new ProbeRun(rehearsal, createRandom(seedOfRun(rehearsal.seed, run)), pace, rules).play(atSeconds);
}

export function playProbeRuns(
  rehearsal: Rehearsal,
  fromRun: number,
  toRun: number,
  atSeconds: readonly number[],
  pace: SweepPace = wannaCryPace,
  rules: TwinRules = plainRules,
): RunSamples {
  return samplesOf(rehearsal, fromRun, toRun, atSeconds, (run) => playProbeRun(rehearsal, run, atSeconds, pace, rules));
}

interface Turn {
  readonly atSeconds: number;
  readonly control: Control;
  readonly isApplied: boolean;
  readonly host: number;
}

class ProbeRun {
  private readonly rehearsal: Rehearsal;
  private readonly random: Random;
  private readonly pace: SweepPace;
  private readonly events = new ProbeEvents();
  private readonly lines: readonly Line[];
  private readonly crossedSeconds: number[];
  private readonly taken: number[];
  private readonly takenAtSeconds: number[] = [];
  // Per segment.
  private readonly firstAddress: Int32Array;
  private readonly sizes: Int32Array;
  private mayCall: boolean[][] = [];
  /** Row per segment: addresses that may be called in segments 0 to the column, its own left out. */
  private reachedUpTo: Int32Array[] = [];
  // Per address: the vulnerable host there, or -1.
  private readonly occupant: Int32Array;
  // Per host.
  private readonly segment: Int32Array;
  private readonly address: Int32Array;
  private readonly state: Uint8Array;
  private readonly ordersAgainst: Uint8Array;
  private readonly isPaused: Uint8Array;
  private readonly tries: Int32Array;
  private readonly sweepAt: Int32Array;
  private readonly localSeconds: Float64Array;
  private readonly remoteSeconds: Float64Array;
  private readonly freeSeconds: Float64Array;
  private readonly turns: Turn[];
  private readonly inForce: Control[] = [];
  private barrierSeconds = Number.POSITIVE_INFINITY;
  private nowSeconds = 0;
  private triesMade = 0;
  private wellCount = 0;

  constructor(rehearsal: Rehearsal, random: Random, pace: SweepPace, rules: TwinRules) {
    this.rehearsal = rehearsal;
    this.random = random;
    this.pace = pace;
    const { map, worm } = rehearsal;
    const opening = openRun(rehearsal, rules, random);
    const hosts = opening.flat();
    this.lines = linesOf(map);
    this.crossedSeconds = this.lines.map(() => Number.POSITIVE_INFINITY);
    this.taken = map.segments.map(() => 0);
    this.sizes = Int32Array.from(map.segments, (segment, at) =>
      worm.knowsHosts ? opening[at].length : addressCountOf(segment, opening[at].length),
    );
    this.firstAddress = new Int32Array(this.sizes.length);
    for (let at = 1; at < this.sizes.length; at++) {
      this.firstAddress[at] = this.firstAddress[at - 1] + this.sizes[at - 1];
    }
    this.occupant = new Int32Array(this.sizes.reduce((sum, size) => sum + size, 0)).fill(-1);
    this.segment = Int32Array.from(hosts, (host) => host.segment);
    this.address = new Int32Array(hosts.length);
    this.state = new Uint8Array(hosts.length);
    this.ordersAgainst = new Uint8Array(hosts.length);
    this.isPaused = new Uint8Array(hosts.length);
    this.tries = new Int32Array(hosts.length);
    this.sweepAt = new Int32Array(hosts.length);
    this.localSeconds = new Float64Array(hosts.length);
    this.remoteSeconds = new Float64Array(hosts.length);
    this.freeSeconds = new Float64Array(hosts.length * pace.opensMax);
    this.placeHosts(hosts.map((host) => host.isVulnerable));
    this.turns = this.drawTurns(hosts.map((host) => host.id));
    this.changeReach();
    hosts.forEach(({ beginsAs }, host) => {
      if (beginsAs === "well") return;
      this.infect(host, rules.start === "trying");
      if (beginsAs === "isolated") this.state[host] = DONE;
      if (beginsAs === "known" && rules.knownAreFlagged) this.planIsolation(host, 0);
    });
  }

  play(atSeconds: readonly number[]): ProbeResult {
    const { horizonSeconds } = this.rehearsal;
    const taken: number[][] = [];
    for (;;) {
      const turn = this.turns[0];
      this.barrierSeconds = Math.min(turn?.atSeconds ?? Number.POSITIVE_INFINITY, horizonSeconds);
      const isTurn = turn !== undefined && turn.atSeconds <= this.events.nextSeconds;
      const next = isTurn ? turn.atSeconds : this.events.nextSeconds;
      while (taken.length < atSeconds.length && atSeconds[taken.length] < next) taken.push([...this.taken]);
      if (next >= horizonSeconds || this.wellCount === 0) break;
      this.nowSeconds = next;
      if (isTurn) this.applyTurn(turn);
      else this.handleNext();
    }
    while (taken.length < atSeconds.length) taken.push([...this.taken]);
    const { crossedSeconds, takenAtSeconds, triesMade: tries } = this;
    return { taken, crossedSeconds, hasEnded: this.hasEnded(), tries, takenAtSeconds };
  }

  private handleNext(): void {
    const { nextKind: kind, nextHost: host, nextTarget: target } = this.events;
    this.events.pop();
    switch (kind) {
      case RESUME:
        return this.goOn(host);
      case LOCAL_TRY:
      case REMOTE_TRY:
        this.tryAt(host, target, kind === LOCAL_TRY);
        return this.goOn(host);
      case TAKE:
        return this.take(host, target);
      case WAKE:
        return this.wake(host);
      case GIVE_UP:
        if (this.state[host] === TRYING) this.state[host] = SPENT;
        return;
      default:
        this.state[host] = DONE; // ISOLATE
    }
  }

  /** Plays the host's tries until one may take somebody, or an order changes what it can reach. */
  private goOn(host: number): void {
    if (this.state[host] !== TRYING) return;
    if (this.ordersAgainst[host] > 0) {
      this.isPaused[host] = 1;
      return;
    }
    const { worm, defender } = this.rehearsal;
    const { random, pace, barrierSeconds } = this;
    const segment = this.segment[host];
    const first = this.firstAddress[segment];
    const block = first + (this.address[host] - first - ((this.address[host] - first) % BLOCK));
    const end = worm.localTriesPerSecond > 0 ? Math.min(block + BLOCK, first + this.sizes[segment]) : block;
    const reached = this.reachedUpTo[segment];
    const reachedCount = reached[reached.length - 1];
    const slots = host * pace.opensMax;
    const lockout = worm.triesUntilLockout ?? Number.POSITIVE_INFINITY;
    let localSeconds = block + this.sweepAt[host] < end ? this.localSeconds[host] : Number.POSITIVE_INFINITY;
    let remoteSeconds = worm.remoteTriesPerSecond > 0 ? this.remoteSeconds[host] : Number.POSITIVE_INFINITY;
    for (;;) {
      const seconds = Math.min(localSeconds, remoteSeconds);
      if (seconds >= barrierSeconds) {
        if (seconds < Number.POSITIVE_INFINITY) this.events.push(barrierSeconds, RESUME, host, -1);
        break;
      }
      const count = ++this.tries[host];
      this.triesMade++;
      if (count === defender.contactsToFlag) {
        this.planIsolation(host, seconds - this.nowSeconds + defender.telemetryDelaySeconds);
      }
      if (count > lockout && count > defender.contactsToFlag) break; // it can do nothing more, nor be seen anew
      if (localSeconds <= remoteSeconds) {
        const target = this.occupant[block + this.sweepAt[host]++];
        if (target >= 0 && target !== host && count <= lockout) {
          this.events.push(localSeconds, LOCAL_TRY, host, target);
          break; // what the slot is worth is known only then
        }
        localSeconds = this.openSlot(slots, localSeconds, pace.emptySeconds);
        if (block + this.sweepAt[host] >= end) localSeconds = Number.POSITIVE_INFINITY;
      } else {
        remoteSeconds += random.exponential(1 / worm.remoteTriesPerSecond);
        if (reachedCount === 0) continue;
        const target = this.occupant[this.remoteAddress(reached, random.below(reachedCount))];
        if (target >= 0 && this.state[target] === WELL && count <= lockout) {
          this.events.push(seconds, REMOTE_TRY, host, target);
          break;
        }
      }
    }
    this.localSeconds[host] = localSeconds;
    this.remoteSeconds[host] = remoteSeconds;
  }

  /** Occupies the slot that is free first. @returns when the next try may start */
  private openSlot(slots: number, startSeconds: number, busySeconds: number): number {
    const { freeSeconds, pace } = this;
    let [free, after] = [slots, Number.POSITIVE_INFINITY];
    for (let slot = slots; slot < slots + pace.opensMax; slot++) if (freeSeconds[slot] < freeSeconds[free]) free = slot;
    freeSeconds[free] = startSeconds + busySeconds;
    for (let slot = slots; slot < slots + pace.opensMax; slot++) after = Math.min(after, freeSeconds[slot]);
    const next = startSeconds + pace.gapSeconds;
    return after <= next ? next : next + Math.ceil((after - next) / pace.fullSeconds) * pace.fullSeconds;
  }

  /** The address that is number `nth` of those that may be called. */
  private remoteAddress(reached: Int32Array, nth: number): number {
    let [low, high] = [0, reached.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (reached[middle] > nth) high = middle;
      else low = middle + 1;
    }
    return this.firstAddress[low] + nth - (low > 0 ? reached[low - 1] : 0);
  }

  private tryAt(host: number, target: number, isLocal: boolean): void {
    const { pace, random } = this;
    if (this.state[host] !== TRYING || this.ordersAgainst[host] > 0) return;
    const isOpen = this.mayCall[this.segment[host]][this.segment[target]];
    const isThere = isOpen && this.ordersAgainst[target] === 0 && this.state[target] !== DONE;
    const isTakeable = isThere && this.state[target] === WELL;
    const idleSeconds = isThere ? pace.takenSeconds : pace.emptySeconds;
    const busySeconds = isTakeable ? random.exponential(pace.takeMeanSeconds) : idleSeconds;
    if (isTakeable && random.chance(this.rehearsal.worm.takeProbability)) {
      this.events.push(this.nowSeconds + busySeconds, TAKE, host, target);
    }
    if (isLocal) this.localSeconds[host] = this.openSlot(host * pace.opensMax, this.nowSeconds, busySeconds);
  }

  /** A try ends well unless one of the two was taken off the net, or their way closed, meanwhile. */
  private take(host: number, target: number): void {
    if (this.state[target] !== WELL || this.ordersAgainst[target] > 0 || this.ordersAgainst[host] > 0) return;
    if (this.state[host] !== TRYING || !this.mayCall[this.segment[host]][this.segment[target]]) return;
    this.lines.forEach(({ isWithin }, line) => {
      if (isWithin[this.segment[target]] && !isWithin[this.segment[host]]) {
        this.crossedSeconds[line] = Math.min(this.crossedSeconds[line], this.nowSeconds);
      }
    });
    this.infect(target, false);
  }

  private infect(host: number, isAwake: boolean): void {
    const { worm } = this.rehearsal;
    const isFitted = worm.takesAtOnce !== null;
    const dormancy: Delay = isFitted ? { meanSeconds: this.pace.dormancySeconds, kind: "fixed" } : worm.dormancy;
    this.wellCount--;
    this.taken[this.segment[host]]++;
    this.takenAtSeconds.push(this.nowSeconds);
    this.state[host] = DORMANT;
    const mean = dormancy.meanSeconds;
    const seconds = isAwake ? 0 : dormancy.kind === "fixed" ? mean : this.random.exponential(mean);
    this.events.push(this.nowSeconds + seconds, WAKE, host, -1);
  }

  private wake(host: number): void {
    const { activeSeconds, remoteTriesPerSecond } = this.rehearsal.worm;
    if (this.state[host] !== DORMANT) return;
    this.state[host] = TRYING;
    this.localSeconds[host] = this.nowSeconds;
    this.remoteSeconds[host] = this.nowSeconds + this.random.exponential(1 / remoteTriesPerSecond);
    if (activeSeconds !== null) this.events.push(this.nowSeconds + activeSeconds, GIVE_UP, host, -1);
    this.goOn(host);
  }

  private planIsolation(host: number, afterSeconds: number): void {
    const { isolateSeconds, isolateFailureProbability } = this.rehearsal.defender;
    if (isolateSeconds === null || this.random.chance(isolateFailureProbability)) return;
    this.events.push(this.nowSeconds + afterSeconds + isolateSeconds, ISOLATE, host, -1);
  }

  private placeHosts(isVulnerable: readonly boolean[]): void {
    const free = Array.from(this.sizes, (size, at) =>
      Array.from({ length: size }, (_, nth) => this.firstAddress[at] + nth),
    );
    this.segment.forEach((segment, host) => {
      const left = free[segment];
      const nth = this.random.below(left.length);
      this.address[host] = left[nth];
      left[nth] = left[left.length - 1];
      left.pop();
      if (!isVulnerable[host]) return;
      this.occupant[this.address[host]] = host;
      this.wellCount++;
    });
  }

  private drawTurns(ids: readonly (string | null)[]): Turn[] {
    const { orders, map } = this.rehearsal;
    return orders
      .flatMap(({ control, atSeconds, liftSeconds, failureProbability }): Turn[] => {
        const hasFailed = this.random.chance(failureProbability);
        const name = control.kind === "isolate-host" ? control.host : null;
        const id = map.hosts.find((each) => each.id === name || each.addresses.includes(name ?? ""))?.id;
        const host = id === undefined ? -1 : ids.indexOf(id);
        const applied = { atSeconds: Math.max(0, atSeconds), control, isApplied: true, host };
        if (hasFailed) return [];
        return liftSeconds === null ? [applied] : [applied, { ...applied, atSeconds: liftSeconds, isApplied: false }];
      })
      .sort((a, b) => a.atSeconds - b.atSeconds);
  }

  private applyTurn({ control, isApplied, host }: Turn): void {
    this.turns.shift();
    if (isApplied) this.inForce.push(control);
    else this.inForce.splice(this.inForce.indexOf(control), 1);
    if (host < 0) return this.changeReach();
    this.ordersAgainst[host] += isApplied ? 1 : -1;
    if (this.ordersAgainst[host] > 0 || this.isPaused[host] === 0) return;
    this.isPaused[host] = 0;
    this.localSeconds[host] = Math.max(this.localSeconds[host], this.nowSeconds);
    this.remoteSeconds[host] = Math.max(this.remoteSeconds[host], this.nowSeconds);
    this.events.push(this.nowSeconds, RESUME, host, -1);
  }

  private changeReach(): void {
    const { map, worm } = this.rehearsal;
    this.mayCall = whoMayCall(map, worm.port, this.inForce);
    this.reachedUpTo = this.mayCall.map((row, from) => {
      let sum = 0;
      return Int32Array.from(row, (isOpen, to) => (sum += isOpen && to !== from ? this.sizes[to] : 0));
    });
  }

  /** Nobody is left to try, or nobody vulnerable is left. */
  private hasEnded(): boolean {
    return this.wellCount === 0 || !this.state.some((state) => state === DORMANT || state === TRYING);
  }
}

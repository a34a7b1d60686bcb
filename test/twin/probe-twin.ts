// The probe twin: the tries of a worm that sweeps its own /24 in ascending order with few tries open at once, and tries
// random addresses elsewhere. A host is played ahead, try by try, until a try that could matter to somebody else (at a
// host still to be taken) or an order; only those wait in a queue. Tries at nothing only cost time, a slot and a count.
//
// Once nobody counts a host's tries any more (it is flagged, or flags have no effect, and accounts are not locked), those
// that can take nobody are left out. Remote ones: tries at random addresses are a Poisson process, so those at hosts well
// at present are one too, at the rate times their share; who is taken meanwhile stays taken, so a try at him is nothing.
// Local ones: the rest of a sweep behind the last host that is well.

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
  private mayCall: readonly (readonly boolean[])[] = [];
  /** Row per segment: addresses that may be called in segments 0 to the column, its own left out. */
  private reachedUpTo: Int32Array[] = [];
  /** Hosts that are well: `wellHosts[wellBegin[segment] .. + wellIn[segment] - 1]`, and in all other segments it may call. */
  private readonly wellHosts: Int32Array;
  private readonly wellBegin: Int32Array;
  private readonly wellIn: Int32Array;
  private readonly wellReached: Int32Array;
  /** By first address of a block: behind its last host that is well; too far until it is looked for. */
  private readonly wellEnd = new Map<number, number>();
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
  private readonly giveUpSeconds: Float64Array;
  private readonly wellAt: Int32Array;
  /** Tries that are counted one by one: until the flag, and all of a host whose accounts can be locked. */
  private readonly flagTries: number;
  private readonly countedTries: number;
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
    this.giveUpSeconds = new Float64Array(hosts.length).fill(Number.POSITIVE_INFINITY);
    this.wellAt = new Int32Array(hosts.length).fill(-1);
    this.wellHosts = new Int32Array(hosts.length);
    this.wellBegin = new Int32Array(this.sizes.length);
    this.wellIn = new Int32Array(this.sizes.length);
    this.wellReached = new Int32Array(this.sizes.length);
    this.flagTries = rehearsal.defender.isolateSeconds === null ? 0 : rehearsal.defender.contactsToFlag;
    this.countedTries = worm.triesUntilLockout === null ? this.flagTries : Number.POSITIVE_INFINITY;
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
    const { random, pace, barrierSeconds, countedTries, flagTries } = this;
    const segment = this.segment[host];
    const first = this.firstAddress[segment];
    const block = first + (this.address[host] - first - ((this.address[host] - first) % BLOCK));
    const blockEnd = worm.localTriesPerSecond > 0 ? Math.min(block + BLOCK, first + this.sizes[segment]) : block;
    const slots = host * pace.opensMax;
    const lockout = worm.triesUntilLockout ?? Number.POSITIVE_INFINITY;
    const untilSeconds = Math.min(barrierSeconds, this.giveUpSeconds[host]);
    let isCounted = this.tries[host] < countedTries;
    let end = isCounted ? blockEnd : this.endOfWell(block, blockEnd);
    let localSeconds = block + this.sweepAt[host] < end ? this.localSeconds[host] : Number.POSITIVE_INFINITY;
    let remoteSeconds = isCounted ? this.remoteSeconds[host] : this.nextHitSeconds(segment, this.nowSeconds);
    if (worm.remoteTriesPerSecond === 0) remoteSeconds = Number.POSITIVE_INFINITY;
    for (;;) {
      const seconds = Math.min(localSeconds, remoteSeconds);
      if (seconds >= untilSeconds) {
        // An order may let it reach others; after the horizon and after it gave up nothing comes.
        if (untilSeconds === barrierSeconds && barrierSeconds < this.rehearsal.horizonSeconds) {
          this.events.push(barrierSeconds, RESUME, host, -1);
        }
        break;
      }
      this.triesMade++;
      const count = isCounted ? ++this.tries[host] : 0;
      if (isCounted && count === defender.contactsToFlag) {
        this.planIsolation(host, seconds - this.nowSeconds + defender.telemetryDelaySeconds);
      }
      if (count > lockout && count > flagTries) break; // it can do nothing more, nor be seen anew
      const wasCounted = isCounted;
      isCounted &&= count < countedTries;
      if (wasCounted && !isCounted) end = this.endOfWell(block, blockEnd);
      if (localSeconds <= remoteSeconds) {
        const target = this.occupant[block + this.sweepAt[host]++];
        let busySeconds = pace.emptySeconds;
        if (target >= 0 && target !== host && count <= lockout) {
          if (!this.isWorthKnown(target)) {
            this.events.push(localSeconds, LOCAL_TRY, host, target);
            break; // what the slot is worth is known only then
          }
          if (this.isThere(segment, target)) busySeconds = pace.takenSeconds;
        }
        localSeconds = this.openSlot(slots, localSeconds, busySeconds);
        if (wasCounted && !isCounted) remoteSeconds = this.nextHitSeconds(segment, seconds);
        if (block + this.sweepAt[host] >= end) localSeconds = Number.POSITIVE_INFINITY;
      } else {
        if (!wasCounted) {
          this.events.push(seconds, REMOTE_TRY, host, this.drawWell(segment));
          break;
        }
        remoteSeconds = isCounted
          ? seconds + random.exponential(1 / worm.remoteTriesPerSecond)
          : this.nextHitSeconds(segment, seconds);
        const target = this.drawAddressed(segment);
        if (target >= 0 && this.state[target] === WELL && count <= lockout) {
          this.events.push(seconds, REMOTE_TRY, host, target);
          break;
        }
        if (block + this.sweepAt[host] >= end) localSeconds = Number.POSITIVE_INFINITY;
      }
    }
    this.localSeconds[host] = localSeconds;
    this.remoteSeconds[host] = remoteSeconds;
  }

  /** Whether nothing can change until the next order what a try at the host comes to. */
  private isWorthKnown(target: number): boolean {
    if (this.state[target] === WELL) return false;
    return this.state[target] === DONE || this.rehearsal.defender.isolateSeconds === null;
  }

  private isThere(from: number, target: number): boolean {
    const isOpen = this.mayCall[from][this.segment[target]];
    return isOpen && this.ordersAgainst[target] === 0 && this.state[target] !== DONE;
  }

  /** Behind the last host of a block that is well; the block's begin when none is. */
  private endOfWell(block: number, blockEnd: number): number {
    let end = this.wellEnd.get(block) ?? blockEnd;
    while (end > block && !(this.occupant[end - 1] >= 0 && this.state[this.occupant[end - 1]] === WELL)) end--;
    this.wellEnd.set(block, end);
    return end;
  }

  /** The next remote try at a host that is well at present, of one host that goes on from `fromSeconds`. */
  private nextHitSeconds(segment: number, fromSeconds: number): number {
    const rate = this.rehearsal.worm.remoteTriesPerSecond * this.wellReached[segment];
    if (rate === 0) return Number.POSITIVE_INFINITY;
    return fromSeconds + this.random.exponential((this.reachedUpTo[segment].at(-1) ?? 0) / rate);
  }

  /** Whom a remote try at any address meets: a vulnerable host, or -1. */
  private drawAddressed(segment: number): number {
    const reached = this.reachedUpTo[segment];
    const reachedCount = reached[reached.length - 1];
    return reachedCount === 0 ? -1 : this.occupant[this.remoteAddress(reached, this.random.below(reachedCount))];
  }

  /** One of the hosts that are well in other segments it may call. */
  private drawWell(segment: number): number {
    const { wellIn, mayCall } = this;
    let left = this.random.below(this.wellReached[segment]);
    for (let to = 0; to < wellIn.length; to++) {
      if (to === segment || !mayCall[segment][to]) continue;
      if (left < wellIn[to]) return this.wellHosts[this.wellBegin[to] + left];
      left -= wellIn[to];
    }
    return -1;
  }

  /** Occupies the slot that is free first. @returns when the next try may start */
  private openSlot(slots: number, startSeconds: number, busySeconds: number): number {
    const { freeSeconds, pace } = this;
    let [free, after] = [slots, Number.POSITIVE_INFINITY];
    for (let slot = slots + 1; slot < slots + pace.opensMax; slot++) {
      const seconds = freeSeconds[slot];
      if (seconds < freeSeconds[free]) {
        after = freeSeconds[free];
        free = slot;
      } else if (seconds < after) after = seconds;
    }
    freeSeconds[free] = startSeconds + busySeconds;
    after = Math.min(after, freeSeconds[free]);
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
    const isThere = this.isThere(this.segment[host], target);
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
    if (this.wellAt[host] >= 0) this.dropWell(host);
    this.wellCount--;
    this.taken[this.segment[host]]++;
    this.takenAtSeconds.push(this.nowSeconds);
    this.state[host] = DORMANT;
    const mean = dormancy.meanSeconds;
    const seconds = isAwake ? 0 : dormancy.kind === "fixed" ? mean : this.random.exponential(mean);
    this.events.push(this.nowSeconds + seconds, WAKE, host, -1);
  }

  private dropWell(host: number): void {
    const segment = this.segment[host];
    const last = this.wellHosts[this.wellBegin[segment] + --this.wellIn[segment]];
    this.wellHosts[this.wellAt[host]] = last;
    this.wellAt[last] = this.wellAt[host];
    for (let from = 0; from < this.wellIn.length; from++) {
      if (from !== segment && this.mayCall[from][segment]) this.wellReached[from]--;
    }
  }

  private wake(host: number): void {
    const { activeSeconds, remoteTriesPerSecond } = this.rehearsal.worm;
    if (this.state[host] !== DORMANT) return;
    this.state[host] = TRYING;
    this.localSeconds[host] = this.nowSeconds;
    this.remoteSeconds[host] = this.nowSeconds + this.random.exponential(1 / remoteTriesPerSecond);
    if (activeSeconds !== null) {
      this.giveUpSeconds[host] = this.nowSeconds + activeSeconds;
      this.events.push(this.giveUpSeconds[host], GIVE_UP, host, -1);
    }
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
    // Hosts stand segment by segment: each segment's own rows have room for all of its hosts that are well.
    this.segment.forEach((segment, host) => {
      if (host === 0 || this.segment[host - 1] !== segment) this.wellBegin[segment] = host;
      if (!isVulnerable[host]) return;
      this.wellAt[host] = this.wellBegin[segment] + this.wellIn[segment]++;
      this.wellHosts[this.wellAt[host]] = host;
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
    if (control.kind !== "isolate-host") return this.changeReach();
    if (host < 0) return; // it is in none of the map's own hosts: nobody stands there
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
      const upTo = new Int32Array(row.length);
      let [addresses, well] = [0, 0];
      for (let to = 0; to < row.length; to++) {
        if (row[to] && to !== from) {
          addresses += this.sizes[to];
          well += this.wellIn[to];
        }
        upTo[to] = addresses;
      }
      this.wellReached[from] = well;
      return upTo;
    });
  }

  /** Nobody is left to try, or nobody vulnerable is left. */
  private hasEnded(): boolean {
    return this.wellCount === 0 || !this.state.some((state) => state === DORMANT || state === TRYING);
  }
}

// What a rehearsal must be, checked before any run: each fault is one RehearsalError that says where and what to do.

import { type Control, scopeOfControl } from "../model/control.ts";
import { hostKinds } from "../model/places.ts";
import { parsePort } from "../model/port.ts";
import type { DefenderProfile, Delay, TimedOrder, WormProfile } from "../model/rehearsal.ts";
import { parsePortRange, segmentsOfScope } from "../model/scope.ts";
import { cellOfHost, layoutOfMap, type MapLayout } from "./layout.ts";
import { RehearsalError } from "./rehearsal-error.ts";
import type { Rehearsal } from "./rehearsal.ts";

/** @throws RehearsalError naming the first fault */
export function checkRehearsal(rehearsal: Rehearsal, atSeconds: readonly number[] = []): void {
  const { map, worm, seed, horizonSeconds } = rehearsal;
  if (map.segments.length === 0) {
    throw new RehearsalError("map.segments", "must not be empty", "draft a map first: cordon map draft");
  }
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RehearsalError("seed", `must be a whole number from 0 to 2^53 - 1, got ${seed}`, "give another seed");
  }
  atLeast("horizonSeconds", horizonSeconds, 0);
  atSeconds.forEach((at, nth) => {
    atLeast(`atSeconds[${nth}]`, at, nth === 0 ? 0 : atSeconds[nth - 1]);
  });
  checkWorm(worm, "worm");
  checkDefender(rehearsal.defender, "defender");
  const layout = layoutOfMap(map);
  if (layout.hosts.every((count) => count === 0)) {
    throw new RehearsalError("map.segments", "must hold hosts, got 0 in all", "set hostCount in the map");
  }
  checkState(rehearsal, layout);
  rehearsal.orders.forEach((order, nth) => checkOrder(layout, order, `orders[${nth}]`));
}

function atLeast(where: string, value: number, least: number): void {
  if (!(Number.isFinite(value) && value >= least)) {
    throw new RehearsalError(where, `must be a number of at least ${least}, got ${value}`, "correct it");
  }
}

function share(where: string, value: number): void {
  if (!(value >= 0 && value <= 1)) throw new RehearsalError(where, `must be from 0 to 1, got ${value}`, "correct it");
}

function whole(where: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RehearsalError(where, `must be a whole number of at least ${least}, got ${value}`, "correct it");
  }
}

function checkDelay(where: string, delay: Delay): void {
  atLeast(`${where}.meanSeconds`, delay.meanSeconds, 0);
}

function checkSlots({ takesAtOnce, takeSeconds }: WormProfile, where: string): void {
  if (takesAtOnce !== null) whole(`${where}.takesAtOnce`, takesAtOnce, 1);
  if (takeSeconds !== null && !(takeSeconds > 0 && takeSeconds < Number.POSITIVE_INFINITY)) {
    throw new RehearsalError(`${where}.takeSeconds`, `must be above 0, got ${takeSeconds}`, "correct it");
  }
  if ((takesAtOnce === null) === (takeSeconds === null)) return;
  const missing = takesAtOnce === null ? "takesAtOnce" : "takeSeconds";
  throw new RehearsalError(`${where}.${missing}`, "must be given with the other of the two, got null", "give both");
}

/** @throws RehearsalError naming the first fault */
export function checkWorm(worm: WormProfile, where: string): void {
  if (parsePort(worm.port) === null) {
    throw new RehearsalError(`${where}.port`, `must be like tcp/445, got ${worm.port}`, "correct the profile");
  }
  atLeast(`${where}.localTriesPerSecond`, worm.localTriesPerSecond, 0);
  atLeast(`${where}.remoteTriesPerSecond`, worm.remoteTriesPerSecond, 0);
  share(`${where}.takeProbability`, worm.takeProbability);
  checkSlots(worm, where);
  checkDelay(`${where}.dormancy`, worm.dormancy);
  if (worm.activeSeconds !== null) atLeast(`${where}.activeSeconds`, worm.activeSeconds, 0);
  if (worm.triesUntilLockout !== null) whole(`${where}.triesUntilLockout`, worm.triesUntilLockout, 1);
  for (const kind of hostKinds) share(`${where}.vulnerableShare.${kind}`, worm.vulnerableShare[kind]);
}

/** @throws RehearsalError naming the first fault */
export function checkDefender(defender: DefenderProfile, where: string): void {
  atLeast(`${where}.telemetryDelaySeconds`, defender.telemetryDelaySeconds, 0);
  whole(`${where}.contactsToFlag`, defender.contactsToFlag, 1);
  if (defender.isolateSeconds !== null) atLeast(`${where}.isolateSeconds`, defender.isolateSeconds, 0);
  share(`${where}.isolateFailureProbability`, defender.isolateFailureProbability);
  defender.applySecondsByRing.forEach((seconds, ring) => {
    atLeast(`${where}.applySecondsByRing[${ring}]`, seconds, 0);
  });
  atLeast(`${where}.decideSeconds`, defender.decideSeconds, 0);
}

function checkState({ state, worm }: Rehearsal, layout: MapLayout): void {
  const { map } = layout;
  if (parsePort(state.port) === null) {
    throw new RehearsalError("state.port", `must be like tcp/445, got ${state.port}`, "correct it");
  }
  if (state.port !== worm.port) {
    const got = `must be the worm's, ${worm.port}, got ${state.port}`;
    throw new RehearsalError("state.port", got, "choose a profile for this port, or set its port");
  }
  let sum = 0;
  const infected = new Map<string, number>();
  state.segments.forEach((known, nth) => {
    const where = `state.segments[${nth}]`;
    const cell = map.segments.findIndex((segment) => segment.id === known.segment);
    if (cell < 0) {
      throw new RehearsalError(`${where}.segment`, `must be in the map, got ${known.segment}`, "see cordon map show");
    }
    whole(`${where}.infected`, known.infected, 0);
    whole(`${where}.isolated`, known.isolated, 0);
    atLeast(`${where}.hiddenMean`, known.hiddenMean, 0);
    if (known.isolated > known.infected) {
      const got = `must be at most infected (${known.infected}), got ${known.isolated}`;
      throw new RehearsalError(`${where}.isolated`, got, "isolated hosts count among the infected");
    }
    const here = (infected.get(known.segment) ?? 0) + known.infected;
    infected.set(known.segment, here);
    if (here > layout.hosts[cell]) {
      const got = `must be at most the segment's hosts (${layout.hosts[cell]}), got ${here}`;
      throw new RehearsalError(`${where}.infected`, got, "raise hostCount in the map");
    }
    sum += known.infected + known.hiddenMean;
  });
  if (sum === 0) {
    throw new RehearsalError("state.segments", "must hold an infected host, known or hidden", "say where it begins");
  }
}

function checkOrder(layout: MapLayout, order: TimedOrder, where: string): void {
  atLeast(`${where}.atSeconds`, order.atSeconds, 0);
  if (order.liftSeconds !== null) atLeast(`${where}.liftSeconds`, order.liftSeconds, order.atSeconds);
  share(`${where}.failureProbability`, order.failureProbability);
  checkControl(layout, order.control, `${where}.control`);
}

function checkControl(layout: MapLayout, control: Control, where: string): void {
  if (control.kind === "isolate-host") {
    if (cellOfHost(layout, control.host) < 0) {
      const got = `must be a host of the map or an address in a segment, got ${control.host}`;
      throw new RehearsalError(`${where}.host`, got, "see cordon map show");
    }
    return;
  }
  const scope = scopeOfControl(control);
  if (scope !== null && segmentsOfScope(layout.map, scope) === null) {
    throw new RehearsalError(where, `must be about a part of the map, got ${scope}`, "see cordon map show");
  }
  if ((control.kind === "close-port" || control.kind === "close-port-within") && parsePort(control.port) === null) {
    throw new RehearsalError(`${where}.port`, `must be like tcp/445, got ${control.port}`, "correct it");
  }
  if (!("except" in control)) return;
  control.except.forEach((path, nth) => {
    for (const end of [path.from, path.to]) {
      if (segmentsOfScope(layout.map, end) !== null) continue;
      throw new RehearsalError(`${where}.except[${nth}]`, `must be a part of the map, got ${end}`, "correct it");
    }
    if (parsePortRange(path.port) !== null) return;
    throw new RehearsalError(`${where}.except[${nth}].port`, `must be a port or range, got ${path.port}`, "correct it");
  });
}

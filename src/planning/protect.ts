// The guard of what is never cut silently: the wish for a set of controls in, the part of it that may be asked for out.

import type { NeedOptions } from "../care/assess.ts";
import { type Control, closingOf, scopeOfControl } from "../model/control.ts";
import { controlKinds } from "../model/map.ts";
import { NO_SEGMENT } from "../model/units.ts";
import type { Ground, ProtectedThing } from "./ground.ts";

/** Leave to cut one protected item, by somebody who answers for it. */
export interface Override {
  readonly item: string;
  readonly by: string;
  readonly because: string;
}

/** What may be cut though it is protected. */
export interface Allowances {
  readonly overrides: readonly Override[];
  /** Items of the rule `with-stand-in` whose stand-in runs. */
  readonly standInsRunning: readonly string[];
}

export const noAllowances: Allowances = { overrides: [], standInsRunning: [] };

export interface Refusal {
  readonly control: Control;
  readonly item: string;
  /** Null for a host that the map merely marks. */
  readonly because: string | null;
}

export interface Guarded {
  readonly controls: readonly Control[];
  readonly refused: readonly Refusal[];
}

/** What the guard knows of a fixed list of controls; any of them may be wished for. */
export interface GuardTable {
  readonly things: readonly ProtectedThing[];
  readonly controls: readonly Control[];
  /** Things that each control cuts by itself. */
  readonly cutAlone: readonly (readonly number[])[];
  readonly needs: NeedOptions;
}

export function guardTableOf(ground: Ground, controls: readonly Control[]): GuardTable {
  const cutAlone = controls.map((control) => {
    const cuts = cutsOf(ground, control);
    return ground.protectedThings.flatMap((thing, at) => (cuts(thing) ? [at] : []));
  });
  return { things: ground.protectedThings, controls, cutAlone, needs: ground.care.under(controls).needs };
}

/**
 * The guard: takes out of `chosen` (1 for each control wished for) what would cut a protected item without leave, the
 * widest controls first where several together would. Changes `chosen` and says what it took out.
 */
export function guardProtected(table: GuardTable, chosen: Uint8Array, allowances: Allowances): Refusal[] {
  const { things, controls, cutAlone, needs } = table;
  const refused: Refusal[] = [];
  const refuse = (control: number, thing: ProtectedThing): void => {
    chosen[control] = 0;
    refused.push({ control: controls[control], item: thing.item, because: thing.because });
  };
  for (let control = 0; control < controls.length; control++) {
    if (chosen[control] === 0) continue;
    const cut = cutAlone[control].find((thing) => !isAllowed(things[thing], allowances));
    if (cut !== undefined) refuse(control, things[cut]);
  }
  for (const thing of things) {
    if (thing.service === null || isAllowed(thing, allowances)) continue;
    for (let breakers = breakersOf(needs, thing.service, chosen); breakers.length > 0; ) {
      refuse(
        breakers.reduce((widest, each) => (rungOf(controls[each]) >= rungOf(controls[widest]) ? each : widest)),
        thing,
      );
      breakers = breakersOf(needs, thing.service, chosen);
    }
  }
  return refused;
}

/** Guards a list of controls. */
export function guardControls(ground: Ground, wished: readonly Control[], allowances: Allowances): Guarded {
  checkOverrides(ground, allowances);
  const chosen = new Uint8Array(wished.length).fill(1);
  const refused = guardProtected(guardTableOf(ground, wished), chosen, allowances);
  return { controls: wished.filter((_, at) => chosen[at] === 1), refused };
}

/** @throws RangeError when an override names nothing protected, nobody, or no reason */
export function checkOverrides({ protectedThings }: Ground, { overrides }: Allowances): void {
  for (const { item, by, because } of overrides) {
    if (!protectedThings.some((thing) => thing.item === item)) {
      throw new RangeError(`Cannot plan: an override must name a protected item, got "${item}"`);
    }
    if (by.trim() === "" || because.trim() === "") {
      throw new RangeError(
        `Cannot plan: an override of ${item} must have a person and a reason, got "${by}: ${because}"`,
      );
    }
  }
}

export function isAllowed(thing: ProtectedThing, { overrides, standInsRunning }: Allowances): boolean {
  if (overrides.some(({ item }) => item === thing.item)) return true;
  return thing.rule === "with-stand-in" && standInsRunning.includes(thing.item);
}

const rungOf = (control: Control): number => controlKinds.indexOf(control.kind);

/**
 * Controls that, chosen together, take a need of the service away altogether; empty while it runs. A need that rests on
 * another service falls with it.
 */
function breakersOf(needs: NeedOptions, service: number, chosen: Uint8Array): readonly number[] {
  for (const { options } of needs[service].needs) {
    const breakers: number[] = [];
    let isLost = true;
    for (const row of options) {
      const broken = row.controls.filter((control) => chosen[control] === 1);
      if (broken.length === 0 && row.service !== null) broken.push(...breakersOf(needs, row.service, chosen));
      if (broken.length === 0) {
        isLost = false;
        break;
      }
      breakers.push(...broken);
    }
    if (isLost) return breakers;
  }
  return [];
}

/** Which protected things a control touches: those it would cut if it made no exceptions, or is aimed at. */
export function touchedBy(ground: Ground, control: Control): readonly ProtectedThing[] {
  const cuts = cutsOf(ground, "except" in control ? { ...control, except: [] } : control);
  const scope = scopeOfControl(control);
  const target = control.kind === "isolate-host" ? ground.places.hostOf(control.host) : undefined;
  const segment =
    control.kind !== "isolate-host"
      ? NO_SEGMENT
      : target === undefined
        ? ground.places.segmentOfAddress(control.host)
        : ground.places.segmentOf(target);
  const isAimedAt = (thing: ProtectedThing): boolean =>
    thing.host === null &&
    thing.service === null &&
    (thing.item === scope || (segment !== NO_SEGMENT && thing.places[segment] === 1));
  return ground.protectedThings.filter((thing) => cuts(thing) || isAimedAt(thing));
}

/** Whether one control cuts a host or a place that is protected; services are judged by all controls together. */
function cutsOf(ground: Ground, control: Control): (thing: ProtectedThing) => boolean {
  const { map, care, places } = ground;
  if (control.kind === "isolate-host") {
    const id = places.hostOf(control.host)?.id ?? control.host;
    return (thing) => thing.host === id;
  }
  const closes = closingOf(map, control);
  const scope = scopeOfControl(control);
  const inScope = scope === null ? null : ground.inScope(scope);
  const isNeedClosed = (thing: ProtectedThing, at: number | null): boolean =>
    care.conversations.some(
      (need) =>
        (thing.host === null || need.host === thing.host) &&
        (at === null
          ? thing.places[need.from] === 1 || thing.places[need.to] === 1
          : need.from === at || need.to === at) &&
        closes(need.from, need.to, need.protocol, need.port),
    );
  return (thing) => {
    if (thing.service !== null) return false;
    if (!("except" in control))
      return isNeedClosed(thing, null) || (control.kind === "cut-internet" && isInternet(thing));
    for (let place = 0; inScope !== null && place < inScope.length; place++) {
      if (inScope[place] === 0 || thing.places[place] === 0) continue;
      if (!isExcepted(ground, control.except, place) || isNeedClosed(thing, place)) return true;
    }
    return false;
  };
}

const isInternet = (thing: ProtectedThing): boolean => thing.places[thing.places.length - 1] === 1;

/** Whether an isolation leaves the place anything at all. */
function isExcepted(
  { inScope }: Ground,
  except: readonly { readonly from: string; readonly to: string }[],
  place: number,
): boolean {
  return except.some((path) => inScope(path.from)[place] === 1 || inScope(path.to)[place] === 1);
}

// Care under a fixed list of controls, made to be asked thousands of times: which of the controls are chosen and what is
// lost go in, what each service keeps and the harm come out. Nothing is allocated per question but the answer asked for.

import { serviceStates, type LostHosts, type ServiceState } from "../model/care.ts";
import type { Control } from "../model/control.ts";
import type { Host } from "../model/map.ts";
import { NO_SEGMENT } from "../model/units.ts";
import { hostCountsOf, type Loss, lossOf } from "./loss.ts";
import { isolatedSegment, type NeedOptions, needOptionsOf, type NeedRow, type ServiceRow } from "./need-options.ts";
import type { Survey } from "./survey.ts";

const [NORMAL, DEGRADED, STAND_IN, STOPPED] = serviceStates.map((_, at) => at);

/** What is asked: `chosen[control]` is 1 for each control that is in force. */
export type Chosen = Readonly<Record<number, number>>;

/** How a need stands: by which of its rows, and for what share of its users. */
export interface NeedMet {
  /** Row of `options`, -1 when none stands. */
  readonly row: number;
  readonly share: number;
}

export class CompiledCare {
  readonly controls: readonly Control[];
  readonly needs: NeedOptions;
  /** Hosts that some need names: what `OptionRow.host` points into. */
  readonly hosts: readonly Host[];
  /** Minutes at which what a service keeps or its harm may change while all else stays: take-ups and tolerances. */
  readonly turns: readonly number[];
  /** Nothing lost. */
  readonly noLoss: Loss;

  private readonly survey: Survey;
  private readonly hostCounts: readonly number[];
  /** Segment of the host that each control isolates, NO_SEGMENT for other controls. */
  private readonly isolatedSegments: readonly number[];
  private readonly isolators: readonly number[];
  private readonly shares: Float64Array;
  private readonly kept: Float64Array;
  private readonly states: Uint8Array;

  constructor(survey: Survey, controls: readonly Control[]) {
    this.survey = survey;
    this.controls = controls;
    this.needs = needOptionsOf(survey, controls);
    this.hosts = survey.hosts;
    this.hostCounts = hostCountsOf(survey);
    this.isolatedSegments = controls.map((control) => isolatedSegment(survey, control));
    this.isolators = this.isolatedSegments.flatMap((segment, at) => (segment === NO_SEGMENT ? [] : [at]));
    this.noLoss = this.lossOf({ hosts: new Set(), shareBySegment: new Map() });
    this.shares = new Float64Array(survey.map.segments.length);
    this.kept = new Float64Array(this.needs.length);
    this.states = new Uint8Array(this.needs.length);
    const turns = this.needs.flatMap((row) => [row.toleratedMinutes, ...row.standIns.map((use) => use.takeUpMinutes)]);
    this.turns = [...new Set([0, ...turns])].sort((a, b) => a - b);
  }

  /** Names to rows, once per set of lost hosts. @throws RangeError when they are not of the map */
  lossOf(lost: LostHosts): Loss {
    return lossOf(this.survey, this.hostCounts, lost);
  }

  /** What each service keeps, 0..1, in the order of the map. The array is reused by the next question. */
  keptOf(chosen: Chosen, loss: Loss, elapsedMinutes: number): Float64Array {
    this.weigh(chosen, loss, elapsedMinutes);
    return this.kept;
  }

  statesOf(chosen: Chosen, loss: Loss, elapsedMinutes: number): ServiceState[] {
    this.weigh(chosen, loss, elapsedMinutes);
    return Array.from(this.states, (state) => serviceStates[state]);
  }

  /** Harm per hour once `elapsedMinutes` have passed since the cuts and losses began. */
  harmPerHour(chosen: Chosen, loss: Loss, elapsedMinutes: number): number {
    this.weigh(chosen, loss, elapsedMinutes);
    let harm = 0;
    for (let at = 0; at < this.needs.length; at++) {
      const { harmPerHour, toleratedMinutes } = this.needs[at];
      if (elapsedMinutes >= toleratedMinutes) harm += harmPerHour * (1 - this.kept[at]);
    }
    return harm;
  }

  /** Harm from the beginning of the cuts and losses until `minutes` later, all of them staying: exact, turn by turn. */
  harmOver(chosen: Chosen, loss: Loss, minutes: number): number {
    let harm = 0;
    for (let turn = 0; turn < this.turns.length && this.turns[turn] < minutes; turn++) {
      const end = Math.min(minutes, this.turns[turn + 1] ?? Infinity);
      harm += (this.harmPerHour(chosen, loss, this.turns[turn]) * (end - this.turns[turn])) / 60;
    }
    return harm;
  }

  /** How a need of a service stands after the last question. */
  metBy(need: NeedRow, chosen: Chosen, loss: Loss): NeedMet {
    let best = -1;
    let share = 0;
    for (let row = 0; row < need.options.length; row++) {
      const { controls, host, client, service } = need.options[row];
      if (host !== null && loss.hosts[host] === 1) continue;
      const kept = service !== null ? this.kept[service] : client !== null ? Math.max(0, 1 - this.shares[client]) : 1;
      if (kept <= share) continue; // an earlier row that is as good is the usual one
      let isBroken = false;
      for (let at = 0; at < controls.length && !isBroken; at++) isBroken = chosen[controls[at]] === 1;
      if (isBroken) continue;
      best = row;
      share = kept;
    }
    return { row: best, share };
  }

  private weigh(chosen: Chosen, loss: Loss, elapsedMinutes: number): void {
    this.shareOut(chosen, loss);
    for (const at of this.survey.order) {
      const service = this.needs[at];
      let share = 1;
      let isUsual = true;
      for (const need of service.needs) {
        const met = this.metBy(need, chosen, loss);
        share = Math.min(share, met.share);
        isUsual &&= met.share === 1 && need.options[met.row].rank === 0;
      }
      const standIn = standInOf(service, elapsedMinutes);
      this.kept[at] = share + (1 - share) * (standIn?.shareKept ?? 0);
      if (share === 0) this.states[at] = standIn === null ? STOPPED : STAND_IN;
      else this.states[at] = isUsual ? NORMAL : DEGRADED;
    }
  }

  /** The lost share of each segment: hosts that the chosen controls isolate cannot be used either. */
  private shareOut(chosen: Chosen, loss: Loss): void {
    const { shares } = this;
    shares.fill(0);
    for (const control of this.isolators) {
      const segment = this.isolatedSegments[control];
      if (chosen[control] === 1) shares[segment]++;
    }
    for (let segment = 0; segment < shares.length; segment++) {
      shares[segment] = Math.min(1, Math.max(shares[segment] / this.hostCounts[segment], loss.shares[segment]));
    }
  }
}

/** The stand-in that keeps most of those taken up by then; null when none is. */
export function standInOf(service: ServiceRow, elapsedMinutes: number): ServiceRow["standIns"][number] | null {
  let best: ServiceRow["standIns"][number] | null = null;
  for (const use of service.standIns) {
    if (use.takeUpMinutes <= elapsedMinutes && (best === null || use.shareKept > best.shareKept)) best = use;
  }
  return best;
}

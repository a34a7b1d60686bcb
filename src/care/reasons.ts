// Why a need or a service stands as it does, as data. In: rows of the survey and what is chosen and lost; out: reasons,
// whose words are chosen where they are read (reason-words.ts).

import type { CareReason, NamedCut } from "../model/care.ts";
import { type Control, scopeOfControl } from "../model/control.ts";
import type { CareService, HospitalMap, NeedOption } from "../model/map.ts";
import type { Chosen, CompiledCare, NeedMet } from "./compiled-care.ts";
import type { Loss } from "./loss.ts";
import type { OptionRow } from "./need-options.ts";
import type { CareNames } from "./reason-words.ts";
import type { Survey } from "./survey.ts";

/** Controls told by name in one sentence; the rest are counted. */
const controlsTold = 3;

/** A control as a reason names it, without the conversations it leaves open. */
export function namedCut(control: Control): NamedCut {
  return {
    kind: control.kind,
    place: control.kind === "isolate-host" ? control.host : (scopeOfControl(control) ?? ""),
    port: "port" in control ? control.port : null,
  };
}

/** Names as a program has them: ids of hosts and places, names of services and stand-ins. */
export function plainNames(map: HospitalMap): CareNames {
  const kinds = ["building", "site"];
  return {
    host: (id) => id,
    segment: (id) => id,
    service: (id) => map.services.find((service) => service.id === id)?.name ?? id,
    standIn: (id) => map.standIns.find((each) => each.id === id)?.name ?? id,
    place: (scope) => {
      const [kind, name] = scope.split(":");
      if (name !== undefined) return kinds.includes(kind) ? `${kind} ${name}` : scope;
      return map.segments.some(({ id }) => id === scope) ? `segment ${scope}` : scope;
    },
  };
}

export class Reasons {
  private readonly survey: Survey;
  private readonly care: CompiledCare;
  private readonly chosen: Chosen;
  private readonly loss: Loss;

  constructor(survey: Survey, care: CompiledCare, chosen: Chosen, loss: Loss) {
    this.survey = survey;
    this.care = care;
    this.chosen = chosen;
    this.loss = loss;
  }

  /** Why a need is not met in the usual way in full; empty when it is. */
  ofNeed(service: number, at: number, met: NeedMet): CareReason[] {
    const { need } = this.survey.services[service].needs[at];
    const { options } = this.care.needs[service].needs[at];
    const isUsual = met.row >= 0 && options[met.row].rank === 0;
    if (isUsual && met.share === 1) return [];
    const reasons: CareReason[] = [];
    const lastTold = met.row < 0 ? need.anyOf.length : options[met.row].rank;
    for (let rank = 0; rank < lastTold; rank++) {
      const rows = options.filter((row) => row.rank === rank);
      reasons.push(...this.ofOption(need.anyOf[rank], rows));
    }
    if (met.row >= 0) {
      if (!isUsual) reasons.push({ kind: "met-by", needs: [], option: need.anyOf[options[met.row].rank] });
      if (met.share < 1) reasons.push(this.ofShare(options[met.row], met.share));
    }
    return reasons;
  }

  private ofOption(option: NeedOption, rows: readonly OptionRow[]): CareReason[] {
    const controls = [...new Set(rows.flatMap((row) => row.controls.filter((at) => this.chosen[at] === 1)))];
    const isHostLost = rows.some((row) => row.host !== null && this.loss.hosts[row.host] === 1);
    const reasons: CareReason[] = [];
    if (isHostLost) reasons.push({ kind: "option-lost", needs: [], option });
    if (controls.length > 0) {
      const cuts = controls.slice(0, controlsTold).map((at) => namedCut(this.care.controls[at]));
      reasons.push({ kind: "cut-off", needs: [], option, cuts, more: controls.length - cuts.length });
    }
    return reasons.length > 0 ? reasons : [{ kind: "option-fails", needs: [], option }];
  }

  private ofShare(row: OptionRow, share: number): CareReason {
    const { map, services } = this.survey;
    if (row.service !== null) {
      return { kind: "service-keeps", needs: [], service: services[row.service].service.id, share };
    }
    const segment = row.client === null ? null : map.segments[row.client].id;
    return { kind: "hosts-lost", needs: [], segment, share: 1 - share };
  }
}

/** What stands in for a service and since when, or what will. */
export function standInReason(use: CareService["standIns"][number], elapsedMinutes: number): CareReason {
  const inMinutes = Math.max(0, Math.ceil(use.takeUpMinutes - elapsedMinutes));
  return { kind: "stand-in", needs: [], standIn: use.standIn, inMinutes, share: use.shareKept };
}

// Why a need or a service stands as it does, in sentences. In: rows of the survey and what is chosen and lost; out: text.

import { type Control, scopeOfControl } from "../model/control.ts";
import type { CareService, HospitalMap, NeedOption } from "../model/map.ts";
import type { Chosen, CompiledCare, NeedMet } from "./compiled-care.ts";
import type { Loss } from "./loss.ts";
import type { OptionRow } from "./need-options.ts";
import type { Survey } from "./survey.ts";

/** Controls told by name in one sentence; the rest are counted. */
const controlsTold = 3;

/** A control as a noun: "the cut of tcp/445 around building:main". */
export function controlText(control: Control): string {
  switch (control.kind) {
    case "close-port-within":
      return `the closing of ${control.port} within ${control.within}`;
    case "close-port":
      return `the closing of ${control.port} around ${control.around}`;
    case "isolate-host":
      return `the isolation of host ${control.host}`;
    case "isolate-segment":
      return `the isolation of segment ${control.segment}`;
    case "isolate-building":
      return `the isolation of building ${control.building}`;
    case "isolate-site":
      return `the isolation of site ${control.site}`;
    case "cut-internet":
      return control.site === null ? "the cut of the internet" : `the internet cut of ${scopeOfControl(control)}`;
  }
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
  ofNeed(service: number, at: number, met: NeedMet): string[] {
    const { need } = this.survey.services[service].needs[at];
    const { options } = this.care.needs[service].needs[at];
    const isUsual = met.row >= 0 && options[met.row].rank === 0;
    if (isUsual && met.share === 1) return [];
    const sentences: string[] = [];
    const lastTold = met.row < 0 ? need.anyOf.length : options[met.row].rank;
    for (let rank = 0; rank < lastTold; rank++) {
      sentences.push(
        ...this.ofOption(
          need.anyOf[rank],
          options.filter((row) => row.rank === rank),
        ),
      );
    }
    if (met.row >= 0) {
      if (!isUsual) sentences.push(`Met by ${optionText(this.survey.map, need.anyOf[options[met.row].rank])} instead.`);
      if (met.share < 1) sentences.push(this.shareSentence(options[met.row], met.share));
    }
    return sentences;
  }

  private ofOption(option: NeedOption, rows: readonly OptionRow[]): string[] {
    const { map } = this.survey;
    const what = optionText(map, option);
    const controls = [...new Set(rows.flatMap((row) => row.controls.filter((at) => this.chosen[at] === 1)))];
    const isHostLost = rows.some((row) => row.host !== null && this.loss.hosts[row.host] === 1);
    const sentences: string[] = [];
    if (isHostLost) {
      sentences.push(
        option.kind === "path" ? `${capital(what)} fails: ${option.to} is lost.` : `${capital(what)} is lost.`,
      );
    }
    if (controls.length > 0) sentences.push(`${capital(what)} is cut off by ${this.controlsText(controls)}.`);
    if (sentences.length > 0) return sentences;
    if (option.kind === "path") return [`${capital(what)} fails: hosts of ${option.from} are lost.`];
    return [`${capital(what)} does not run as usual.`];
  }

  private controlsText(controls: readonly number[]): string {
    const told = controls.slice(0, controlsTold).map((at) => controlText(this.care.controls[at]));
    const rest = controls.length - told.length;
    const texts = rest > 0 ? [...told, `${rest} more`] : told;
    return texts.length === 1 ? texts[0] : `${texts.slice(0, -1).join(", ")} and ${texts.at(-1)}`;
  }

  private shareSentence(row: OptionRow, share: number): string {
    const { map, services } = this.survey;
    if (row.service !== null) return `${services[row.service].service.name} keeps ${percent(share)} of its work.`;
    const segment = row.client === null ? "its segment" : map.segments[row.client].id;
    return `${capital(percent(1 - share))} of the hosts of ${segment} are lost.`;
  }
}

/** An option of the map as the subject of a sentence. */
function optionText(map: HospitalMap, option: NeedOption): string {
  switch (option.kind) {
    case "path":
      return `the path from ${option.from} to ${option.to} on ${option.port}`;
    case "host":
      return `host ${option.host}`;
    case "service":
      return `service ${map.services.find((service) => service.id === option.service)?.name ?? option.service}`;
    case "internet":
      return `the internet link (${option.what})`;
  }
}

/** What stands in for a service and since when, or what will. */
export function standInSentence(
  map: HospitalMap,
  use: CareService["standIns"][number],
  elapsedMinutes: number,
): string {
  const name = map.standIns.find((each) => each.id === use.standIn)?.name ?? use.standIn;
  const left = Math.ceil(use.takeUpMinutes - elapsedMinutes);
  return left <= 0
    ? `Stand-in: ${name}, which keeps ${percent(use.shareKept)} of what is lost.`
    : `Stand-in in ${left} minutes: ${name}, which will keep ${percent(use.shareKept)} of what is lost.`;
}

/** 0.004 → "less than 1 %", 0.354 → "35 %"; never 0 % or 100 % of what is neither. */
export function percent(share: number): string {
  const rounded = Math.round(share * 100);
  if (share > 0 && rounded === 0) return "less than 1 %";
  if (share < 1 && rounded === 100) return "more than 99 %";
  return `${rounded} %`;
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

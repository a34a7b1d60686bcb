// Which controls break which way of meeting a need: the table that planning builds its integer program from, and that
// evaluation walks. Ways that fall together are one row, and a row that falls whenever a better one does is left out.

import { type Closing, closingOf, type Control } from "../model/control.ts";
import type { StandInUse } from "../model/map.ts";
import { NO_SEGMENT } from "../model/units.ts";
import type { Conversation, Survey, SurveyedNeed, Way } from "./survey.ts";

/**
 * One way to meet a need, as what breaks it. It stands while no control of `controls` is chosen, its host works and its
 * service runs. Example, the need "patient records" of the clinic under [isolate-segment servers, isolate-host records-1]:
 *
 * | rank | controls | host      | client | service |
 * | 0    | [0, 1]   | records-1 | care   | null    |
 */
export interface OptionRow {
  /** Position of the option in the map: 0 is the usual one. Several rows may stem from one option. */
  readonly rank: number;
  /** Positions of the controls that break it, each alone; ascending. */
  readonly controls: readonly number[];
  /** Row of `CompiledCare.hosts` that must work, or null. */
  readonly host: number | null;
  /** Segment position of the hosts that use it, or null: the share lost there lowers it. */
  readonly client: number | null;
  /** Position of the service whose kept share it has, or null. */
  readonly service: number | null;
}

export interface NeedRow {
  readonly name: string;
  /** Any one meets the need. */
  readonly options: readonly OptionRow[];
}

export interface ServiceRow {
  readonly id: string;
  readonly harmPerHour: number;
  readonly toleratedMinutes: number;
  readonly standIns: readonly StandInUse[];
  /** All of them are needed. */
  readonly needs: readonly NeedRow[];
}

/** Every service of the map in its order, with its needs and their options. */
export type NeedOptions = readonly ServiceRow[];

export function needOptionsOf(survey: Survey, controls: readonly Control[]): NeedOptions {
  const closings = controls.map((control) => closingOf(survey.map, control));
  const isolated = controls.map((control) => isolatedRow(survey, control));
  const found = new Map<string, readonly number[]>();
  const breaksOf = (way: Way): readonly number[] => {
    const key = `${way.host} ${keyOf(way.conversation)}`;
    let breaks = found.get(key);
    if (breaks === undefined) {
      breaks = controls.flatMap((_, at) =>
        (way.host !== null && isolated[at] === way.host) || closes(closings[at], way.conversation) ? [at] : [],
      );
      found.set(key, breaks);
    }
    return breaks;
  };
  return survey.services.map(({ service, needs }) => ({
    id: service.id,
    harmPerHour: service.harmPerHour,
    toleratedMinutes: service.toleratedMinutes,
    standIns: service.standIns,
    needs: needs.map((need) => ({ name: need.need.name, options: optionsOf(need, breaksOf) })),
  }));
}

/** The segment position of the host that a control isolates: it is one host less there. NO_SEGMENT for none. */
export function isolatedSegment(survey: Survey, control: Control): number {
  if (control.kind !== "isolate-host") return NO_SEGMENT;
  const host = survey.places.hostOf(control.host);
  return host === undefined ? survey.places.segmentOfAddress(control.host) : survey.places.segmentOf(host);
}

function isolatedRow(survey: Survey, control: Control): number {
  if (control.kind !== "isolate-host") return -1;
  const host = survey.places.hostOf(control.host);
  return host === undefined ? -1 : survey.hosts.indexOf(host);
}

const keyOf = (path: Conversation | null): string =>
  path === null ? "" : `${path.from} ${path.to} ${path.protocol} ${path.port}`;

function closes(closing: Closing, path: Conversation | null): boolean {
  return path !== null && closing(path.from, path.to, path.protocol, path.port);
}

function optionsOf(need: SurveyedNeed, breaksOf: (way: Way) => readonly number[]): OptionRow[] {
  const rows: OptionRow[] = [];
  for (const way of need.ways) {
    const { rank, host, client, service } = way;
    const row = { rank, host, client, service, controls: breaksOf(way) };
    if (rows.some((other) => isAlike(row, other) && isSubset(other.controls, row.controls))) continue;
    const kept = rows.filter((other) => !(isAlike(row, other) && isSubset(row.controls, other.controls)));
    rows.splice(0, rows.length, ...kept, row);
  }
  return rows;
}

const isAlike = (a: OptionRow, b: OptionRow): boolean =>
  a.rank === b.rank && a.host === b.host && a.client === b.client && a.service === b.service;

const isSubset = (some: readonly number[], of: readonly number[]): boolean => some.every((each) => of.includes(each));

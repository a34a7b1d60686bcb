// Care in the terms of the cut: what each service costs when it is lost, and what breaks each way of meeting its needs.

import type { NeedRow, OptionRow, ServiceRow } from "../care/assess.ts";
import type { Control } from "../model/control.ts";
import { type HostKind, hostKinds, hostsByKind, kindOfRole } from "../model/places.ts";
import type { WormProfile } from "../model/rehearsal.ts";
import { NO_SEGMENT } from "../model/units.ts";
import type { CutQuestion } from "./cut-question.ts";
import type { Ground } from "./ground.ts";
import { isAllowed } from "./protect.ts";

/** A host used from a segment, or another service: what one infection breaks at once. Its ports are alternatives. */
export interface OptionTerm {
  /** Choices that break it: each alone breaks one alternative, and all alternatives must be broken. */
  readonly alternatives: readonly (readonly number[])[];
  /** Segments whose loss breaks it in part: of the host it needs, of the clients that use it. */
  readonly infections: readonly { readonly segment: number; readonly share: number }[];
  /** The service it is, and the share of that one's loss that comes through. */
  readonly through: { readonly service: number; readonly share: number } | null;
  /** It is lost already. */
  readonly isLost: boolean;
}

export interface NeedTerm {
  readonly options: readonly OptionTerm[];
  /** When all options are used from one segment: the share lost with it. */
  readonly client: { readonly segment: number; readonly share: number } | null;
}

export interface ServiceTerm {
  readonly id: string;
  /** Harm of losing all of it over the horizon, its stand-ins taken up. */
  readonly harm: number;
  /** No set of choices may take it away. */
  readonly isProtected: boolean;
  readonly needs: readonly NeedTerm[];
}

/** Share of the hosts of a kind in a segment that the worm can take. */
export function vulnerableShareOf(ground: Ground, worm: WormProfile, segment: number, kind: HostKind): number {
  return ground.map.segments[segment].vulnerableShare ?? worm.vulnerableShare[kind];
}

/** Hours of the horizon, each counted by what stand-ins leave undone of the services given, after the tolerance. */
function lostHours(row: ServiceRow, horizonSeconds: number, others: readonly ServiceRow[] = []): number {
  const end = horizonSeconds / 60;
  const all = [row, ...others];
  const turns = all.flatMap((each) => each.standIns.map((use) => use.takeUpMinutes));
  const times = [...new Set([row.toleratedMinutes, ...turns, end])]
    .filter((at) => at >= row.toleratedMinutes && at <= end)
    .sort((a, b) => a - b);
  let hours = 0;
  for (let at = 0; at + 1 < times.length; at++) {
    const undone = all.map((each) =>
      each.standIns.reduce(
        (least, use) => (use.takeUpMinutes <= times[at] ? Math.min(least, 1 - use.shareKept) : least),
        1,
      ),
    );
    hours += (undone.reduce((product, share) => product * share, 1) * (times[at + 1] - times[at])) / 60;
  }
  return hours;
}

/** Care in terms of choices; `controls[choice]` stands for the choice. */
export function serviceTermsOf(question: CutQuestion, controls: readonly Control[]): ServiceTerm[] {
  const { ground, worm, state, allowances, horizonSeconds } = question;
  const isHost = controls.map((control) => control.kind === "isolate-host");
  const care = ground.care.under(controls);
  const counts = hostsByKind(ground.map, ground.places);
  const infected = new Set(state.hosts.map((name) => ground.places.hostOf(name)?.id ?? name));
  const clientShare = (segment: number): number => {
    const total = hostKinds.reduce((sum, kind) => sum + counts[segment][kind], 0);
    const lost = hostKinds.reduce(
      (sum, kind) => sum + counts[segment][kind] * vulnerableShareOf(ground, worm, segment, kind),
      0,
    );
    return total === 0 ? 0 : lost / total;
  };
  return care.needs.map((row, at): ServiceTerm => {
    const hours = lostHours(row, horizonSeconds);
    return {
      id: row.id,
      harm: row.harmPerHour * hours,
      isProtected: ground.protectedThings.some((thing) => thing.service === at && !isAllowed(thing, allowances)),
      needs: row.needs.map((need): NeedTerm => {
        const client = need.options.length > 0 ? need.options[0].client : null;
        const isCommon = client !== null && need.options.every((option) => option.client === client);
        return {
          client: isCommon ? { segment: client, share: clientShare(client) } : null,
          options: alikeOptions(need).map((alike): OptionTerm => {
            const [option] = alike;
            const infections =
              option.client === null ? [] : [{ segment: option.client, share: clientShare(option.client) }];
            const host = option.host === null ? null : care.hosts[option.host];
            const segment = host === null ? NO_SEGMENT : ground.places.segmentOf(host);
            if (host !== null && segment !== NO_SEGMENT) {
              infections.push({ segment, share: vulnerableShareOf(ground, worm, segment, kindOfRole(host.role)) });
            }
            const other = option.service === null ? null : care.needs[option.service];
            const throughShare = other === null || hours === 0 ? 0 : lostHours(row, horizonSeconds, [other]) / hours;
            return {
              alternatives: alike.map(({ controls: breakers }) => breakers.filter((control) => !isHost[control])),
              infections,
              through: option.service === null ? null : { service: option.service, share: throughShare },
              isLost: host !== null && infected.has(host.id),
            };
          }),
        };
      }),
    };
  });
}

/** Options of a need by what infection breaks together: the same host from the same segment, or the same service. */
function alikeOptions({ options }: NeedRow): OptionRow[][] {
  const groups = new Map<string, OptionRow[]>();
  for (const option of options) {
    const key = `${option.host} ${option.client} ${option.service}`;
    groups.set(key, [...(groups.get(key) ?? []), option]);
  }
  return [...groups.values()];
}

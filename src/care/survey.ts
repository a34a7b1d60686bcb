// What care needs of the network, found once per map: each need as conversations that must stand, hosts that must work,
// services that must run. Nonsense in the map is refused here; what the map contradicts is a finding and taken as open.

import type { CareFinding } from "../model/care.ts";
import { placeOfInternet } from "../model/control.ts";
import { PROTOCOL_TCP } from "../model/flow.ts";
import type { CareService, HospitalMap, Host, Need, NeedOption, SegmentUse } from "../model/map.ts";
import { kindOfRole, placesOfHosts, type Places } from "../model/places.ts";
import { parsePort } from "../model/port.ts";
import { reachOf } from "../model/reach.ts";
import { segmentIndexOf, segmentsOfScope } from "../model/scope.ts";
import { NO_SEGMENT } from "../model/units.ts";

/** A conversation between two places: positions of segments, or the internet. */
export interface Conversation {
  readonly from: number;
  readonly to: number;
  readonly protocol: number;
  readonly port: number;
}

/**
 * One way in which an option of the map may hold. Most options are one way; "the telephone exchange works" is one for
 * each segment of the building that may still call it.
 */
export interface Way {
  /** Position of the option among those of the need: 0 is the usual one. */
  readonly rank: number;
  readonly conversation: Conversation | null;
  /** Row of `Survey.hosts` that must work. */
  readonly host: number | null;
  /** Segment whose hosts use it: the share of them that is lost lowers the way. */
  readonly client: number | null;
  /** Position of the service that must run. */
  readonly service: number | null;
}

export interface SurveyedNeed {
  readonly need: Need;
  readonly ways: readonly Way[];
}

export interface SurveyedService {
  readonly service: CareService;
  readonly needs: readonly SurveyedNeed[];
  /** Places of its own that would reach out to the internet. */
  readonly places: readonly number[];
}

export interface Survey {
  readonly map: HospitalMap;
  readonly places: Places;
  /** Hosts that some need names, and the segment of each. */
  readonly hosts: readonly Host[];
  readonly hostSegments: readonly number[];
  readonly services: readonly SurveyedService[];
  /** Positions of the services, those that others need first. */
  readonly order: readonly number[];
  /** What the map says against itself. */
  readonly findings: readonly CareFinding[];
}

/** Uses whose hosts people work at; a guest's telephone does not keep a service going. */
const clientUses: ReadonlySet<SegmentUse> = new Set<SegmentUse>([
  "workstations",
  "medical-devices",
  "telephony",
  "printers",
  "mixed",
  "unknown",
]);

/** Partner links are web calls as far as exceptions and closed ports are concerned. */
const internetPort = 443;

/** @throws RangeError when a need names nothing of the map, or services need each other in a circle */
export function surveyCare(map: HospitalMap): Survey {
  return new Surveyor(map).survey();
}

class Surveyor {
  private readonly map: HospitalMap;
  private readonly places: Places;
  private readonly hosts: Host[] = [];
  private readonly hostSegments: number[] = [];
  private readonly findings: CareFinding[] = [];
  private readonly reaches = new Map<string, ReturnType<typeof reachOf>>();

  constructor(map: HospitalMap) {
    this.map = map;
    this.places = placesOfHosts(map);
  }

  survey(): Survey {
    const { map, places, hosts, hostSegments, findings } = this;
    const services = map.services.map((service) => {
      const own = this.placesOfService(service);
      const needs = service.needs.map((need) => this.surveyNeed(service, need, own));
      return { service, needs, places: own };
    });
    return { map, places, hosts, hostSegments, services, order: orderOfNeeds(services), findings };
  }

  private surveyNeed(service: CareService, need: Need, own: readonly number[]): SurveyedNeed {
    if (need.anyOf.length === 0) {
      throw new RangeError(`Cannot assess care: ${naming(service, need)} must have at least one option, got none`);
    }
    return { need, ways: need.anyOf.flatMap((option, rank) => this.waysOf(service, need, option, rank, own)) };
  }

  private waysOf(service: CareService, need: Need, option: NeedOption, rank: number, own: readonly number[]): Way[] {
    const way = { rank, conversation: null, host: null, client: null, service: null };
    switch (option.kind) {
      case "path":
        return [{ ...way, ...this.pathOf(service, need, option) }];
      case "host": {
        const host = this.hostRow(service, need, option.host);
        const conversations = this.callsTo(host, own);
        return conversations.length === 0
          ? [{ ...way, host }]
          : conversations.map((conversation) => ({ ...way, host, conversation }));
      }
      case "service": {
        const at = this.map.services.findIndex((each) => each.id === option.service);
        if (at < 0) throw unknown(service, need, "service", option.service);
        return [{ ...way, service: at }];
      }
      case "internet": {
        const to = placeOfInternet(this.map);
        const conversation = { to, protocol: PROTOCOL_TCP, port: internetPort };
        return own.length === 0 ? [way] : own.map((from) => ({ ...way, conversation: { ...conversation, from } }));
      }
    }
  }

  private pathOf(
    service: CareService,
    need: Need,
    path: Extract<NeedOption, { kind: "path" }>,
  ): Pick<Way, "conversation" | "host" | "client"> {
    const client = segmentIndexOf(this.map, path.from);
    if (client === NO_SEGMENT) throw unknown(service, need, "segment", path.from);
    const host = this.hostRow(service, need, path.to);
    const port = parsePort(path.port);
    if (port === null) {
      throw new RangeError(
        `Cannot assess care: ${naming(service, need)} must name a port like tcp/443, got ${path.port}`,
      );
    }
    const to = this.hostSegments[host];
    if (to === NO_SEGMENT) return { conversation: null, host, client };
    const reach = this.reaches.get(path.port) ?? reachOf(this.map, path.port);
    this.reaches.set(path.port, reach);
    if (reach.allows[client * reach.placeCount + to] === 0) {
      const { from, to: host } = path;
      const finding = { from, to: host, port: path.port, service: service.name, need: need.name };
      this.findings.push({ kind: "path-closed", ...finding });
    }
    return { conversation: { from: client, to, ...port }, host, client };
  }

  private hostRow(service: CareService, need: Need, id: string): number {
    const known = this.hosts.findIndex((host) => host.id === id);
    if (known >= 0) return known;
    const host = this.places.hostOf(id);
    if (host === undefined) throw unknown(service, need, "host", id);
    const segment = this.places.segmentOf(host);
    if (segment === NO_SEGMENT) {
      this.findings.push({ kind: "host-nowhere", host: host.id, service: service.name });
    }
    this.hosts.push(host);
    this.hostSegments.push(segment);
    return this.hosts.length - 1;
  }

  /** Calls of which one must get through for a host that serves others to be of use; none for a machine used where it stands. */
  private callsTo(host: number, own: readonly number[]): Conversation[] {
    const to = this.hostSegments[host];
    const { role, ports } = this.hosts[host];
    if (kindOfRole(role) !== "server" || to === NO_SEGMENT) return [];
    const others = own.filter((place) => place !== to);
    // Port 0 stands for "no port is stated": no exception of a cut lets it through unless it lets everything through.
    const known = ports.flatMap((text) => parsePort(text) ?? []);
    const calls = known.length > 0 ? known : [{ protocol: PROTOCOL_TCP, port: 0 }];
    return (others.length > 0 ? others : own).flatMap((from) => calls.map((call) => ({ from, to, ...call })));
  }

  /** Where the people of a service work: its building, else its site, else the whole hospital. */
  private placesOfService(service: CareService): readonly number[] {
    const scopes = [
      service.building === null ? null : `building:${service.building}`,
      service.site === null ? null : `site:${service.site}`,
      "all",
    ];
    for (const scope of scopes) {
      const segments = scope === null ? [] : (segmentsOfScope(this.map, scope) ?? []);
      const used = segments.filter((segment) => clientUses.has(this.map.segments[segment].use));
      if (used.length > 0) return used;
    }
    return this.map.segments.map((_, segment) => segment);
  }
}

/** Services in the order in which they can be assessed. */
function orderOfNeeds(services: readonly SurveyedService[]): number[] {
  const order: number[] = [];
  const state = new Uint8Array(services.length); // 1: begun, 2: done
  const path: string[] = [];
  const visit = (at: number): void => {
    if (state[at] === 2) return;
    const { service, needs } = services[at];
    if (state[at] === 1) {
      const circle = [...path.slice(path.indexOf(service.id)), service.id].join(" → ");
      throw new RangeError(`Cannot assess care: the needs of services must be free of circles, got ${circle}`);
    }
    state[at] = 1;
    path.push(service.id);
    for (const { ways } of needs) for (const way of ways) if (way.service !== null) visit(way.service);
    path.pop();
    state[at] = 2;
    order.push(at);
  };
  services.forEach((_, at) => visit(at));
  return order;
}

const naming = (service: CareService, need: Need): string => `need "${need.name}" of service "${service.id}"`;

function unknown(service: CareService, need: Need, what: string, id: string): RangeError {
  return new RangeError(`Cannot assess care: ${naming(service, need)} must name a ${what} of the map, got "${id}"`);
}

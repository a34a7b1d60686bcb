// What is worth knowing about a map that can be used all the same: gaps, doubts, things that will hurt at night.
// In: a map without problems. Out: remarks with a kind.

import { parseAddress, parseCidr } from "../model/address.ts";
import { type HospitalMap, type NeedOption, type Segment } from "../model/map.ts";
import { isPortInRange, parsePortRange, segmentsOfScope, siteOfSegment } from "../model/scope.ts";
import { parsePort } from "../model/port.ts";
import type { Millis } from "../model/units.ts";
import { PrefixTable } from "./prefix-table.ts";
import type { FindingKind, Path, Remark } from "./problems.ts";
import { endOf } from "./terrain.ts";

/** All findings of a map. `nowMs` null leaves out those that depend on the day. */
export function findingsOf(map: HospitalMap, nowMs: Millis | null): readonly Remark[] {
  const remarks: Remark[] = [];
  const note = (kind: FindingKind, path: Path, message: string): void => {
    remarks.push({ path, kind, rule: message, got: "", suggestion: null });
  };
  noteHosts(map, note);
  noteSegments(map, note);
  noteBuildings(map, note);
  noteServices(map, note);
  notePoints(map, note);
  noteLists(map, note, nowMs);
  return remarks;
}

type Note = (kind: FindingKind, path: Path, message: string) => void;

function noteHosts(map: HospitalMap, note: Note): void {
  const segments = new Map(map.segments.map((segment) => [segment.id, segment]));
  const table = segmentTable(map);
  for (const [index, host] of map.hosts.entries()) {
    const path = ["hosts", index];
    const placed = host.addresses.map((text) => segmentAt(map, table, text)).find((segment) => segment !== null);
    const segment = host.segment === null ? (placed ?? null) : (segments.get(host.segment) ?? null);
    if (host.addresses.length === 0) {
      note("host-without-address", path, `Host ${host.id} has no address: flows cannot be tied to it`);
    } else if (segment === null) {
      note("host-without-segment", path, `Host ${host.id} (${host.addresses.join(", ")}) is in no segment`);
    }
    if (host.building === null && (segment === null || segment.building === null)) {
      note("host-without-building", path, `Host ${host.id} is in no building: nobody can be sent to it`);
    }
  }
}

function segmentTable(map: HospitalMap): PrefixTable {
  return new PrefixTable(
    map.segments.flatMap((segment, value) =>
      segment.cidrs.flatMap((text) => {
        const cidr = parseCidr(text);
        return cidr === null ? [] : [{ cidr, value }];
      }),
    ),
  );
}

function segmentAt(map: HospitalMap, table: PrefixTable, text: string): Segment | null {
  const address = parseAddress(text);
  const index = address === null ? -1 : table.lookup(address);
  return index < 0 ? null : map.segments[index];
}

function noteSegments(map: HospitalMap, note: Note): void {
  const named = new Map<string, number>();
  const table = segmentTable(map);
  for (const host of map.hosts) {
    const id = host.segment ?? host.addresses.map((text) => segmentAt(map, table, text)).find((each) => each)?.id;
    if (id !== undefined) named.set(id, (named.get(id) ?? 0) + 1);
  }
  for (const [index, segment] of map.segments.entries()) {
    const path = ["segments", index];
    if (segment.building === null && segment.site === null) {
      note("segment-without-building", path, `Segment ${segment.id} is in no building and on no site`);
    }
    if (segment.cidrs.length === 0) {
      note("segment-without-block", path, `Segment ${segment.id} has no addresses: its traffic cannot be recognised`);
    }
    const count = named.get(segment.id) ?? 0;
    if (segment.hostCount === null) continue;
    if (count > segment.hostCount) {
      const message = `Segment ${segment.id} expects ${segment.hostCount} hosts and has ${count} by name`;
      note("more-hosts-than-expected", [...path, "hostCount"], message);
    }
    const room = addressRoom(segment);
    if (room !== null && segment.hostCount > room) {
      const message = `Segment ${segment.id} expects ${segment.hostCount} hosts in a block that has room for ${room}`;
      note("more-hosts-than-addresses", [...path, "hostCount"], message);
    }
  }
}

/** Addresses of the IPv4 blocks; null when there is IPv6, which always has room. */
function addressRoom(segment: Segment): number | null {
  let room = 0;
  for (const text of segment.cidrs) {
    const cidr = parseCidr(text);
    if (cidr === null || cidr.base.family === 6) return null;
    const size = 2 ** (32 - cidr.bits);
    room += size > 2 ? size - 2 : size;
  }
  return segment.cidrs.length === 0 ? null : room;
}

function noteBuildings(map: HospitalMap, note: Note): void {
  for (const [index, building] of map.buildings.entries()) {
    if (building.site === null) {
      note("building-without-site", ["buildings", index], `Building ${building.id} is on no site`);
    }
    if (!map.segments.some((segment) => segment.building === building.id)) {
      note("building-without-segment", ["buildings", index], `Building ${building.id} has no segment`);
    }
  }
}

function noteServices(map: HospitalMap, note: Note): void {
  const open = createCrossingTest(map);
  for (const [index, service] of map.services.entries()) {
    const path = ["services", index];
    if (service.standIns.length === 0) {
      note("service-without-stand-in", path, `Service ${service.id} has no stand-in: it stops when a need is cut`);
    }
    if (service.needs.length === 0) {
      note("service-without-needs", path, `Service ${service.id} states no need: no cut will seem to touch it`);
    }
    for (const [at, need] of service.needs.entries()) {
      for (const [which, option] of need.anyOf.entries()) {
        if (option.kind !== "path" || open(option)) continue;
        const message = `Service ${service.id} needs ${option.from} to reach ${option.to} on ${option.port}, and no crossing allows it`;
        note("need-without-crossing", [...path, "needs", at, "anyOf", which], message);
      }
    }
  }
  for (const kind of ["emergency-calls", "emergency-reception"] as const) {
    if (map.services.length === 0 || map.services.some((service) => service.kind === kind)) continue;
    note("emergency-missing", ["services"], `No service is of kind ${kind}: say so on purpose, or add it`);
  }
}

/** Whether the crossings (or the default) let a path's segment reach its host on its port. */
function createCrossingTest(map: HospitalMap): (option: Extract<NeedOption, { kind: "path" }>) => boolean {
  const table = segmentTable(map);
  const hosts = new Map(map.hosts.map((host) => [host.id, host]));
  const segments = new Map(map.segments.map((segment) => [segment.id, segment]));
  const crossings = map.crossings.map((crossing) => ({
    from: new Set((segmentsOfScope(map, crossing.from) ?? []).map((index) => map.segments[index].id)),
    to: new Set((segmentsOfScope(map, crossing.to) ?? []).map((index) => map.segments[index].id)),
    ranges: crossing.ports.flatMap((text) => parsePortRange(text) ?? []),
  }));
  return (option) => {
    const host = hosts.get(option.to);
    const from = segments.get(option.from);
    const port = parsePort(option.port);
    if (host === undefined || from === undefined || port === null) return true;
    const id = host.segment ?? host.addresses.map((text) => segmentAt(map, table, text)).find((each) => each)?.id;
    const to = id === undefined ? undefined : segments.get(id);
    if (to === undefined || to.id === from.id || isOpenByDefault(map, from, to)) return true;
    return crossings.some(
      (crossing) =>
        crossing.from.has(from.id) &&
        crossing.to.has(to.id) &&
        crossing.ranges.some((range) => isPortInRange(range, port.protocol, port.port)),
    );
  };
}

function isOpenByDefault(map: HospitalMap, from: Segment, to: Segment): boolean {
  switch (map.crossingDefault) {
    case "open":
      return true;
    case "open-within-site": {
      const site = siteOfSegment(map, from);
      return site !== null && site === siteOfSegment(map, to);
    }
    case "open-within-building":
      return from.building !== null && from.building === to.building;
    case "closed":
      return false;
  }
}

function notePoints(map: HospitalMap, note: Note): void {
  const guarded = new Set(map.enforcementPoints.flatMap((point) => point.guards));
  const table = segmentTable(map);
  for (const [index, boundary] of map.boundaries.entries()) {
    const isGuarded = guarded.has(boundary.id) || guarded.has(`boundary:${boundary.id}`);
    if (isGuarded) continue;
    note(
      "boundary-without-point",
      ["boundaries", index],
      `Boundary ${boundary.id} has no enforcement point: it cannot be closed`,
    );
  }
  for (const [index, point] of map.enforcementPoints.entries()) {
    for (const key of Object.keys(point.settings)) {
      if (!/(password|passphrase|secret|token|community|apikey|api_key)$/i.test(key)) continue;
      const message = `Setting ${key} of ${point.id} looks like a secret: name a file or variable instead (${key}File, ${key}Env)`;
      note("secret-in-settings", ["enforcementPoints", index, "settings", key], message);
    }
    if (point.managementAddress === null || map.segments.length === 0) continue;
    const address = parseAddress(point.managementAddress);
    if (address !== null && table.lookup(address) < 0) {
      const message = `The management address ${point.managementAddress} of ${point.id} is in no segment: a cut may cut it off`;
      note("point-without-path", ["enforcementPoints", index, "managementAddress"], message);
    }
  }
}

function noteLists(map: HospitalMap, note: Note, nowMs: Millis | null): void {
  for (const [index, talker] of map.talkers.entries()) {
    if (nowMs === null || endOf(talker.until) > nowMs) continue;
    note("talker-expired", ["talkers", index, "until"], `Known talker ${talker.host} expired on ${talker.until}`);
  }
  if (map.laptops.length > 0 && map.services.length > 0 && map.services.every((service) => service.seats === 0)) {
    note(
      "laptops-without-use",
      ["laptops"],
      "There are spare laptops and no service has seats: they cannot be allotted",
    );
  }
  for (const [index, contact] of map.contacts.entries()) {
    if (!contact.isOnIpPhone || contact.otherPhone !== null) continue;
    const message = `Contact ${contact.id} has only an IP phone, which may be down: add another number`;
    note("contact-on-ip-phone", ["contacts", index, "phone"], message);
  }
}

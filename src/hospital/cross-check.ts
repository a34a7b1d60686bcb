// What must hold between the values of a map: ids that exist, blocks that do not overlap, points that guard something.
// In: a map of the right shape, perhaps with faulty elements left out (their ids still count). Out: remarks.

import { type Address, cidrContains, formatAddress, parseAddress, parseCidr } from "../model/address.ts";
import { type HospitalMap, type NeedOption, segmentUses } from "../model/map.ts";
import { blockBounds } from "./prefix-table.ts";
import { nearestWord, type Path, type Remark } from "./problems.ts";

/** Ids by the list that declares them, those of left-out elements included. */
export type KnownIds = ReadonlyMap<string, ReadonlySet<string>>;

/** The lists whose elements have ids, and the noun for one of them. */
export const idSections = {
  sites: "site",
  buildings: "building",
  segments: "segment",
  hosts: "host",
  boundaries: "boundary",
  enforcementPoints: "enforcement point",
  sensors: "sensor",
  services: "service",
  standIns: "stand-in",
  laptops: "laptop pool",
  contacts: "contact",
} as const;
export type IdSection = keyof typeof idSections;

/** Collects remarks; the one thing every check is given. */
export class CrossCheck {
  readonly map: HospitalMap;
  readonly remarks: Remark[] = [];
  readonly #known: KnownIds;

  constructor(map: HospitalMap, known: KnownIds) {
    this.map = map;
    this.#known = known;
  }

  idsOf(section: IdSection): ReadonlySet<string> {
    return this.#known.get(section) ?? new Set();
  }

  refuse(path: Path, rule: string, got: string, suggestion: string | null = null): void {
    this.remarks.push({ path, kind: null, rule, got, suggestion });
  }

  /** Refuses an id that nothing declares. */
  expectId(section: IdSection, id: string | null, path: Path): void {
    if (id === null || this.idsOf(section).has(id)) return;
    this.refuse(path, `the id of a ${idSections[section]}`, JSON.stringify(id), nearestWord(id, this.idsOf(section)));
  }

  /** Refuses a scope that names nothing; `alsoPrefixes` are further kinds allowed here (`host:`, `boundary:`). */
  expectScope(scope: string, path: Path, also: readonly ("host" | "service" | "boundary")[] = []): void {
    if (scope === "all" || scope === "internet") return;
    const colon = scope.indexOf(":");
    const prefix = scope.slice(0, Math.max(0, colon));
    const name = scope.slice(colon + 1);
    const suggest = (words: Iterable<string>): string | null => {
      const near = nearestWord(name, words);
      return near === null ? null : prefix === "" ? near : `${prefix}:${near}`;
    };
    const sections: Record<string, IdSection> = { building: "buildings", site: "sites" };
    for (const kind of also) sections[kind] = kind === "boundary" ? "boundaries" : `${kind}s`;
    if (prefix === "use") {
      if ((segmentUses as readonly string[]).includes(name)) return;
      this.refuse(path, "a use of segments after use:", JSON.stringify(scope), suggest(segmentUses));
      return;
    }
    if (prefix === "") {
      const known = new Set([
        ...this.idsOf("segments"),
        ...(also.includes("boundary") ? this.idsOf("boundaries") : []),
      ]);
      if (known.has(name)) return;
      const elsewhere = this.#prefixFor(name, sections);
      const noun = also.includes("boundary") ? "the id of a segment or boundary" : "the id of a segment";
      this.refuse(path, noun, JSON.stringify(scope), elsewhere ?? suggest([...known, "internet", "all"]));
      return;
    }
    const section = sections[prefix];
    if (section === undefined) {
      this.refuse(path, "a segment id, building:ID, site:ID, use:USE, internet or all", JSON.stringify(scope));
    } else if (!this.idsOf(section).has(name)) {
      this.refuse(path, `the id of a ${idSections[section]}`, JSON.stringify(scope), suggest(this.idsOf(section)));
    }
  }

  /** `heart` is no segment, but there is a building of that id: `building:heart`. */
  #prefixFor(name: string, sections: Readonly<Record<string, IdSection>>): string | null {
    for (const [prefix, section] of Object.entries(sections)) {
      if (this.idsOf(section).has(name)) return `${prefix}:${name}`;
    }
    return null;
  }
}

/** Runs every check that can refuse a map. */
export function checkReferences(check: CrossCheck): void {
  checkIds(check);
  checkPlaces(check);
  checkBlocks(check);
  checkHosts(check);
  checkCrossings(check);
  checkPoints(check);
  checkServices(check);
  checkLists(check);
}

function checkIds(check: CrossCheck): void {
  const reserved = new Set(["internet", "all"]);
  for (const section of Object.keys(idSections) as IdSection[]) {
    const firstAt = new Map<string, number>();
    for (const [index, { id }] of check.map[section].entries()) {
      const earlier = firstAt.get(id);
      const path = [section, index, "id"];
      if (earlier !== undefined)
        check.refuse(path, "used once", `${JSON.stringify(id)}, which ${section}[${earlier}] has too`);
      else firstAt.set(id, index);
      const isScope = section === "segments" || section === "boundaries";
      if (isScope && reserved.has(id)) check.refuse(path, "another word than internet and all", JSON.stringify(id));
      if (section === "boundaries" && check.idsOf("segments").has(id)) {
        check.refuse(path, "an id that no segment has", JSON.stringify(id));
      }
    }
  }
}

function checkPlaces(check: CrossCheck): void {
  const { map } = check;
  for (const [index, building] of map.buildings.entries()) {
    check.expectId("sites", building.site, ["buildings", index, "site"]);
  }
  const siteOf = new Map(map.buildings.map((building) => [building.id, building.site]));
  for (const section of ["segments", "enforcementPoints", "services"] as const) {
    for (const [index, { site, building }] of map[section].entries()) {
      check.expectId("buildings", building, [section, index, "building"]);
      check.expectId("sites", site, [section, index, "site"]);
      const expected = building === null ? null : siteOf.get(building);
      if (site !== null && expected && expected !== site) {
        check.refuse(
          [section, index, "site"],
          `the site of its building (${expected})`,
          JSON.stringify(site),
          expected,
        );
      }
    }
  }
}

/** Blocks may only nest along `parent`. Sorted by first address, an overlap is always with a block still open. */
function checkBlocks(check: CrossCheck): void {
  const { segments } = check.map;
  const parentOf = new Map(segments.map((segment) => [segment.id, segment.parent]));
  const isAncestor = (ancestor: string, id: string): boolean => {
    let at = parentOf.get(id) ?? null;
    for (let step = 0; at !== null && step <= segments.length; step++) {
      if (at === ancestor) return true;
      at = parentOf.get(at) ?? null;
    }
    return false;
  };
  const blocks = segments.flatMap((segment, index) =>
    segment.cidrs.flatMap((text, at) => {
      const cidr = parseCidr(text);
      return cidr === null
        ? []
        : [{ ...blockBounds(cidr), text, id: segment.id, path: ["segments", index, "cidrs", at] }];
    }),
  );
  blocks.sort((a, b) =>
    a.first < b.first ? -1 : a.first > b.first ? 1 : a.last > b.last ? -1 : a.last < b.last ? 1 : 0,
  );
  const open: typeof blocks = [];
  for (const block of blocks) {
    while (open.length > 0 && (open.at(-1)?.last ?? 0n) < block.first) open.pop();
    const around = open.at(-1);
    if (around !== undefined) {
      const isSame = around.first === block.first && around.last === block.last;
      if (around.id === block.id) {
        check.refuse(block.path, "apart from the other blocks of its segment", `${block.text} inside ${around.text}`);
      } else if (isSame || !isAncestor(around.id, block.id)) {
        const rule = `apart from the blocks of other segments${isSame ? "" : ` (or name ${around.id} as parent)`}`;
        check.refuse(block.path, rule, `${block.text}, which overlaps ${around.text} of ${around.id}`);
      }
    }
    open.push(block);
  }
  checkParents(check, isAncestor);
}

function checkParents(check: CrossCheck, isAncestor: (ancestor: string, id: string) => boolean): void {
  const { segments } = check.map;
  for (const [index, segment] of segments.entries()) {
    check.expectId("segments", segment.parent, ["segments", index, "parent"]);
    if (segment.parent === null) continue;
    if (isAncestor(segment.id, segment.id)) {
      check.refuse(["segments", index, "parent"], "free of circles", JSON.stringify(segment.parent));
      continue;
    }
    const parent = segments.find((each) => each.id === segment.parent);
    if (parent === undefined) continue;
    const around = parent.cidrs.flatMap((text) => parseCidr(text) ?? []);
    for (const [at, text] of segment.cidrs.entries()) {
      const cidr = parseCidr(text);
      if (cidr === null || around.some((each) => each.bits <= cidr.bits && cidrContains(each, cidr.base))) continue;
      check.refuse(
        ["segments", index, "cidrs", at],
        `inside the blocks of its parent ${parent.id}`,
        JSON.stringify(text),
      );
    }
  }
}

function checkHosts(check: CrossCheck): void {
  const { map } = check;
  const blocksOf = new Map(map.segments.map((each) => [each.id, each.cidrs.flatMap((text) => parseCidr(text) ?? [])]));
  const holderOf = new Map<string, string>();
  for (const [index, host] of map.hosts.entries()) {
    check.expectId("buildings", host.building, ["hosts", index, "building"]);
    check.expectId("segments", host.segment, ["hosts", index, "segment"]);
    const blocks = host.segment === null ? undefined : blocksOf.get(host.segment);
    const addresses = host.addresses.map((text) => parseAddress(text));
    for (const [at, address] of addresses.entries()) {
      if (address === null) continue;
      const key = formatAddress(address);
      const path = ["hosts", index, "addresses", at];
      const holder = holderOf.get(key);
      if (holder !== undefined) check.refuse(path, "the address of one host", `${key}, which ${holder} has too`);
      else holderOf.set(key, host.id);
    }
    const isPlaced = (address: Address | null): boolean =>
      address === null || blocks === undefined || blocks.some((block) => cidrContains(block, address));
    if (blocks && blocks.length > 0 && addresses.length > 0 && !addresses.some(isPlaced)) {
      check.refuse(
        ["hosts", index, "addresses"],
        `in the blocks of segment ${host.segment}`,
        host.addresses.join(", "),
      );
    }
  }
}

function checkCrossings(check: CrossCheck): void {
  for (const [index, crossing] of check.map.crossings.entries()) {
    check.expectScope(crossing.from, ["crossings", index, "from"]);
    check.expectScope(crossing.to, ["crossings", index, "to"]);
    if (crossing.from === "internet" && crossing.to === "internet") {
      check.refuse(["crossings", index, "to"], "a part of the map when from is internet", '"internet"');
    }
  }
  for (const [index, boundary] of check.map.boundaries.entries()) {
    for (const [at, scope] of boundary.around.entries()) {
      check.expectScope(scope, ["boundaries", index, "around", at]);
    }
  }
  for (const [index, sensor] of check.map.sensors.entries()) {
    for (const [at, scope] of sensor.sees.entries()) check.expectScope(scope, ["sensors", index, "sees", at]);
  }
}

function checkPoints(check: CrossCheck): void {
  for (const [index, point] of check.map.enforcementPoints.entries()) {
    const path = ["enforcementPoints", index];
    if (point.guards.length === 0) check.refuse([...path, "guards"], "at least one boundary or scope", "an empty list");
    for (const [at, guard] of point.guards.entries()) {
      check.expectScope(guard, [...path, "guards", at], ["boundary", "host"]);
    }
    check.expectId("contacts", point.contact, [...path, "contact"]);
    const needsAddress = point.kind !== "person" && point.kind !== "block-list" && point.managementAddress === null;
    if (needsAddress) check.refuse([...path, "managementAddress"], `given for a ${point.kind}`, "nothing");
    if (point.kind === "person" && point.contact === null) {
      check.refuse([...path, "contact"], "given for a person", "nothing");
    }
  }
}

function checkServices(check: CrossCheck): void {
  for (const [index, service] of check.map.services.entries()) {
    check.expectId("contacts", service.contact, ["services", index, "contact"]);
    for (const [at, use] of service.standIns.entries()) {
      check.expectId("standIns", use.standIn, ["services", index, "standIns", at, "standIn"]);
    }
    for (const [at, need] of service.needs.entries()) {
      for (const [which, option] of need.anyOf.entries()) {
        checkOption(check, option, ["services", index, "needs", at, "anyOf", which]);
      }
    }
  }
  const needed = new Map(
    check.map.services.map((service) => [
      service.id,
      service.needs.flatMap((need) =>
        need.anyOf.flatMap((option) => (option.kind === "service" ? option.service : [])),
      ),
    ]),
  );
  for (const [index, { id }] of check.map.services.entries()) {
    if (reaches(needed, id, id))
      check.refuse(["services", index, "needs"], "free of circles", `${JSON.stringify(id)} needing itself`);
  }
}

/** Whether `to` can be reached from `from` in one or more steps. */
function reaches(next: ReadonlyMap<string, readonly string[]>, from: string, to: string): boolean {
  const seen = new Set<string>();
  const open = [...(next.get(from) ?? [])];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === to) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...(next.get(id) ?? []));
  }
  return false;
}

function checkOption(check: CrossCheck, option: NeedOption, path: Path): void {
  switch (option.kind) {
    case "path":
      check.expectId("segments", option.from, [...path, "from"]);
      check.expectId("hosts", option.to, [...path, "to"]);
      break;
    case "host":
      check.expectId("hosts", option.host, [...path, "host"]);
      break;
    case "service":
      check.expectId("services", option.service, [...path, "service"]);
      break;
    case "internet":
      break;
  }
}

function checkLists(check: CrossCheck): void {
  const { map } = check;
  for (const [index, talker] of map.talkers.entries()) check.expectId("hosts", talker.host, ["talkers", index, "host"]);
  for (const [index, standIn] of map.standIns.entries()) {
    check.expectId("contacts", standIn.contact, ["standIns", index, "contact"]);
  }
  for (const [index, use] of map.internetUses.entries()) {
    for (const [at, id] of use.services.entries()) {
      check.expectId("services", id, ["internetUses", index, "services", at]);
    }
  }
  for (const [index, { item }] of map.protected.entries()) {
    check.expectScope(item, ["protected", index, "item"], ["host", "service", "boundary"]);
  }
  for (const [index, pool] of map.laptops.entries()) {
    check.expectId("buildings", pool.building, ["laptops", index, "building"]);
    check.expectId("contacts", pool.contact, ["laptops", index, "contact"]);
  }
}

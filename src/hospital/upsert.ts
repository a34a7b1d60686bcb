// An inventory joined with a map: what is new, what changes, what stays, what the inventory no longer has, and which rows
// contradict the map. Nothing is ever removed; a row that could mean two hosts changes neither.

import { type Cidr, formatCidr, maskAddress, parseCidr } from "../model/address.ts";
import type { Building, HospitalMap, Host, Segment, Site } from "../model/map.ts";
import { newBuilding, newHost, newSegment } from "./blank.ts";
import type { Inventory, InventoryHost, InventorySegment, PlaceWords, RowProblem } from "./inventory.ts";
import { foldedWord, idFromName } from "./inventory-text.ts";
import {
  elementsById,
  type FieldChange,
  fieldsChanged,
  holdsAny,
  keyOfAddress,
  keyOfBlock,
  union,
} from "./upsert-compare.ts";

export type UpsertSection = "sites" | "buildings" | "segments" | "hosts";

export interface Change {
  readonly section: UpsertSection;
  readonly id: string;
  readonly file: string;
  readonly row: number;
  readonly fields: readonly FieldChange[];
}

export interface Upsert {
  readonly map: HospitalMap;
  readonly added: readonly Change[];
  readonly changed: readonly Change[];
  readonly unchanged: readonly Change[];
  /** Hosts of the map that the inventory does not have. They stay. */
  readonly vanished: readonly string[];
  readonly conflicts: readonly RowProblem[];
}

/** Joins. The map given is not changed. */
export function upsertInventory(map: HospitalMap, inventory: Inventory): Upsert {
  const joined = new Joining(map);
  for (const { file, row, place } of inventory.places) joined.placeOf(place, file, row);
  for (const segment of inventory.segments) joined.addSegment(segment);
  joined.nestSegments();
  for (const host of inventory.hosts) joined.release(host);
  for (const host of inventory.hosts) joined.addHost(host);
  return joined.result(inventory.hosts.length > 0);
}

/** An element that a row spoke of. */
interface Touch {
  readonly section: UpsertSection;
  readonly id: string;
  readonly file: string;
  readonly row: number;
  readonly isNew: boolean;
}

/** The state of one join. Lists grow; elements are replaced, never changed in place. */
class Joining {
  readonly #map: HospitalMap;
  readonly #sites: Site[];
  readonly #buildings: Building[];
  readonly #segments: Segment[];
  readonly #hosts: Host[];
  readonly #touched = new Map<string, Touch>();
  readonly #conflicts: RowProblem[] = [];
  readonly #keys = new Map<string, number>();
  /** Host positions that a row of this inventory has already spoken for, with that row. */
  readonly #seen = new Map<number, InventoryHost>();
  readonly #ids = new Set<string>();
  readonly #segmentIds: Set<string>;
  /** Position of the segment that has a block, by the block's written form. */
  readonly #blocks = new Map<string, number>();
  /** Ids of sites and buildings, by section and folded word. */
  readonly #places = new Map<string, string>();

  constructor(map: HospitalMap) {
    this.#map = map;
    this.#sites = [...map.sites];
    this.#buildings = [...map.buildings];
    this.#segments = [...map.segments];
    this.#hosts = [...map.hosts];
    for (const [index, host] of this.#hosts.entries()) this.#index(host, index);
    this.#segmentIds = new Set([...map.segments, ...map.boundaries].map((each) => each.id));
    for (const [index, segment] of this.#segments.entries()) {
      for (const text of segment.cidrs) this.#blocks.set(keyOfBlock(text), index);
    }
    for (const section of ["sites", "buildings"] as const) {
      for (const { id, name, aliases } of map[section]) this.#callPlace(section, id, [id, name ?? "", ...aliases]);
    }
  }

  result(hasHosts: boolean): Upsert {
    const map = {
      ...this.#map,
      sites: this.#sites,
      buildings: this.#buildings,
      segments: this.#segments,
      hosts: this.#hosts,
    };
    const before = elementsById(this.#map);
    const after = elementsById(map);
    const touched = [...this.#touched.entries()].map(([key, touch]): Touch & Change => {
      return { ...touch, fields: touch.isNew ? [] : fieldsChanged(before.get(key), after.get(key)) };
    });
    return {
      map,
      added: touched.filter((each) => each.isNew),
      changed: touched.filter((each) => !each.isNew && each.fields.length > 0),
      unchanged: touched.filter((each) => !each.isNew && each.fields.length === 0),
      vanished: hasHosts ? this.#map.hosts.filter((_, index) => !this.#seen.has(index)).map((host) => host.id) : [],
      conflicts: this.#conflicts,
    };
  }

  /** The building (and its site) that words mean; both are added when nothing in the map is called so. */
  placeOf(words: PlaceWords, file: string, row: number): { building: string | null; site: string | null } {
    const site =
      words.site === null
        ? null
        : this.#named("sites", this.#sites, words.site, file, row, (id, name) => ({ id, name, aliases: [] }));
    if (words.building === null) return { building: null, site };
    const building = this.#named("buildings", this.#buildings, words.building, file, row, (id, name) => ({
      ...newBuilding(id),
      name,
      site,
    }));
    const index = this.#buildings.findIndex((each) => each.id === building);
    if (index >= 0 && site !== null && this.#buildings[index].site === null) {
      this.#change("buildings", this.#buildings, index, { site }, file, row);
    }
    return { building, site };
  }

  addSegment(row: InventorySegment): void {
    const { building, site } = this.placeOf(row.place, row.file, row.row);
    const index = this.#blocks.get(row.cidr);
    const stated = {
      ...(row.name === null ? {} : { name: row.name }),
      ...(row.vlan === null ? {} : { vlan: row.vlan }),
      ...(row.use === null ? {} : { use: row.use }),
      ...(row.hostCount === null ? {} : { hostCount: row.hostCount }),
      ...(building === null ? {} : { building }),
      ...(site === null || building !== null ? {} : { site }),
    };
    if (index !== undefined) {
      this.#change("segments", this.#segments, index, stated, row.file, row.row);
      return;
    }
    const wanted = idFromName(row.name ?? "") ?? `net-${row.cidr.replaceAll(/[^0-9a-f]+/g, "-")}`;
    const id = this.#freeId(wanted, this.#segmentIds);
    const segment: Segment = { ...newSegment(id, "unknown"), cidrs: [row.cidr], ...stated };
    this.#segmentIds.add(id);
    this.#blocks.set(row.cidr, this.#segments.length);
    this.#segments.push(segment);
    this.#note("segments", id, row.file, row.row, true);
  }

  /** Gives new segments that lie inside another one their parent: the smallest around them. */
  nestSegments(): void {
    const isNew = (at: number): boolean => this.#touched.get(`segments ${this.#segments[at].id}`)?.isNew === true;
    for (const [text, index] of this.#blocks) {
      const cidr = parseCidr(text);
      const around = cidr === null ? undefined : this.#blockAround(cidr, index);
      if (around === undefined || !(isNew(index) || isNew(around))) continue;
      const parent = this.#segments[around].id;
      const { file, row } = this.#touched.get(`segments ${this.#segments[isNew(index) ? index : around].id}`)!;
      this.#change("segments", this.#segments, index, { parent }, file, row);
    }
  }

  /** The segment with the smallest block around a block, other than its own. */
  #blockAround(cidr: Cidr, own: number): number | undefined {
    for (let bits = cidr.bits - 1; bits >= 0; bits--) {
      const index = this.#blocks.get(formatCidr({ base: maskAddress(cidr.base, bits), bits }));
      if (index !== undefined && index !== own) return index;
    }
    return undefined;
  }

  /** Frees the addresses of a known host that its row states anew, so that addresses may move between hosts. */
  release(row: InventoryHost): void {
    const index = row.addresses.length === 0 ? null : this.#match(row, true);
    if (typeof index !== "number") return;
    const isByAddress = row.name === null && row.serial === null && row.assetTag === null && row.macs.length === 0;
    if (isByAddress) return;
    for (const text of this.#hosts[index].addresses) this.#keys.delete(`address ${keyOfAddress(text)}`);
  }

  addHost(row: InventoryHost): void {
    const index = this.#match(row);
    if (index === "conflict") return;
    const { building } = this.placeOf(row.place, row.file, row.row);
    const known = index === null ? null : this.#hosts[index];
    const addresses = row.addresses.filter((address) => this.#isFree(address, index, row));
    const segment = this.#segmentOf(row);
    const stated = {
      ...(addresses.length === 0
        ? {}
        : { addresses: this.#isRepeated(index, row) ? union(known?.addresses, addresses) : addresses }),
      ...(row.macs.length === 0 ? {} : { macs: union(known?.macs, row.macs) }),
      ...(row.role === null || (known !== null && known.role !== "unknown") ? {} : { role: row.role }),
      ...(building === null ? {} : { building }),
      ...(row.place.room === null ? {} : { room: row.place.room }),
      ...(segment === null ? this.#leftSegment(known, addresses) : { segment }),
      ...(row.switchPort === null ? {} : { switchPort: row.switchPort }),
      ...(row.ports.length === 0 ? {} : { ports: union(known?.ports, row.ports) }),
      ...(row.serial === null ? {} : { serial: row.serial }),
      ...(row.assetTag === null ? {} : { assetTag: row.assetTag }),
    };
    if (index !== null) {
      this.#change("hosts", this.#hosts, index, stated, row.file, row.row);
      this.#index(this.#hosts[index], index);
      this.#seen.set(index, row);
      return;
    }
    const wanted = idFromName(row.name ?? row.addresses[0] ?? "") ?? "host";
    const id = this.#freeId(wanted, this.#ids);
    const name = row.name !== null && row.name !== id ? row.name : null;
    const host: Host = { ...newHost(id), name, ...stated };
    this.#hosts.push(host);
    this.#index(host, this.#hosts.length - 1);
    this.#seen.set(this.#hosts.length - 1, row);
    this.#note("hosts", id, row.file, row.row, true);
  }

  /** Strongest key first: serial, asset tag, MAC, name, address. */
  #match(row: InventoryHost, isQuiet = false): number | null | "conflict" {
    const strong = [
      row.serial === null ? null : `serial ${foldedWord(row.serial)}`,
      row.assetTag === null ? null : `asset ${foldedWord(row.assetTag)}`,
      ...row.macs.map((mac) => `mac ${mac}`),
    ];
    for (const key of strong) {
      const index = key === null ? undefined : this.#keys.get(key);
      if (index !== undefined) return index;
    }
    const byName = row.name === null ? undefined : this.#keys.get(`name ${foldedWord(row.name)}`);
    if (byName !== undefined) {
      const known = this.#hosts[byName];
      const isOther =
        (row.macs.length > 0 && known.macs.length > 0) ||
        (row.serial !== null && known.serial !== null) ||
        (row.assetTag !== null && known.assetTag !== null);
      if (!isOther) return byName;
      if (isQuiet) return "conflict";
      const held = [...known.macs, known.serial, known.assetTag].filter(Boolean).join(", ");
      const rule = `of one device (${known.id} has ${held})`;
      this.#conflict(row, "name", row.name ?? "", rule, "Rename one of them, or correct the serial or MAC");
      return "conflict";
    }
    if (row.name !== null) return null;
    return (
      row.addresses.map((address) => this.#keys.get(`address ${address}`)).find((index) => index !== undefined) ?? null
    );
  }

  /** Whether several rows of this inventory speak of the same host: then their addresses add up. */
  #isRepeated(index: number | null, row: InventoryHost): boolean {
    const earlier = index === null ? undefined : this.#seen.get(index);
    return earlier !== undefined && earlier !== row;
  }

  #isFree(address: string, index: number | null, row: InventoryHost): boolean {
    const holder = this.#keys.get(`address ${address}`);
    if (holder === undefined || holder === index) return true;
    const rule = `an address no other host has (${this.#hosts[holder].id} has it)`;
    this.#conflict(row, "address", address, rule, "Find out which one is right; the map keeps what it has");
    return false;
  }

  /** A host that moved out of the segment it states: from now on its addresses tell. */
  #leftSegment(known: Host | null, addresses: readonly string[]): Partial<Host> {
    const stated = this.#segments.find((each) => each.id === known?.segment);
    if (stated === undefined || addresses.length === 0 || holdsAny(stated, addresses)) return {};
    return { segment: null };
  }

  #segmentOf(row: InventoryHost): string | null {
    if (row.segment === null) return null;
    const wanted = foldedWord(row.segment);
    const found = this.#segments.find(
      (each) => foldedWord(each.id) === wanted || foldedWord(each.name ?? "") === wanted,
    );
    if (found === undefined) {
      this.#conflict(
        row,
        "segment",
        row.segment,
        "a segment of the map",
        "Add the segment first, or leave the column out",
      );
      return null;
    }
    if (row.addresses.length === 0 || holdsAny(found, row.addresses)) return found.id;
    this.#conflict(
      row,
      "segment",
      row.segment,
      `one that holds ${row.addresses.join(", ")}`,
      "Correct the address or the segment",
    );
    return null;
  }

  #named<T extends Site>(
    section: UpsertSection,
    list: T[],
    word: string,
    file: string,
    row: number,
    create: (id: string, name: string | null) => T,
  ): string {
    const known = this.#places.get(`${section} ${foldedWord(word)}`);
    if (known !== undefined) return known;
    const id = this.#freeId(idFromName(word.toLowerCase()) ?? "place", new Set(list.map((each) => each.id)));
    list.push(create(id, word === id ? null : word.slice(0, 1000)));
    this.#callPlace(section, id, [id, word]);
    this.#note(section, id, file, row, true);
    return id;
  }

  #callPlace(section: UpsertSection, id: string, names: readonly string[]): void {
    for (const name of names) {
      const key = `${section} ${foldedWord(name)}`;
      if (name !== "" && !this.#places.has(key)) this.#places.set(key, id);
    }
  }

  #change<T extends { readonly id: string }>(
    section: UpsertSection,
    list: T[],
    index: number,
    stated: Partial<T>,
    file: string,
    row: number,
  ): void {
    list[index] = { ...list[index], ...stated };
    this.#note(section, list[index].id, file, row, false);
  }

  #note(section: UpsertSection, id: string, file: string, row: number, isNew: boolean): void {
    const key = `${section} ${id}`;
    if (!this.#touched.has(key)) this.#touched.set(key, { section, id, file, row, isNew });
  }

  #conflict(row: InventoryHost, column: string, value: string, rule: string, advice: string): void {
    this.#conflicts.push({ file: row.file, row: row.row, column, value, rule, advice });
  }

  #index(host: Host, index: number): void {
    this.#ids.add(host.id);
    const set = (key: string): void => {
      if (!this.#keys.has(key)) this.#keys.set(key, index);
    };
    if (host.serial !== null) set(`serial ${foldedWord(host.serial)}`);
    if (host.assetTag !== null) set(`asset ${foldedWord(host.assetTag)}`);
    for (const mac of host.macs) set(`mac ${mac}`);
    for (const name of [host.id, host.name]) if (name !== null) set(`name ${foldedWord(name)}`);
    for (const text of host.addresses) set(`address ${keyOfAddress(text)}`);
  }

  #freeId(wanted: string, taken: ReadonlySet<string>): string {
    const isReserved = wanted === "all" || wanted === "internet";
    if (!taken.has(wanted) && !isReserved) return wanted;
    let number = 2;
    while (taken.has(`${wanted.slice(0, 72)}-${number}`)) number++;
    return `${wanted.slice(0, 72)}-${number}`;
  }
}

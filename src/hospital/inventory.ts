// What an inventory says, whatever it was written by: hosts, segments and places, with every row that could not be
// used. The readers of each format fill it; upsert.ts compares it with the map.

import type { SegmentUse } from "../model/map.ts";
import type { HostRole } from "../model/terrain.ts";

/** Where something stands, in the words of the inventory. */
export interface PlaceWords {
  readonly site: string | null;
  readonly building: string | null;
  readonly room: string | null;
}

/** Null and empty: the inventory does not say, so the map keeps what it has. */
export interface InventoryHost {
  readonly file: string;
  /** Line of the file, from 1; for JSON the position in its list, from 1. */
  readonly row: number;
  readonly name: string | null;
  readonly addresses: readonly string[];
  readonly macs: readonly string[];
  readonly role: HostRole | null;
  readonly place: PlaceWords;
  /** A segment's id or name. */
  readonly segment: string | null;
  readonly switchPort: string | null;
  readonly ports: readonly string[];
  readonly serial: string | null;
  readonly assetTag: string | null;
}

/** A host of which the inventory says no more than its name. */
export function blankHost(file: string, row: number, name: string | null): InventoryHost {
  const place = { site: null, building: null, room: null };
  const nothing = { role: null, segment: null, switchPort: null, serial: null, assetTag: null };
  return { file, row, name, addresses: [], macs: [], ports: [], place, ...nothing };
}

export interface InventorySegment {
  readonly file: string;
  readonly row: number;
  readonly name: string | null;
  readonly cidr: string;
  readonly vlan: number | null;
  readonly use: SegmentUse | null;
  readonly place: PlaceWords;
  readonly hostCount: number | null;
}

/** A site or a building that is stated by itself. */
export interface InventoryPlace {
  readonly file: string;
  readonly row: number;
  readonly place: PlaceWords;
}

/** A row, or a cell of it, that cannot be used as it is. */
export interface RowProblem {
  readonly file: string;
  readonly row: number;
  readonly column: string;
  readonly value: string;
  readonly rule: string;
  /** What to do about it. */
  readonly advice: string;
}

/** What the readers fill. */
export interface Inventory {
  readonly hosts: InventoryHost[];
  readonly segments: InventorySegment[];
  readonly places: InventoryPlace[];
  readonly problems: RowProblem[];
  /** "one page of 320", "the file ends inside a host". */
  readonly remarks: string[];
  rows: number;
}

export const inventoryKinds = ["netbox", "glpi", "csv", "nmap"] as const;
export type InventoryKind = (typeof inventoryKinds)[number];

export interface InventoryFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface InventoryOptions {
  /** Null: told from the content. */
  readonly kind: InventoryKind | null;
  /** Our field → the heading of its column, for CSV of any make. */
  readonly columns: Readonly<Record<string, string>>;
  /** What a NetBox site stands for. */
  readonly netboxSites: "buildings" | "sites";
}

export const inventoryDefaults: InventoryOptions = { kind: null, columns: {}, netboxSites: "buildings" };

export function emptyInventory(): Inventory {
  return { hosts: [], segments: [], places: [], problems: [], remarks: [], rows: 0 };
}

/** `assets.csv:14: Cannot import the row: Adresse IP must be an IPv4 or IPv6 address, got "10.0.3" (advice)`. */
export function formatRowProblem(problem: RowProblem): string {
  const { file, row, column, rule, value, advice } = problem;
  return `${file}:${row}: Cannot import the row: ${column} must be ${rule}, got ${JSON.stringify(value)}. ${advice}`;
}

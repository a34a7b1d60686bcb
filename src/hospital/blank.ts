// New elements of a map with every default of the schema filled in: what imports and drafts begin from.

import type { Building, HospitalMap, Host, Segment, SegmentUse } from "../model/map.ts";
import { mapSchema } from "./schema.ts";

export function newMap(name: string): HospitalMap {
  return mapSchema.parse({ schema: "cordon.map/1", name });
}

export function newBuilding(id: string): Building {
  return { id, name: null, site: null, aliases: [] };
}

export function newSegment(id: string, use: SegmentUse): Segment {
  return {
    id,
    name: null,
    building: null,
    site: null,
    use,
    cidrs: [],
    vlan: null,
    parent: null,
    gateways: [],
    hostCount: null,
    isEssential: false,
    isListed: false,
    isPeerIsolated: false,
    vulnerableShare: null,
  };
}

export function newHost(id: string): Host {
  return {
    id,
    name: null,
    addresses: [],
    macs: [],
    role: "unknown",
    does: [],
    building: null,
    segment: null,
    room: null,
    switchPort: null,
    ports: [],
    isProtected: false,
    serial: null,
    assetTag: null,
  };
}

// The generated hospital as a map would describe it. In: a TrafficHospital and how much the map knows. Out: a Terrain.
// For tests: the same traffic with no map, with segments only, with roles, with known talkers declared.

import type { HostFacts, HostRole, Terrain } from "../../src/model/terrain.ts";
import { NO_SEGMENT, type SegmentIndex } from "../../src/model/units.ts";
import { isOutside, type TrafficHospital, type TrafficRole, talkerRoles } from "./hospital.ts";

export interface TerrainOptions {
  /** Segments only, or each fixed device's role as well. */
  readonly knows: "segments" | "roles";
  /** Segments whose hosts are all listed, so that any other address there is dark. Default none. */
  readonly listed?: (segmentName: string) => boolean;
  /** Declares the known talkers until this time; default not at all. */
  readonly talkersUntilMs?: number;
}

const roles: { readonly [Role in TrafficRole]: HostRole } = {
  workstation: "workstation",
  "reading-station": "workstation",
  "admin-workstation": "workstation",
  laptop: "workstation",
  guest: "unknown",
  telephone: "telephone",
  printer: "printer",
  "medical-device": "medical-device",
  modality: "medical-device",
  "domain-controller": "domain-controller",
  "dhcp-server": "infrastructure",
  "file-server": "server",
  "records-server": "server",
  "image-archive": "server",
  "message-engine": "server",
  "application-server": "server",
  "print-server": "print-server",
  "call-manager": "infrastructure",
  "mail-server": "server",
  proxy: "infrastructure",
  "software-distribution": "management",
  backup: "backup",
  "vulnerability-scanner": "vulnerability-scanner",
  "uptime-monitor": "monitoring",
  "nat-gateway": "nat-gateway",
  "exposed-server": "server",
};

/** Devices whose addresses change are known by their segment alone. */
const movingRoles: ReadonlySet<TrafficRole> = new Set<TrafficRole>(["laptop", "guest"]);

export function terrainOf(hospital: TrafficHospital, options: TerrainOptions): Terrain {
  const segmentAt = new Map(hospital.segments.map((segment) => [segment.base >>> 8, segment]));
  const roleAt = new Map<number, TrafficRole>();
  for (const device of hospital.devices) if (!movingRoles.has(device.role)) roleAt.set(device.address, device.role);
  return {
    factsOf(hosts, host): HostFacts {
      const address = hosts.isIpv4(host) ? hosts.lastWord(host) : 0;
      const segment = segmentAt.get(address >>> 8);
      const role = roleAt.get(address);
      const isListed = segment !== undefined && (options.listed?.(segment.name) ?? false);
      const isTalker = role !== undefined && talkerRoles.has(role);
      return {
        isInside: segment !== undefined || (isOutside(address) ? false : address >>> 24 === 10),
        role: options.knows === "roles" && role !== undefined ? roles[role] : "unknown",
        segment: segment === undefined ? NO_SEGMENT : (segment.index as SegmentIndex),
        isDark: isListed && role === undefined && (address & 255) !== 1,
        knownTalkerUntilMs: isTalker ? (options.talkersUntilMs ?? null) : null,
      };
    },
  };
}

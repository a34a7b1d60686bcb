// The terrain: what detection asks of the map about one host. Asked once per host and remembered, so it may be slow.

import type { HostTable } from "./host-table.ts";
import type { HostIndex, SegmentIndex } from "./units.ts";

/** A host's role. */
export type HostRole =
  | "unknown"
  | "workstation"
  | "server"
  | "domain-controller"
  | "infrastructure" // DNS, DHCP, time, proxies, gateways
  | "printer"
  | "medical-device"
  | "telephone"
  | "network-device"
  | "vulnerability-scanner"
  | "monitoring"
  | "management" // software distribution, remote help
  | "backup"
  | "print-server"
  | "nat-gateway";

/** Roles that touch many machines because that is their work. */
export const talkerRoles: ReadonlySet<HostRole> = new Set<HostRole>([
  "vulnerability-scanner",
  "monitoring",
  "management",
  "backup",
  "print-server",
  "domain-controller",
  "nat-gateway",
]);

export interface HostFacts {
  /** Inside the hospital; null when the terrain cannot tell. */
  readonly isInside: boolean | null;
  readonly role: HostRole;
  readonly segment: SegmentIndex;
  /** The address is in a segment whose hosts are all listed, and it is not one of them. */
  readonly isDark: boolean;
  /** Declared as one whose many contacts are expected, until this time (ms); null when it is not. */
  readonly knownTalkerUntilMs: number | null;
}

export interface Terrain {
  factsOf(hosts: HostTable, host: HostIndex): HostFacts;
}

// Observations: what a sensor saw besides flows, few enough to be objects. Each becomes evidence with a weight and a
// source, or history (sightings). Contents of sessions, account names and people are never kept.

import type { HostIndex, Millis } from "./units.ts";

export type Observation =
  /** A look-up of a name that is on the watch list (kill-switch names). Other names are not kept. */
  | { readonly kind: "name-lookup"; readonly atMs: Millis; readonly source: HostIndex; readonly name: string }
  /** An alert of another detector (Suricata, Zeek notice). `severity` 1 is highest; `signature` is its title. */
  | {
      readonly kind: "alert";
      readonly atMs: Millis;
      readonly source: HostIndex;
      readonly target: HostIndex;
      readonly targetPort: number;
      readonly signature: string;
      readonly severity: number;
      readonly sensorName: string;
    }
  /** A failed log-on (Windows 4625, SMB or Kerberos error). `accountHash` tells accounts apart without naming them. */
  | {
      readonly kind: "logon-failed";
      readonly atMs: Millis;
      readonly source: HostIndex;
      readonly target: HostIndex;
      readonly accountHash: number;
    }
  /** A log-on with explicit credentials (Windows 4648), seen on `source`. */
  | {
      readonly kind: "logon-explicit";
      readonly atMs: Millis;
      readonly source: HostIndex;
      readonly target: HostIndex;
      readonly accountHash: number;
    }
  /** An account was locked out (Windows 4740). */
  | {
      readonly kind: "account-locked";
      readonly atMs: Millis;
      readonly source: HostIndex;
      readonly accountHash: number;
    }
  /** An SMB exchange that tests a machine for a known hole, by what was sent. */
  | {
      readonly kind: "smb-probe";
      readonly atMs: Millis;
      readonly source: HostIndex;
      readonly target: HostIndex;
      /**
       * `smb1-anonymous-ipc`: SMB1, anonymous session, tree IPC$. `ms17-010`: the pipe-peek or transaction probe of the
       * MS17-010 checks. `doublepulsar`: the Trans2 SESSION_SETUP ping of the DoublePulsar implant.
       */
      readonly probe: "smb1-anonymous-ipc" | "ms17-010" | "doublepulsar";
    }
  /** A command run on another machine: service or task created, WMI execution, a program written to an admin share. */
  | {
      readonly kind: "remote-execution";
      readonly atMs: Millis;
      readonly source: HostIndex;
      readonly target: HostIndex;
      readonly how:
        | "service"
        | "scheduled-task"
        | "wmi"
        | "admin-share-write"
        | "admin-share-program"
        | "remote-registry"
        | "account-query";
    }
  /** Renames on a file share by one client, counted by the sensor over at most ten seconds. */
  | {
      readonly kind: "share-renames";
      readonly atMs: Millis;
      readonly source: HostIndex;
      readonly target: HostIndex;
      readonly count: number;
    };

/** Who had an address, where, at a time: an order is aimed at the device that had the address then. */
export interface Sighting {
  readonly atMs: Millis;
  readonly host: HostIndex;
  /** Lower case, colons; empty when the source tells a name and an address only. */
  readonly mac: string;
  readonly from: "arp" | "dhcp" | "radius" | "zeek" | "frame" | "windows";
  readonly name?: string;
  readonly switchPort?: string;
  readonly room?: string;
}

// What a pipe, an RPC interface, a share or a file name says about running something on another machine. Shared by the
// readers of captures and of logs. Sources: MS-SCMR, MS-TSCH, MS-WMI, MS-RRP, MS-SAMR, as cited.

import type { Observation } from "../model/observation.ts";

export type RemoteAct = Extract<Observation, { kind: "remote-execution" }>["how"];

/** Pipes of the machine's managers: services, task scheduler, registry, accounts. */
const actOfManager: ReadonlyMap<string, RemoteAct> = new Map([
  ["svcctl", "service"],
  ["atsvc", "scheduled-task"],
  ["winreg", "remote-registry"],
  ["samr", "account-query"],
]);

/**
 * The act behind opening a named pipe on IPC$; null for pipes of everyday use (srvsvc, lsarpc, netlogon).
 * Takes `svcctl`, `\svcctl` and `\PIPE\svcctl`.
 */
export function actOfPipe(pipe: string): RemoteAct | null {
  return actOfManager.get(pipe.slice(pipe.lastIndexOf("\\") + 1).toLowerCase()) ?? null;
}

export interface RemoteInterface {
  readonly uuid: string;
  readonly act: RemoteAct;
  /** Operations that run something (MS-SCMR 3.1.4, MS-TSCH 3.2.5, MS-WMI 3.1.4.3, …); none: only being bound tells. */
  readonly opnums: readonly number[];
}

/** Interfaces that run something on another machine. */
export const remoteInterfaces: readonly RemoteInterface[] = [
  {
    uuid: "367abb81-9844-35f1-ad32-98f038001003",
    act: "service",
    opnums: [11, 12, 19, 23, 24, 31, 44, 45, 60],
  },
  { uuid: "1ff70682-0a51-30e8-076d-740be8cee98b", act: "scheduled-task", opnums: [0] },
  { uuid: "378e52b0-c0a9-11cf-822d-00aa0051e40f", act: "scheduled-task", opnums: [] },
  { uuid: "86d35949-83c9-4044-b424-db363231fd0c", act: "scheduled-task", opnums: [1, 12, 19] },
  { uuid: "9556dc99-828c-11cf-a37e-00aa003240c7", act: "wmi", opnums: [24, 25] },
  { uuid: "f309ad18-d86a-11d0-a075-00c04fb68820", act: "wmi", opnums: [] },
  { uuid: "338cd001-2244-31f1-aaaa-900038001003", act: "remote-registry", opnums: [2, 6, 20, 22] },
  {
    uuid: "12345778-1234-abcd-ef00-0123456789ac",
    act: "account-query",
    opnums: [6, 11, 13, 15, 25, 33, 40, 48, 51],
  },
];

/** `\\host\ADMIN$`, `\\*\C$`, `D$`: shares that only administrators of the machine reach. IPC$ is not one. */
export function isAdminShare(path: string): boolean {
  return /(^|[\\/])(admin|[a-z])\$\\?$/i.test(path);
}

/** A file that Windows runs, or loads into what runs: writing one to an admin share is half of a remote execution. */
export function isProgramName(name: string): boolean {
  return /\.(exe|dll|sys|bat|cmd|ps1|psm1|vbs|vbe|js|jse|wsf|hta|scr|com|pif|msi|cpl|lnk)(:|$)/i.test(name.trim());
}

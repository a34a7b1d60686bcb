// What an SMB path, a file name or an RPC call says about running a command on another machine. Shared by the Zeek,
// EVE and Windows readers. Sources: MS-SCMR, MS-TSCH, MS-WMI, MS-RRP, MS-SAMR operation names.

import type { Observation } from "../../model/observation.ts";

export type RemoteAct = Extract<Observation, { kind: "remote-execution" }>["how"];

/** `\\host\ADMIN$`, `\\*\C$`, `D$`: shares that only administrators of the machine reach. IPC$ is not one. */
export function isAdminShare(path: string): boolean {
  return /(^|[\\/])(admin|[a-z])\$\\?$/i.test(path);
}

/** A file that Windows runs, or loads into what runs. */
export function isProgramName(name: string): boolean {
  return /\.(exe|dll|sys|bat|cmd|ps1|psm1|vbs|vbe|js|jse|wsf|hta|scr|com|pif|msi|cpl|lnk)(:|$)/i.test(name.trim());
}

const serviceCalls = /^r?(createservice(wow64)?|startservice|changeserviceconfig2?)[aw]$/i;
const taskCalls = /^(schrpcregistertask|schrpcrun|schrpcenabletask|netrjobadd)$/i;
const accountCalls = /^samr(enumerate|querydisplayinformation|getmembersin)/i;
const registryCalls = /^(baseregsetvalue|baseregcreatekey|baseregsavekey|openlocalmachine)/i;

/** The act behind an RPC call, by Zeek's names for endpoint and operation; null when it is ordinary. */
export function dceRpcAct(endpoint: string, operation: string): RemoteAct | null {
  switch (endpoint.toLowerCase()) {
    case "svcctl":
      // Opening the service manager alone runs nothing.
      return serviceCalls.test(operation) ? "service" : null;
    case "itaskschedulerservice":
    case "atsvc":
      return taskCalls.test(operation) ? "scheduled-task" : null;
    case "iwbemservices":
      return /^execmethod(async)?$/i.test(operation) ? "wmi" : null;
    case "winreg":
      return registryCalls.test(operation) ? "remote-registry" : null;
    case "samr":
      return accountCalls.test(operation) ? "account-query" : null;
    default:
      return null;
  }
}

/** The act behind opening a named pipe on IPC$ for writing; null for pipes of everyday use (srvsvc, lsarpc, netlogon). */
export function namedPipeAct(pipe: string): RemoteAct | null {
  switch (pipe.toLowerCase().replace(/^\\?(pipe\\)?/, "")) {
    case "svcctl":
      return "service";
    case "atsvc":
      return "scheduled-task";
    case "winreg":
      return "remote-registry";
    case "samr":
      return "account-query";
    default:
      return null;
  }
}

/** Calls that run something, by interface and operation number (MS-SCMR 3.1.4, MS-TSCH 3.2.5, MS-WMI 3.1.4.3, …). */
const actsOfInterface: Readonly<Record<string, readonly [act: RemoteAct, opnums: readonly number[]]>> = {
  "367abb81-9844-35f1-ad32-98f038001003": ["service", [11, 12, 19, 23, 24, 31, 44, 45, 60]],
  "1ff70682-0a51-30e8-076d-740be8cee98b": ["scheduled-task", [0]],
  "86d35949-83c9-4044-b424-db363231fd0c": ["scheduled-task", [1, 12, 19]],
  "9556dc99-828c-11cf-a37e-00aa003240c7": ["wmi", [24, 25]],
  "338cd001-2244-31f1-aaaa-900038001003": ["remote-registry", [2, 6, 20, 22]],
  "12345778-1234-abcd-ef00-0123456789ac": ["account-query", [6, 11, 13, 15, 25, 33, 40, 48, 51]],
};

/** The act behind an RPC call given by interface UUID (lower case) and operation number; null when it is ordinary. */
export function opnumAct(uuid: string, opnum: number): RemoteAct | null {
  const known = actsOfInterface[uuid];
  return known !== undefined && known[1].includes(opnum) ? known[0] : null;
}

// What an SMB path, a file name or an RPC call says about running a command on another machine. Shared by the Zeek,
// EVE and Windows readers. Sources: MS-SCMR, MS-TSCH, MS-WMI, MS-RRP, MS-SAMR operation names.

import type { Observation } from "../model/observation.ts";

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

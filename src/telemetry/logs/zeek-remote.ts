// What an RPC call in a log says about running something on another machine: by the names Zeek gives it (operation names
// of MS-SCMR, MS-TSCH, MS-WMI, MS-RRP, MS-SAMR), or by the interface and the number EVE gives it.

import { type RemoteAct, type RemoteInterface, remoteInterfaces } from "../remote-acts.ts";

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

const interfaceOf: ReadonlyMap<string, RemoteInterface> = new Map(remoteInterfaces.map((known) => [known.uuid, known]));

/** The act behind an RPC call given by interface UUID (lower case) and operation number; null when it is ordinary. */
export function opnumAct(uuid: string, opnum: number): RemoteAct | null {
  const known = interfaceOf.get(uuid);
  return known?.opnums.includes(opnum) ? known.act : null;
}

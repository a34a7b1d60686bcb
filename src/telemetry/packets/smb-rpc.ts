// Calls that run something on another machine, recognised by what they are addressed to: named pipes opened over SMB,
// and interfaces bound over DCE-RPC on TCP (C706 chapter 12). Only the address is read, never the call.

import type { Observation } from "../../model/observation.ts";

export type RemoteHow = Extract<Observation, { kind: "remote-execution" }>["how"];

/** Pipes of the machine's managers: services, task scheduler, registry, accounts. */
const pipes: ReadonlyMap<string, RemoteHow> = new Map([
  ["svcctl", "service"],
  ["atsvc", "scheduled-task"],
  ["winreg", "remote-registry"],
  ["samr", "account-query"],
]);

/** Interfaces as published in MS-SCMR, MS-TSCH, MS-RRP, MS-SAMR and MS-WMI. */
const interfaces: ReadonlyMap<string, RemoteHow> = new Map([
  [onWire("367abb81-9844-35f1-ad32-98f038001003"), "service"],
  [onWire("1ff70682-0a51-30e8-076d-740be8cee98b"), "scheduled-task"],
  [onWire("378e52b0-c0a9-11cf-822d-00aa0051e40f"), "scheduled-task"],
  [onWire("86d35949-83c9-4044-b424-db363231fd0c"), "scheduled-task"],
  [onWire("338cd001-2244-31f1-aaaa-900038001003"), "remote-registry"],
  [onWire("12345778-1234-abcd-ef00-0123456789ac"), "account-query"],
  [onWire("f309ad18-d86a-11d0-a075-00c04fb68820"), "wmi"],
  [onWire("9556dc99-828c-11cf-a37e-00aa003240c7"), "wmi"],
]);

const CONTEXTS_MAX = 16;

/** What opening this pipe leads to; undefined for pipes of no interest. Accepts `\svcctl` and `\PIPE\svcctl`. */
export function howOfPipe(name: string): RemoteHow | undefined {
  return pipes.get(name.slice(name.lastIndexOf("\\") + 1));
}

/** What a DCE-RPC bind or alter-context that begins at `begin` addresses; undefined when it is none or of no interest. */
export function howOfBind(bytes: Uint8Array, begin: number, end: number): RemoteHow | undefined {
  if (begin + 48 > end || bytes[begin] !== 5 || bytes[begin + 1] !== 0) return undefined;
  const isBind = bytes[begin + 2] === 11 || bytes[begin + 2] === 14;
  if (!isBind || bytes[begin + 4] !== 0x10) return undefined; // little-endian, as Windows speaks
  let at = begin + 28;
  for (let context = 0; context < Math.min(bytes[begin + 24], CONTEXTS_MAX) && at + 24 <= end; context++) {
    const how = interfaces.get(hex(bytes, at + 4, 16));
    if (how !== undefined) return how;
    at += 24 + 20 * bytes[at + 2];
  }
  return undefined;
}

function hex(bytes: Uint8Array, begin: number, length: number): string {
  let text = "";
  for (let at = begin; at < begin + length; at++) text += (bytes[at] < 16 ? "0" : "") + bytes[at].toString(16);
  return text;
}

/** A written UUID in the order of its bytes on the wire: the first three fields are little-endian. */
function onWire(uuid: string): string {
  const [a, b, c, d, e] = uuid.split("-");
  const turned = [a, b, c].map((field) => (field.match(/../g) ?? []).toReversed().join(""));
  return turned.join("") + d + e;
}

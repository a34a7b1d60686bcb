// Calls that run something on another machine, recognised by the interface they bind over DCE-RPC on TCP (C706
// chapter 12). Only the address is read, never the call.

import { type RemoteAct, remoteInterfaces } from "../remote-acts.ts";

const actOfInterface: ReadonlyMap<string, RemoteAct> = new Map(
  remoteInterfaces.map(({ uuid, act }) => [onWire(uuid), act]),
);

const CONTEXTS_MAX = 16;

/** What a DCE-RPC bind or alter-context that begins at `begin` addresses; null when it is none or of no interest. */
export function howOfBind(bytes: Uint8Array, begin: number, end: number): RemoteAct | null {
  if (begin + 48 > end || bytes[begin] !== 5 || bytes[begin + 1] !== 0) return null;
  const isBind = bytes[begin + 2] === 11 || bytes[begin + 2] === 14;
  if (!isBind || bytes[begin + 4] !== 0x10) return null; // little-endian, as Windows speaks
  let at = begin + 28;
  for (let context = 0; context < Math.min(bytes[begin + 24], CONTEXTS_MAX) && at + 24 <= end; context++) {
    const how = actOfInterface.get(hex(bytes, at + 4, 16));
    if (how !== undefined) return how;
    at += 24 + 20 * bytes[at + 2];
  }
  return null;
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

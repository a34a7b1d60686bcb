// Flow exports carried in a capture: which UDP payloads to offer to the export decoder.

import { int32, type Packet, uint16 } from "./packet.ts";

/** Ports exporters commonly send to: softflowd, nfdump, IPFIX (RFC 7011), nProbe, sFlow, and vendors' defaults. */
const exportPorts: ReadonlySet<number> = new Set([
  2055, 2056, 4432, 4729, 4739, 6343, 9555, 9990, 9991, 9992, 9993, 9994, 9995, 9996, 9997, 9998, 9999,
]);

/** A UDP packet on an export port, or one whose first bytes are an export header that fits its length. */
export function mayBeExport(packet: Packet): boolean {
  const { bytes, payloadBegin: at, payloadEnd, payloadBytes } = packet;
  const captured = payloadEnd - at;
  if (captured < 16 || bytes[at] !== 0) return false;
  const version = uint16(bytes, at);
  if (version !== 5 && version !== 9 && version !== 10 && version !== 0) return false;
  if (exportPorts.has(packet.targetPort) || exportPorts.has(packet.sourcePort)) return true;
  const count = uint16(bytes, at + 2);
  switch (version) {
    case 5:
      return count >= 1 && count <= 30 && payloadBytes === 24 + 48 * count;
    case 9: // the first set: template, options template, or data of a template
      return captured >= 24 && count >= 1 && count <= 1024 && isSet(bytes, at + 20, payloadBytes - 20);
    case 10:
      return count === payloadBytes && captured >= 20 && isSet(bytes, at + 16, payloadBytes - 16);
    default: // sFlow version 5 for an agent with an IPv4 or IPv6 address
      return int32(bytes, at) === 5 && payloadBytes >= 28 && isAddressType(int32(bytes, at + 4));
  }
}

function isSet(bytes: Uint8Array, at: number, room: number): boolean {
  const id = uint16(bytes, at);
  const length = uint16(bytes, at + 2);
  return (id <= 3 || id >= 256) && length >= 4 && length <= room;
}

function isAddressType(type: number): boolean {
  return type === 1 || type === 2;
}

// Names asked for: DNS questions (RFC 1035), HTTP Host fields and TLS server names (RFC 6066) in, lower-case names
// without a trailing dot out; an empty text when there is none.

import { int32, uint16 } from "./packet.ts";

const NAME_BYTES_MAX = 253;
const LABELS_MAX = 127;
/** Bytes of an HTTP request searched for its Host field. */
const HTTP_BYTES_MAX = 1024;

/** The name in the first question of a DNS query; empty for responses and anything malformed. */
export function queriedName(bytes: Uint8Array, begin: number, end: number): string {
  if (begin + 17 > end) return "";
  const isQuery = (bytes[begin + 2] & 0xf8) === 0; // neither a response nor another kind of operation
  const questions = uint16(bytes, begin + 4);
  if (!isQuery || questions < 1 || questions > 4) return "";
  let name = "";
  let at = begin + 12;
  for (let label = 0; label < LABELS_MAX; label++) {
    if (at >= end) return "";
    const length = bytes[at];
    if (length === 0) return name;
    if (length > 63 || at + 1 + length > end) return ""; // pointers have no place in a first question
    const text = asciiName(bytes, at + 1, length);
    if (text === "" || name.length + text.length + 1 > NAME_BYTES_MAX) return "";
    name = name === "" ? text : `${name}.${text}`;
    at += 1 + length;
  }
  return "";
}

/** The Host field of an HTTP request. */
export function requestedHost(bytes: Uint8Array, begin: number, end: number): string {
  const first = bytes[begin];
  if (first < 0x41 || first > 0x5a || end - begin < 16) return ""; // methods are capital letters
  const stop = Math.min(end, begin + HTTP_BYTES_MAX);
  for (let at = begin; at + 8 < stop; at++) {
    if (bytes[at] !== 10 || (bytes[at + 1] | 32) !== 0x68) continue;
    if ((int32(bytes, at + 2) | 0x20202000) !== 0x6f73743a) continue; // "ost:"
    let from = at + 6;
    while (from < stop && bytes[from] === 32) from++;
    let to = from;
    while (to < stop && bytes[to] > 32 && bytes[to] !== 0x3a) to++;
    return withoutDot(asciiName(bytes, from, to - from));
  }
  return "";
}

/** The server name in a TLS ClientHello that begins at `begin`. */
export function serverName(bytes: Uint8Array, begin: number, end: number): string {
  if (begin + 44 > end || bytes[begin + 5] !== 1) return "";
  let at = begin + 43; // record and handshake headers, version, random
  at += 1 + bytes[at]; // session id
  if (at + 2 > end) return "";
  at += 2 + uint16(bytes, at); // cipher suites
  if (at + 1 > end) return "";
  at += 1 + bytes[at]; // compression
  if (at + 2 > end) return "";
  const stop = Math.min(end, at + 2 + uint16(bytes, at));
  at += 2;
  while (at + 4 <= stop) {
    const length = uint16(bytes, at + 2);
    if (uint16(bytes, at) === 0) {
      if (at + 9 > stop || bytes[at + 6] !== 0) return "";
      const nameBytes = uint16(bytes, at + 7);
      return at + 9 + nameBytes > stop ? "" : withoutDot(asciiName(bytes, at + 9, nameBytes));
    }
    at += 4 + length;
  }
  return "";
}

/** Printable ASCII in lower case; empty when there is anything else. */
function asciiName(bytes: Uint8Array, begin: number, length: number): string {
  if (length > NAME_BYTES_MAX) return "";
  let text = "";
  for (let at = begin; at < begin + length; at++) {
    const byte = bytes[at];
    if (byte <= 32 || byte >= 127) return "";
    text += String.fromCharCode(byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte);
  }
  return text;
}

function withoutDot(name: string): string {
  return name.endsWith(".") ? name.slice(0, -1) : name;
}

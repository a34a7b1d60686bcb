// Fields of SMB1 (MS-CIFS) and SMB2 (MS-SMB2) messages that say what a client does. Everything is bounds-checked by the
// captured bytes; a field that is not there reads as 0 or as an empty text.

import { accountHashOf } from "../account-hash.ts";
import { isAdminShare } from "../remote-acts.ts";

const TEXT_UNITS_MAX = 260;

export function little16(bytes: Uint8Array, at: number, end: number): number {
  return at + 2 <= end ? bytes[at] | (bytes[at + 1] << 8) : 0;
}

export function little32(bytes: Uint8Array, at: number, end: number): number {
  return at + 4 <= end ? little16(bytes, at, end) | (little16(bytes, at + 2, end) << 16) : 0;
}

/** UTF-16LE text of at most `byteCount` bytes, up to its end mark, lower case; other than ASCII becomes "?". */
export function wideText(bytes: Uint8Array, begin: number, byteCount: number, end: number): string {
  let text = "";
  const stop = Math.min(begin + byteCount, end - 1, begin + 2 * TEXT_UNITS_MAX);
  for (let at = begin; at < stop; at += 2) {
    const unit = bytes[at] | (bytes[at + 1] << 8);
    if (unit === 0) break;
    text += unit < 128 ? String.fromCharCode(unit) : "?";
  }
  return text.toLowerCase();
}

/** One-byte text up to its end mark, lower case. */
export function narrowText(bytes: Uint8Array, begin: number, end: number): string {
  let text = "";
  for (let at = begin; at < Math.min(end, begin + TEXT_UNITS_MAX) && bytes[at] !== 0; at++) {
    text += bytes[at] < 128 ? String.fromCharCode(bytes[at]) : "?";
  }
  return text.toLowerCase();
}

/** What an NTLM AUTHENTICATE message says of the account. */
export interface NtlmLogon {
  readonly isAnonymous: boolean;
  /** Tells accounts apart without naming them. */
  readonly accountHash: number;
}

/** Finds an NTLM AUTHENTICATE message (MS-NLMP 2.2.1.3) in a security blob; null when there is none. */
export function ntlmLogon(bytes: Uint8Array, begin: number, end: number): NtlmLogon | null {
  for (let at = begin; at + 44 <= end; at++) {
    if (bytes[at] !== 0x4e || narrowText(bytes, at, at + 8) !== "ntlmssp") continue;
    if (little32(bytes, at + 8, end) !== 3) return null;
    const responseBytes = little16(bytes, at + 20, end);
    const userBytes = little16(bytes, at + 36, end);
    const user = wideText(bytes, at + little32(bytes, at + 40, end), userBytes, end);
    return { isAnonymous: userBytes === 0 && responseBytes === 0, accountHash: user === "" ? 0 : accountHashOf(user) };
  }
  return null;
}

export type ShareKind = "ipc" | "admin" | "other";

/** The kind of share of a tree path `\\server\share`: the pipe share, a hidden one of administrators (ADMIN$, C$). */
export function shareOf(path: string): ShareKind {
  if (path.slice(path.lastIndexOf("\\") + 1) === "ipc$") return "ipc";
  return isAdminShare(path) ? "admin" : "other";
}

/**
 * Files that can be run. Fewer than `isProgramName` takes in logs, where only writing counts: here reading counts too, and
 * a file manager reads the links and scripts of every folder it shows.
 */
export function isProgram(name: string): boolean {
  return /\.(exe|dll|sys|scr|com|bat|cmd|ps1|vbs|msi)$/.test(name);
}

/** Access bits that let a file be written: write, append, generic write, generic all. */
export function canWrite(access: number): boolean {
  return (access & 0x50000006) !== 0;
}

/** Access bits that let a file be read or run: read, execute, generic read, generic execute. */
export function canRead(access: number): boolean {
  return (access & 0xa0000021) !== 0;
}

/** NT status of a log-on refused because of its account or password. */
export function isLogonFailure(status: number): boolean {
  switch (status >>> 0) {
    case 0xc000006d: // log-on failure
    case 0xc000006a: // wrong password
    case 0xc0000064: // no such user
    case 0xc000006e: // account restriction
    case 0xc0000072: // disabled
    case 0xc0000234: // locked out
    case 0xc0000071: // password expired
      return true;
    default:
      return false;
  }
}

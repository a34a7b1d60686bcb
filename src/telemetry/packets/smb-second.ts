// SMB2 and SMB3 messages (MS-SMB2 2.2): trees, pipes and files opened, renames, and log-ons the server refuses.
// Encrypted messages have another mark and never come here.

import { isLogonFailure, little16, little32, ntlmLogon, shareOf, wideText } from "./smb-fields.ts";
import { reportOpen, type SmbReport, type SmbSession } from "./smb-session.ts";

const COMMAND_SESSION_SETUP = 1;
const COMMAND_TREE_CONNECT = 3;
const COMMAND_CREATE = 5;
const COMMAND_SET_INFO = 17;
const RENAME_INFORMATION = 10;
const HEADER_BYTES = 64;
const COMPOUND_MAX = 16;

/** Reads the message at `head` and those compounded with it; `stop` is where the captured bytes end. */
export function readSmb2(
  session: SmbSession,
  report: SmbReport,
  bytes: Uint8Array,
  begin: number,
  stop: number,
  isToServer: boolean,
): void {
  let head = begin;
  for (let part = 0; part < COMPOUND_MAX && head + HEADER_BYTES <= stop; part++) {
    const isReply = (bytes[head + 16] & 1) !== 0;
    if (isReply === isToServer) return;
    if (isReply) readReply(session, report, bytes, head, stop);
    else readRequest(session, report, bytes, head, stop);
    const next = little32(bytes, head + 20, stop);
    if (next < HEADER_BYTES || next > stop - head) return;
    head += next;
  }
}

function readReply(session: SmbSession, report: SmbReport, bytes: Uint8Array, head: number, stop: number): void {
  const command = little16(bytes, head + 12, stop);
  const status = little32(bytes, head + 8, stop);
  if (command === COMMAND_SESSION_SETUP && isLogonFailure(status)) report.logonFailed(session.accountHash);
  if (command === COMMAND_TREE_CONNECT && status === 0) session.granted(little32(bytes, head + 36, stop));
}

function readRequest(session: SmbSession, report: SmbReport, bytes: Uint8Array, head: number, stop: number): void {
  const body = head + HEADER_BYTES;
  switch (little16(bytes, head + 12, stop)) {
    case COMMAND_SESSION_SETUP: {
      const blob = head + little16(bytes, body + 12, stop);
      const logon = ntlmLogon(bytes, blob, Math.min(stop, blob + little16(bytes, body + 14, stop)));
      if (logon !== null) session.accountHash = logon.accountHash;
      break;
    }
    case COMMAND_TREE_CONNECT: {
      const path = head + little16(bytes, body + 4, stop);
      session.share = shareOf(wideText(bytes, path, little16(bytes, body + 6, stop), stop));
      break;
    }
    case COMMAND_CREATE:
      readCreate(session, report, bytes, head, stop);
      break;
    case COMMAND_SET_INFO:
      if (bytes[body + 2] === 1 && bytes[body + 3] === RENAME_INFORMATION && body + 4 <= stop) report.renamed(session);
      break;
    default:
  }
}

function readCreate(session: SmbSession, report: SmbReport, bytes: Uint8Array, head: number, stop: number): void {
  const body = head + HEADER_BYTES;
  const begin = head + little16(bytes, body + 44, stop);
  const name = wideText(bytes, begin, little16(bytes, body + 46, stop), stop);
  reportOpen(session, report, little32(bytes, head + 36, stop), name, little32(bytes, body + 24, stop));
}

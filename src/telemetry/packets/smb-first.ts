// SMB1 messages (MS-CIFS 2.2): what the client asks, chained commands included, and which log-ons the server refuses.

import { isLogonFailure, little16, little32, narrowText, ntlmLogon, shareOf, wideText } from "./smb-fields.ts";
import { reportOpen, type SmbReport, type SmbSession } from "./smb-session.ts";

const COMMAND_RENAME = 0x07;
const COMMAND_TRANSACTION = 0x25;
const COMMAND_ECHO = 0x2b;
const COMMAND_TRANSACTION2 = 0x32;
const COMMAND_TRANSACTION2_SECONDARY = 0x33;
const COMMAND_TREE_DISCONNECT = 0x71;
const COMMAND_NEGOTIATE = 0x72;
const COMMAND_SESSION_SETUP = 0x73;
const COMMAND_LOGOFF = 0x74;
const COMMAND_TREE_CONNECT = 0x75;
const COMMAND_NT_TRANSACT = 0xa0;
const COMMAND_NT_TRANSACT_SECONDARY = 0xa1;
const COMMAND_NT_CREATE = 0xa2;
const NO_COMMAND = 0xff;

const PEEK_NAMED_PIPE = 0x23;
const SESSION_SETUP_TRANSACTION = 0x0e; // reserved, never implemented: only the implant answers it
const CHAIN_MAX = 4;

/** Reads the message whose header begins at `head`; `stop` is where its captured bytes end. */
export function readSmb1(session: SmbSession, report: SmbReport, bytes: Uint8Array, head: number, stop: number): void {
  if (stop - head < 33) return;
  let command = bytes[head + 4];
  if ((bytes[head + 9] & 0x80) !== 0) {
    readReply(session, report, command, little32(bytes, head + 5, stop), little16(bytes, head + 24, stop));
    return;
  }
  let words = head + 33;
  for (let link = 0; link < CHAIN_MAX; link++) {
    readRequest(session, report, command, bytes, head, words, stop);
    const isChained = command === COMMAND_SESSION_SETUP || command === COMMAND_TREE_CONNECT;
    const next = head + little16(bytes, words + 2, stop);
    if (!isChained || words >= stop || bytes[words] === NO_COMMAND || next < words || next >= stop) return;
    command = bytes[words];
    words = next + 1;
  }
}

function readReply(session: SmbSession, report: SmbReport, command: number, status: number, tree: number): void {
  if (command === COMMAND_SESSION_SETUP && isLogonFailure(status)) report.logonFailed(session.accountHash);
  if (command === COMMAND_TREE_CONNECT && status === 0) session.granted(tree);
}

function readRequest(
  session: SmbSession,
  report: SmbReport,
  command: number,
  bytes: Uint8Array,
  head: number,
  words: number,
  stop: number,
): void {
  const wordCount = bytes[words - 1];
  const data = words + 2 * wordCount + 2;
  switch (command) {
    case COMMAND_SESSION_SETUP:
      readLogon(session, bytes, head, words, data, stop);
      break;
    case COMMAND_TREE_CONNECT: {
      const path = text(bytes, head, data + little16(bytes, words + 6, stop), stop);
      session.share = shareOf(path);
      if (session.isAnonymous && session.share === "ipc" && !session.hasOrdinaryUse) session.bareIpcMs = report.atMs;
      break;
    }
    case COMMAND_TRANSACTION: {
      const isPeek = wordCount >= 16 && little16(bytes, words + 28, stop) === PEEK_NAMED_PIPE;
      // A pipe never opened has no number: the question is put to the number 0 to see which error comes back.
      if (isPeek && words + 32 <= stop && little16(bytes, words + 30, stop) === 0) probed(session, report, "ms17-010");
      else session.hasOrdinaryUse = true;
      break;
    }
    case COMMAND_TRANSACTION2:
      if (wordCount >= 15 && little16(bytes, words + 28, stop) === SESSION_SETUP_TRANSACTION) {
        probed(session, report, "doublepulsar");
      } else session.hasOrdinaryUse = true;
      break;
    case COMMAND_NT_TRANSACT:
      session.hasNtTransaction = true;
      break;
    case COMMAND_TRANSACTION2_SECONDARY:
      // One transaction continued as another kind is the heart of the hole MS17-010 closes.
      if (session.hasNtTransaction) probed(session, report, "ms17-010");
      break;
    case COMMAND_NT_CREATE:
      session.hasOrdinaryUse = true;
      readCreate(session, report, bytes, head, words, data, stop);
      break;
    case COMMAND_RENAME:
      session.hasOrdinaryUse = true;
      report.renamed(session);
      break;
    case COMMAND_NEGOTIATE:
    case COMMAND_ECHO:
    case COMMAND_TREE_DISCONNECT:
    case COMMAND_LOGOFF:
    case COMMAND_NT_TRANSACT_SECONDARY:
      break;
    default:
      session.hasOrdinaryUse = true;
  }
}

function probed(session: SmbSession, report: SmbReport, probe: "ms17-010" | "doublepulsar"): void {
  if (!Number.isNaN(session.bareIpcMs)) {
    session.bareIpcMs = Number.NaN;
    report.probe("smb1-anonymous-ipc");
  }
  report.probe(probe);
}

/** Session setup: with separate passwords (13 words) or with a security blob (12 words). */
function readLogon(
  session: SmbSession,
  bytes: Uint8Array,
  head: number,
  words: number,
  data: number,
  stop: number,
): void {
  const wordCount = bytes[words - 1];
  if (wordCount === 12) {
    const logon = ntlmLogon(bytes, data, Math.min(stop, data + little16(bytes, words + 14, stop)));
    if (logon === null) return;
    session.isAnonymous = logon.isAnonymous;
    session.accountHash = logon.accountHash;
  } else if (wordCount === 13) {
    const passwordBytes = little16(bytes, words + 14, stop);
    const widePasswordBytes = little16(bytes, words + 16, stop);
    const account = data + passwordBytes + widePasswordBytes;
    session.isAnonymous =
      passwordBytes <= 1 && widePasswordBytes === 0 && account < stop && text(bytes, head, account, stop) === "";
  }
}

function readCreate(
  session: SmbSession,
  report: SmbReport,
  bytes: Uint8Array,
  head: number,
  words: number,
  data: number,
  stop: number,
): void {
  const name = text(bytes, head, data, stop);
  reportOpen(session, report, little16(bytes, head + 24, stop), name, little32(bytes, words + 15, stop));
}

/** A text field: UTF-16 aligned to the header when the message says so, else one byte a character. */
function text(bytes: Uint8Array, head: number, begin: number, stop: number): string {
  const isWide = (little16(bytes, head + 10, stop) & 0x8000) !== 0;
  if (!isWide) return narrowText(bytes, begin, stop);
  return wideText(bytes, begin + ((begin - head) & 1), stop - begin, stop);
}

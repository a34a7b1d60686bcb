// SMB sessions in, observations out: tests for known holes, remote execution, failed log-ons, bursts of renames.
// Messages are read where a segment begins with one; there is no reassembly, since what matters here is short.

import { canRead, canWrite } from "./smb-fields.ts";
import { limits } from "../../limits.ts";
import type { BatchWriter } from "../../model/batch.ts";
import type { HostIndex } from "../../model/units.ts";
import { FLAG_KEPT } from "./assembly-life.ts";
import type { AssemblyTable } from "./assembly-table.ts";
import { int32, type Packet, uint16 } from "./packet.ts";
import { readSmb1 } from "./smb-first.ts";
import type { RemoteAct } from "../remote-acts.ts";
import { readSmb2 } from "./smb-second.ts";
import { type SmbProbe, type SmbReport, SmbSession } from "./smb-session.ts";

const MAGIC1 = 0xff534d42 | 0;
const MAGIC2 = 0xfe534d42 | 0;
const MESSAGES_MAX = 32; // in one segment
const REPEAT_MS = 60_000; // the same remote execution again is news after this long
const RENAME_WINDOW_MS = 10_000;
/** Renames within the window that make a burst: people rename folders, not twenty files in ten seconds. */
const RENAMES_MIN = 20;

export class SmbReader implements SmbReport {
  atMs = 0;
  readonly #writer: BatchWriter;
  readonly #sessions = new Map<number, SmbSession>();
  /** What was reported of a pair of hosts, and when. */
  readonly #reported = new Map<string, number>();
  #client = 0 as HostIndex;
  #server = 0 as HostIndex;

  constructor(writer: BatchWriter) {
    this.#writer = writer;
  }

  /** The flow in `row` has ended. `client` and `server` are its hosts, if they are still known. */
  release(row: number, client: HostIndex | null, server: HostIndex | null): void {
    const session = this.#sessions.get(row);
    if (session === undefined) return;
    this.#sessions.delete(row);
    if (client !== null && server !== null) this.#finish(session, client, server);
  }

  /** A FIN or RST was seen: what the session did not do by now it will not do. */
  finish(row: number, client: HostIndex, server: HostIndex): void {
    const session = this.#sessions.get(row);
    if (session !== undefined) this.#finish(session, client, server);
  }

  #finish(session: SmbSession, client: HostIndex, server: HostIndex): void {
    if (Number.isNaN(session.bareIpcMs) || session.hasOrdinaryUse) return;
    this.#client = client;
    this.#server = server;
    this.atMs = session.bareIpcMs;
    session.bareIpcMs = Number.NaN;
    this.probe("smb1-anonymous-ipc");
  }

  /** Reads the messages of a TCP payload between a client and port 445 or 139. */
  read(packet: Packet, source: HostIndex, target: HostIndex, row: number, table: AssemblyTable): void {
    const isToServer = isSmbPort(packet.targetPort);
    const { bytes, payloadEnd: end } = packet;
    this.atMs = packet.atMs;
    this.#client = isToServer ? source : target;
    this.#server = isToServer ? target : source;
    let at = packet.payloadBegin;
    for (let message = 0; message < MESSAGES_MAX && at + 8 <= end; message++) {
      if (bytes[at] !== 0) return;
      const head = at + 4;
      const magic = int32(bytes, head);
      if (magic !== MAGIC1 && magic !== MAGIC2) return;
      const stop = Math.min(end, head + bytes[at + 1] * 65_536 + uint16(bytes, at + 2));
      const session = this.#session(row, table);
      if (magic === MAGIC1) readSmb1(session, this, bytes, head, stop);
      else readSmb2(session, this, bytes, head, stop, isToServer);
      if (stop === end) return;
      at = stop;
    }
  }

  #session(row: number, table: AssemblyTable): SmbSession {
    const known = this.#sessions.get(row);
    if (known !== undefined) return known;
    if (this.#sessions.size >= limits.smbSessionsMax) {
      for (const oldest of this.#sessions.keys()) {
        this.#sessions.delete(oldest);
        break;
      }
    }
    const session = new SmbSession();
    this.#sessions.set(row, session);
    table.flags[row] |= FLAG_KEPT;
    return session;
  }

  probe(probe: SmbProbe): void {
    if (!this.#isNews(probe, Number.POSITIVE_INFINITY)) return;
    this.#writer.observe({
      kind: "smb-probe",
      atMs: this.atMs,
      source: this.#client,
      target: this.#server,
      probe,
    });
  }

  /** A program on an administrative share was opened with this access mask. */
  program(access: number): void {
    if (canWrite(access)) this.remote("admin-share-write");
    else if (canRead(access)) this.remote("admin-share-program");
  }

  remote(how: RemoteAct): void {
    this.remoteFrom(how, this.#client, this.#server, this.atMs);
  }

  /** Remote execution seen outside SMB. */
  remoteFrom(how: RemoteAct, source: HostIndex, target: HostIndex, atMs: number): void {
    this.#client = source;
    this.#server = target;
    this.atMs = atMs;
    if (this.#isNews(how, REPEAT_MS)) this.#writer.observe({ kind: "remote-execution", atMs, source, target, how });
  }

  logonFailed(accountHash: number): void {
    this.#writer.observe({
      kind: "logon-failed",
      atMs: this.atMs,
      source: this.#client,
      target: this.#server,
      accountHash,
    });
  }

  renamed(session: SmbSession): void {
    if (session.renames === 0 || this.atMs - session.renamesSinceMs > RENAME_WINDOW_MS) {
      session.renames = 0;
      session.renamesSinceMs = this.atMs;
    }
    session.renames++;
    if (session.renames < RENAMES_MIN) return;
    const count = session.renames;
    session.renames = 0;
    this.#writer.observe({
      kind: "share-renames",
      atMs: this.atMs,
      source: this.#client,
      target: this.#server,
      count,
    });
  }

  /** Whether this was not yet said of the two hosts, or longer ago than `repeatMs`. */
  #isNews(what: string, repeatMs: number): boolean {
    const { generation } = this.#writer.hosts;
    const client = this.#client;
    const server = this.#server;
    const key = `${what} ${client} ${generation[client]} ${server} ${generation[server]}`;
    const lastMs = this.#reported.get(key);
    if (lastMs !== undefined && Math.abs(this.atMs - lastMs) < repeatMs) return false;
    if (this.#reported.size >= limits.reportedPairsMax) this.#reported.clear();
    this.#reported.set(key, this.atMs);
    return true;
  }
}

export function isSmbPort(port: number): boolean {
  return port === 445 || port === 139;
}

// What is remembered of one SMB connection, and what the readers of the two dialects can say of it.

import { actOfPipe, type RemoteAct } from "../remote-acts.ts";
import { isProgram, type ShareKind } from "./smb-fields.ts";

const TREES_MAX = 32;

export type SmbProbe = "smb1-anonymous-ipc" | "ms17-010" | "doublepulsar";

/** What is remembered of one connection. */
export class SmbSession {
  /** Anonymous SMB1 session on the pipe share since then, with nothing ordinary done in it; NaN when it is not so. */
  bareIpcMs = Number.NaN;
  isAnonymous = false;
  hasOrdinaryUse = false;
  hasNtTransaction = false;
  accountHash = 0;
  /** Share asked for by the last tree connect, and the trees known to be of administrators. */
  share: ShareKind = "other";
  readonly adminTrees = new Set<number>();
  renames = 0;
  renamesSinceMs = 0;

  /** The last tree connect was granted as `tree`. */
  granted(tree: number): void {
    if (this.share === "admin" && this.adminTrees.size < TREES_MAX) this.adminTrees.add(tree);
  }
}

/** Where the readers of the two dialects say what they saw. Source is the client, target the server. */
export interface SmbReport {
  readonly atMs: number;
  probe(probe: SmbProbe): void;
  /** A program on an administrative share was opened with this access mask. */
  program(access: number): void;
  remote(how: RemoteAct): void;
  logonFailed(accountHash: number): void;
  renamed(session: SmbSession): void;
}

/** The client opens a file or a pipe: what that says depends on whether the tree is a share of administrators. */
export function reportOpen(session: SmbSession, report: SmbReport, tree: number, name: string, access: number): void {
  if (session.adminTrees.has(tree)) {
    if (isProgram(name)) report.program(access);
    return;
  }
  const how = actOfPipe(name);
  if (how !== null) report.remote(how);
}

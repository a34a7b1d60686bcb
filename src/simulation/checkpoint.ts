// Where a stopped forecast goes on: the tally so far, bound to what it was made of.

import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Rehearsal } from "./rehearsal.ts";
import { RehearsalError } from "./rehearsal-error.ts";
import type { TallyState } from "./tally.ts";

/** A place to keep one text: a file, or an object of the caller's. */
export interface Checkpoint {
  /** What was written last, null when nothing was. */
  read(): string | null;
  write(text: string): void;
}

interface Kept {
  readonly schema: "cordon.checkpoint/1";
  readonly digest: string;
  readonly tally: TallyState;
}

/** A checkpoint in a file, written beside and moved into place, so that it is whole or not there. */
export function checkpointFile(path: string): Checkpoint {
  return {
    read() {
      try {
        return readFileSync(path, "utf8");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
        throw error;
      }
    },
    write(text) {
      writeFileSync(`${path}.part`, text);
      renameSync(`${path}.part`, path);
    },
  };
}

/** What the runs depend on, as a digest: a checkpoint of anything else is refused. */
export function digestOf(rehearsal: Rehearsal, atSeconds: readonly number[]): string {
  return createHash("sha256").update(JSON.stringify({ rehearsal, atSeconds })).digest("hex");
}

/** @throws RehearsalError when it is of another rehearsal, or not a checkpoint at all */
export function readCheckpoint(checkpoint: Checkpoint, digest: string): TallyState | null {
  const text = checkpoint.read();
  if (text === null) return null;
  let kept: Partial<Kept> | null = null;
  try {
    kept = JSON.parse(text) as Partial<Kept>;
  } catch {
    // Told below, with every other thing that is no checkpoint.
  }
  if (kept?.schema !== "cordon.checkpoint/1" || kept.tally === undefined) {
    throw new RehearsalError("checkpoint", "must be a checkpoint of a forecast, got something else", "remove it");
  }
  if (kept.digest !== digest) {
    throw new RehearsalError(
      "checkpoint",
      "must be of this very rehearsal, got another's",
      "remove it, or use another",
    );
  }
  return kept.tally;
}

export function writeCheckpoint(checkpoint: Checkpoint, digest: string, tally: TallyState): void {
  checkpoint.write(JSON.stringify({ schema: "cordon.checkpoint/1", digest, tally } satisfies Kept));
}

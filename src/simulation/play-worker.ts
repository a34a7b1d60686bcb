// A worker of the pool: is told rehearsals once per round, then plays the stretches of runs it is given.

import { isMainThread, parentPort } from "node:worker_threads";
import type { HospitalMap } from "../model/map.ts";
import { playTogether } from "./play.ts";
import type { Rehearsal, RunSamples } from "./rehearsal.ts";

/** Some runs of rehearsals that are played together. */
export interface Task {
  readonly rehearsals: readonly number[];
  readonly fromRun: number;
  readonly toRun: number;
}

/** What a round is about. A map is sent once and then named by its number. */
export interface ToWorker {
  readonly kind: "begin";
  readonly atSeconds: readonly number[];
  readonly rehearsals: readonly {
    readonly rest: Omit<Rehearsal, "map">;
    readonly mapNumber: number;
    readonly map: HospitalMap | null;
  }[];
}

export type FromWorker =
  | { readonly kind: "played"; readonly task: Task; readonly samples: readonly RunSamples[] }
  | { readonly kind: "failed"; readonly because: string };

/** Answers the messages of one pool. */
function serve(port: NonNullable<typeof parentPort>): void {
  const maps = new Map<number, HospitalMap>();
  let rehearsals: readonly Rehearsal[] = [];
  let atSeconds: readonly number[] = [];
  port.on("message", (message: ToWorker | Task) => {
    try {
      if ("kind" in message) {
        atSeconds = message.atSeconds;
        rehearsals = message.rehearsals.map(({ rest, mapNumber, map }) => {
          if (map !== null) maps.set(mapNumber, map);
          const known = maps.get(mapNumber);
          if (known === undefined) throw new Error(`Cannot play: map ${mapNumber} must be sent first, got none`);
          return { ...rest, map: known };
        });
        return;
      }
      const samples = playTogether(
        message.rehearsals.map((nth) => rehearsals[nth]),
        message.fromRun,
        message.toRun,
        atSeconds,
      );
      const buffers = samples.flatMap(({ taken, crossedSeconds, hasEnded }) =>
        [taken, crossedSeconds, hasEnded].map((column) => column.buffer as ArrayBuffer),
      );
      port.postMessage({ kind: "played", task: message, samples } satisfies FromWorker, buffers);
    } catch (error) {
      const because = error instanceof Error ? error.message : String(error);
      port.postMessage({ kind: "failed", because } satisfies FromWorker);
    }
  });
}

if (!isMainThread && parentPort !== null) serve(parentPort);

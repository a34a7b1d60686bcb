// Workers that play runs. A task is some runs of rehearsals that are played together, and its samples go where they belong
// in the result, so the answer does not depend on how many workers there are or which was faster.

import { Worker } from "node:worker_threads";
import type { HospitalMap } from "../model/map.ts";
import { checkRehearsal } from "./check.ts";
import { emptySamples, groupsOf, playTogether } from "./play.ts";
import type { FromWorker, Task, ToWorker } from "./play-worker.ts";
import type { Rehearsal, RunSamples } from "./rehearsal.ts";

/** Runs of one task, over all its rehearsals, at most: short enough to share out evenly. */
const RUNS_PER_TASK = 1_600;
/** Tasks for each worker, where there are runs enough: what a task sets up is then small beside what it plays. */
const TASKS_PER_WORKER = 4;

/** Plays rehearsals on all its workers. Close it, or the process does not end. */
export interface RehearsalPool {
  readonly workerCount: number;
  /**
   * Plays runs `fromRun` to `toRun - 1` of every rehearsal.
   * @throws RehearsalError before any run; Error when a worker stopped (it is replaced, the next call works)
   */
  play(
    rehearsals: readonly Rehearsal[],
    fromRun: number,
    toRun: number,
    atSeconds: readonly number[],
  ): Promise<RunSamples[]>;
  close(): Promise<void>;
}

/** One call of `play` under way. */
interface Round {
  readonly tasks: Task[];
  waiting: number;
  readonly results: RunSamples[];
  readonly resolve: (results: RunSamples[]) => void;
  readonly reject: (error: Error) => void;
}

interface Member {
  worker: Worker;
  /** Maps the worker holds, by number. */
  readonly maps: Set<number>;
  isBusy: boolean;
}

/** Opens a pool. With no workers the runs are played here, at once. */
export function openRehearsalPool(workerCount: number): RehearsalPool {
  return workerCount < 1 ? new HereOnly() : new WorkerPool(workerCount);
}

class HereOnly implements RehearsalPool {
  readonly workerCount = 0;

  play(
    rehearsals: readonly Rehearsal[],
    fromRun: number,
    toRun: number,
    atSeconds: readonly number[],
  ): Promise<RunSamples[]> {
    return new Promise((resolve) => {
      for (const rehearsal of rehearsals) checkRehearsal(rehearsal, atSeconds);
      const results: RunSamples[] = [];
      for (const group of groupsOf(rehearsals)) {
        const samples = playTogether(
          group.map((place) => rehearsals[place]),
          fromRun,
          toRun,
          atSeconds,
        );
        group.forEach((place, nth) => (results[place] = samples[nth]));
      }
      resolve(results);
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

class WorkerPool implements RehearsalPool {
  readonly workerCount: number;
  private readonly members: Member[] = [];
  private readonly mapNumbers = new WeakMap<HospitalMap, number>();
  private mapCount = 0;
  private round: Round | null = null;
  private rehearsals: readonly Rehearsal[] = [];
  private last: Promise<unknown> = Promise.resolve();
  private isClosed = false;

  constructor(workerCount: number) {
    this.workerCount = workerCount;
    for (let nth = 0; nth < workerCount; nth++) this.members.push(this.newMember());
  }

  play(
    rehearsals: readonly Rehearsal[],
    fromRun: number,
    toRun: number,
    atSeconds: readonly number[],
  ): Promise<RunSamples[]> {
    const turn = this.last.then(() => this.playNow(rehearsals, fromRun, toRun, atSeconds));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all(this.members.map(({ worker }) => worker.terminate()));
  }

  private playNow(
    rehearsals: readonly Rehearsal[],
    fromRun: number,
    toRun: number,
    atSeconds: readonly number[],
  ): Promise<RunSamples[]> {
    if (this.isClosed) throw new Error("Cannot play: the pool must be open, got a closed one");
    for (const rehearsal of rehearsals) checkRehearsal(rehearsal, atSeconds);
    const runCount = Math.max(0, toRun - fromRun);
    const results = rehearsals.map((rehearsal) => emptySamples(rehearsal, fromRun, runCount, atSeconds));
    const tasks = groupsOf(rehearsals).flatMap((group) => tasksOf(group, fromRun, toRun, this.workerCount));
    if (tasks.length === 0) return Promise.resolve(results);
    tasks.reverse(); // Taken from the end.
    this.rehearsals = rehearsals;
    return new Promise((resolve, reject) => {
      this.round = { tasks, waiting: tasks.length, results, resolve, reject };
      for (const member of this.members) {
        this.tell(member, { kind: "begin", atSeconds, rehearsals: this.packed(member) });
        this.give(member);
      }
    });
  }

  /** The rehearsals without the maps that the worker already holds. */
  private packed(member: Member): ToWorker["rehearsals"] {
    return this.rehearsals.map(({ map, ...rest }) => {
      let number = this.mapNumbers.get(map);
      if (number === undefined) {
        number = this.mapCount++;
        this.mapNumbers.set(map, number);
      }
      const isKnown = member.maps.has(number);
      member.maps.add(number);
      return { rest, mapNumber: number, map: isKnown ? null : map };
    });
  }

  private tell(member: Member, message: ToWorker | Task): void {
    member.worker.postMessage(message, []);
  }

  private give(member: Member): void {
    const task = this.round?.tasks.pop();
    member.isBusy = task !== undefined;
    if (task !== undefined) this.tell(member, task);
  }

  private newMember(): Member {
    const worker = new Worker(new URL("./play-worker.ts", import.meta.url), { execArgv: [] });
    const member: Member = { worker, maps: new Set(), isBusy: false };
    worker.on("message", (message: FromWorker) => this.take(member, message));
    worker.on("error", (error: Error) => this.replace(member, error.message));
    worker.on("exit", (code) => {
      if (!this.isClosed && this.members.includes(member)) this.replace(member, `exit code ${code}`);
    });
    return member;
  }

  private take(member: Member, message: FromWorker): void {
    const { round } = this;
    if (round === null) return;
    if (message.kind === "failed") {
      this.fail(message.because);
      return;
    }
    const { task } = message;
    message.samples.forEach((samples, nth) => {
      const into = round.results[task.rehearsals[nth]];
      const offset = samples.fromRun - into.fromRun;
      into.taken.set(samples.taken, offset * into.atSeconds.length * into.segmentCount);
      into.crossedSeconds.set(samples.crossedSeconds, offset * into.boundaries.length);
      into.hasEnded.set(samples.hasEnded, offset);
    });
    if (--round.waiting === 0) {
      this.round = null;
      round.resolve(round.results);
    } else this.give(member);
  }

  /** A worker is gone: its round fails, a new worker takes its place. */
  private replace(member: Member, because: string): void {
    const place = this.members.indexOf(member);
    if (place < 0 || this.isClosed) return;
    this.members[place] = this.newMember();
    void member.worker.terminate();
    this.fail(because);
  }

  /** Ends the round. Workers still at it are replaced, so that no late answer falls into the next round. */
  private fail(because: string): void {
    const { round } = this;
    if (round === null) return;
    this.round = null;
    this.members.forEach((member, place) => {
      if (!member.isBusy) return;
      this.members[place] = this.newMember();
      void member.worker.terminate();
    });
    round.reject(new Error(`Cannot play the rehearsal: a worker must finish its runs, got ${because}`));
  }
}

/** Shares out the runs of a group. */
function tasksOf(rehearsals: readonly number[], fromRun: number, toRun: number, workers: number): Task[] {
  const tasks: Task[] = [];
  const even = Math.ceil((toRun - fromRun) / (workers * TASKS_PER_WORKER));
  const runs = Math.max(1, Math.min(even, Math.floor(RUNS_PER_TASK / rehearsals.length)));
  for (let from = fromRun; from < toRun; from += runs) {
    tasks.push({ rehearsals, fromRun: from, toRun: Math.min(toRun, from + runs) });
  }
  return tasks;
}

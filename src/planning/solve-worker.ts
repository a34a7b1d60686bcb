// A thread that solves, so that the runs of other plans go on being played and read meanwhile. It is kept for the next
// question and ends with the process, which it does not keep alive while nothing is asked.

import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { type LinearProgram, openSolver, type Solved, type Solver } from "./solve.ts";

interface Question {
  readonly program: LinearProgram;
  readonly timeLimitSeconds: number;
  readonly target: number | undefined;
}

type Reply = { readonly solved: Solved | null } | { readonly because: string };

let thread: Worker | null = null;
let last: Promise<unknown> = Promise.resolve();

/** The solver of the process's own thread, started at once. Questions are answered one after the other. */
export function openSolverThread(): Solver {
  thread ??= newThread();
  return (program, timeLimitSeconds, target) => {
    const turn = last.then(() => ask({ program, timeLimitSeconds, target }));
    last = turn.catch(() => undefined);
    return turn;
  };
}

function newThread(): Worker {
  const worker = new Worker(new URL(import.meta.url), { execArgv: [] });
  worker.unref();
  return worker;
}

function ask(question: Question): Promise<Solved | null> {
  thread ??= newThread();
  const worker = thread;
  worker.ref();
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      for (const event of ["message", "error", "exit"]) worker.removeAllListeners(event);
      worker.unref();
      settle();
    };
    const fail = (because: string): void => {
      thread = null;
      void worker.terminate();
      end(() => reject(new Error(`Cannot plan: the solver must end with an answer, got ${because}`)));
    };
    worker.on("message", (reply: Reply) => {
      if ("because" in reply) fail(reply.because);
      else end(() => resolve(reply.solved));
    });
    worker.on("error", (error: Error) => fail(error.message));
    worker.on("exit", (code) => fail(`exit code ${code}`));
    worker.postMessage(question, []);
  });
}

if (!isMainThread && parentPort !== null) {
  const port = parentPort;
  const opening = openSolver();
  port.on("message", ({ program, timeLimitSeconds, target }: Question) => {
    void opening.then(
      (solver) => {
        try {
          port.postMessage({ solved: solver(program, timeLimitSeconds, target) } satisfies Reply);
        } catch (error) {
          port.postMessage({ because: String(error) } satisfies Reply);
        }
      },
      (error: unknown) => port.postMessage({ because: String(error) } satisfies Reply),
    );
  });
}

// How a command of rehearsal answers: the work under a status line, its text on the output, nonsense as one sentence.

import { systemClock } from "../kit/clock.ts";
import type { Streams } from "./ends.ts";
import { createStatusLine, harmless, type Screen, screenOf, type StatusLine } from "./terminal.ts";

/** What was asked makes no sense: an unknown segment, an outbreak of nobody, a rate below zero. */
export const exitNonsense = 3;
export const exitCodesHelp = "\nExit codes: 0 done, 2 usage, 3 what was asked makes no sense";

interface AnswerFlags {
  readonly output: "text" | "json";
  readonly quiet?: boolean;
  readonly color?: boolean;
}

/** What a command found out, and how it looks on a screen. */
export interface Answer {
  readonly result: unknown;
  readonly render: (screen: Screen) => string;
}

/** Runs the work and writes its answer. Errors that begin with `Cannot ` are the user's; others are bugs and pass. @returns the exit code */
export async function answer(
  flags: AnswerFlags,
  ends: Streams,
  work: (status: Pick<StatusLine, "update">) => Promise<Answer>,
): Promise<number> {
  const status = createStatusLine(ends.stderr, () => systemClock.nowMs());
  try {
    const { result, render } = await work(flags.quiet === true ? { update: () => {} } : status);
    status.done();
    const screen = screenOf(ends.stdout, ends.environment, flags.color !== false);
    ends.stdout.write(flags.output === "json" ? `${JSON.stringify(result, null, 2)}\n` : render(screen));
    return 0;
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith("Cannot "))) throw error;
    ends.stderr.write(`${error.message.split("\n").map(harmless).join("\n")}\n`);
    return exitNonsense;
  } finally {
    status.done();
  }
}

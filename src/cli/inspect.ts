// `cordon inspect FILE…`: captures, exports or logs of one network in, outbreaks out, as a page or as JSON.
// Exit codes: 0 everything read, 1 some inputs refused, 2 usage, 3 nothing could be read.

import { type Command, InvalidArgumentError, Option } from "commander";
import { systemClock } from "../kit/clock.ts";
import type { inspect, InspectOptions, InspectOutcome } from "../cordon.ts";
import { processStreams, type Streams } from "./ends.ts";
import { exitUsage } from "./exit-usage.ts";
import { readBaselineFile, readMapFile, saveBaseline } from "./map-and-baseline.ts";
import type { InspectResult } from "../inspect-result.ts";
import { showReading } from "./show-reading.ts";
import { createStatusLine, harmless, screenOf } from "./terminal.ts";

export const exitAllRead = 0;
export const exitSomeRefused = 1;
export const exitNothingRead = 3;

/** What the command is given besides its arguments: the process's own ends, or those of a test. */
export interface InspectEnds extends Streams {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly inspect: typeof inspect;
  readonly nowMs: () => number;
}

export interface InspectFlags {
  readonly output: "text" | "json";
  readonly map?: string;
  readonly baseline?: string;
  readonly saveBaseline?: string;
  readonly budget?: number;
  readonly quiet?: boolean;
  /** False after --no-color. */
  readonly color?: boolean;
}

export function addInspect(program: Command): void {
  program
    .command("inspect")
    .summary("say who is spreading, since when, from whom to whom, and who was first")
    .description(
      "Reads packet captures, flow exports and logs (the format is told from the content; - is the standard input). " +
        "The files of one call are one network.",
    )
    .argument(
      "<files...>",
      "files or folders: pcap, pcapng, NetFlow, IPFIX, sFlow, Zeek, Suricata EVE, CSV, Windows events",
    )
    .addOption(new Option("-o, --output <form>", "form of the result").choices(["text", "json"]).default("text"))
    .option("--map <file>", "the hospital map (hospital.yaml)")
    .option("--baseline <file>", "what is normal here, as saved on a quiet day")
    .option("--save-baseline <file>", "save what is normal in these inputs")
    .option("--budget <number>", "accepted false isolations per host and day, between 0 and 1", parseBudget)
    .option("-q, --quiet", "no progress")
    .option("--no-color", "no colours (also with NO_COLOR)")
    .addHelpText(
      "after",
      "\nExit codes: 0 everything read, 1 some inputs refused and the rest reported, 2 usage, 3 nothing could be read",
    )
    .action(async (files: string[], flags: InspectFlags) => {
      process.exitCode = await runInspect(files, flags, await processEnds());
    });
}

/** The process's own ends. The program is loaded only now, so that the help of a command comes at once. */
export async function processEnds(): Promise<InspectEnds> {
  const { inspect } = await import("../cordon.ts");
  return { ...processStreams, stdin: process.stdin, inspect, nowMs: () => systemClock.nowMs() };
}

function parseBudget(text: string): number {
  const budget = Number(text);
  if (text.trim() === "" || !(budget > 0 && budget < 1)) {
    throw new InvalidArgumentError(`Cannot use the budget: it must be a number between 0 and 1, got ${text}`);
  }
  return budget;
}

/** Runs one inspection and writes the result. @returns the exit code */
export async function runInspect(paths: readonly string[], flags: InspectFlags, ends: InspectEnds): Promise<number> {
  const outcome = await inspectWithProgress(paths, flags, ends);
  if (typeof outcome === "string") {
    ends.stderr.write(`${outcome.split("\n").map(harmless).join("\n")}\n`);
    return exitUsage;
  }
  const { result } = outcome;
  // The page says it too, so a person at a terminal need not read it twice.
  const isPageSeen = flags.output === "text" && ends.stdout.isTTY === true;
  for (const { error } of result.inputs) if (error !== null && !isPageSeen) ends.stderr.write(`${harmless(error)}\n`);
  if (flags.output === "json") {
    ends.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  } else {
    const { renderInspect } = await import("./render.ts");
    const screen = screenOf(ends.stdout, ends.environment, flags.color !== false);
    ends.stdout.write(renderInspect(result, screen));
  }
  return exitCodeOf(result);
}

/** The outcome, or one sentence when the map, the baseline or a setting cannot be used. Bugs pass through. */
async function inspectWithProgress(
  paths: readonly string[],
  flags: InspectFlags,
  ends: InspectEnds,
): Promise<InspectOutcome | string> {
  const status = createStatusLine(ends.stderr, ends.nowMs);
  try {
    const options: InspectOptions = {
      stdin: ends.stdin,
      map: flags.map === undefined ? null : await readMapFile(flags.map, ends.nowMs()),
      baseline: flags.baseline === undefined ? null : await readBaselineFile(flags.baseline),
      ...(flags.budget === undefined ? {} : { budgetPerHostDay: flags.budget }),
      isLearning: flags.saveBaseline !== undefined,
      onProgress: flags.quiet === true ? () => {} : (progress) => showReading(status, progress),
    };
    const outcome = await ends.inspect(paths, options);
    if (flags.saveBaseline !== undefined) await saveBaseline(flags.saveBaseline, outcome.baseline());
    return outcome;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("Cannot ")) return error.message;
    throw error;
  } finally {
    status.done();
  }
}

/** 0, 1 or 3. An input that was read in part counts as read, but not everything was: 1. */
export function exitCodeOf(result: InspectResult): number {
  const refusedCount = result.inputs.filter((input) => input.error !== null).length;
  const unreadCount = result.inputs.filter(
    (input) => input.error !== null && (input.records ?? input.flows) === 0,
  ).length;
  if (result.inputs.length === 0 || unreadCount === result.inputs.length) return exitNothingRead;
  return refusedCount > 0 ? exitSomeRefused : exitAllRead;
}

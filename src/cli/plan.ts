// `cordon plan`: which cut stops this outbreak with the least harm to care, compared with the others and with none.
// Exit codes: 0 done, 2 usage, 3 what was asked makes no sense (one sentence says what).

import type { Command } from "commander";
import { systemClock } from "../kit/clock.ts";
import type { Plans } from "../model/plan.ts";
import { type Override, planCordon, type PlanRequest } from "../planning/plan.ts";
import { openRehearsalPool } from "../simulation/simulate.ts";
import { processStreams, type Streams } from "./ends.ts";
import {
  addRehearsalFlags,
  collected,
  defenderOf,
  exitNonsense,
  mapOf,
  numberAbove,
  type RehearsalFlags,
  stateOf,
  workersOf,
  wormOf,
  writeReportFile,
} from "./rehearsal-settings.ts";
import { renderPlans } from "./render-plans.ts";
import { createStatusLine, harmless, screenOf } from "./terminal.ts";
import { rehearsalWords as words } from "./words-rehearsal.ts";

interface PlanFlags extends RehearsalFlags {
  readonly start: readonly string[];
  readonly inspect?: string;
  readonly hours?: number;
  readonly allow: readonly string[];
  readonly standInRuns: readonly string[];
}

export function addPlan(program: Command): void {
  const command = program
    .command("plan")
    .summary("find the cut that stops an outbreak with the least harm to care")
    .description(
      "Works out the cut that costs least in hosts and in care, plays it and the usual reflexes forward from the same state, " +
        "and compares them. Nothing is ordered.",
    )
    .argument("<map>", "the hospital map (hospital.yaml)")
    .option("--start <segment=count>", "where it is now; may be given again", collected, [])
    .option("--inspect <file>", "where it is now: the result of cordon inspect -o json")
    .option("--hours <number>", "how long the cut would stay", numberAbove(0, 24 * 60))
    .option(
      "--allow <item=name:reason>",
      "let a protected item be cut, by whom and why; may be given again",
      collected,
      [],
    )
    .option(
      "--stand-in-runs <item>",
      "a protected item whose stand-in runs already; may be given again",
      collected,
      [],
    );
  addRehearsalFlags(command)
    .addHelpText("after", "\nExit codes: 0 done, 2 usage, 3 what was asked makes no sense")
    .action(async (map: string, flags: PlanFlags) => {
      process.exitCode = await runPlan(map, flags, processStreams);
    });
}

/** @returns the exit code */
export async function runPlan(path: string, flags: PlanFlags, ends: Streams): Promise<number> {
  const status = createStatusLine(ends.stderr, () => systemClock.nowMs());
  const pool = openRehearsalPool(workersOf(flags));
  try {
    const request = await requestOf(path, flags);
    const plans = await planCordon(request, {
      clock: systemClock,
      pool,
      onFirst: (first) => {
        if (flags.quiet !== true) status.update(words.firstAnswer(titleOf(first)), null);
      },
    });
    status.done();
    await writeReportFile(flags, request.map, null, plans);
    const screen = screenOf(ends.stdout, ends.environment, flags.color !== false);
    ends.stdout.write(flags.output === "json" ? `${JSON.stringify(plans, null, 2)}\n` : renderPlans(plans, screen));
    return 0;
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith("Cannot "))) throw error;
    ends.stderr.write(`${error.message.split("\n").map(harmless).join("\n")}\n`);
    return exitNonsense;
  } finally {
    status.done();
    await pool.close();
  }
}

const titleOf = ({ plans, recommended }: Plans): string =>
  plans.find(({ id }) => id === recommended)?.title.en ?? recommended;

async function requestOf(path: string, flags: PlanFlags): Promise<PlanRequest> {
  const nowMs = systemClock.nowMs();
  const map = await mapOf(path, nowMs);
  const worm = await wormOf(flags.worm);
  return {
    map,
    worm,
    defender: defenderOf(flags.defender),
    state: await stateOf(map, worm.port, flags.start, flags.inspect),
    nowMs,
    seed: flags.seed,
    ...(flags.hours === undefined ? {} : { horizonSeconds: flags.hours * 3_600 }),
    allowances: { overrides: flags.allow.map(overrideOf), standInsRunning: flags.standInRuns },
  };
}

/** `service:emergency-phone=A. Martin:no other way`. @throws `Cannot …` */
function overrideOf(text: string): Override {
  const match = /^([^=]+)=([^:]+):(.+)$/.exec(text);
  if (match === null) {
    throw new Error(
      `Cannot plan: --allow must be ITEM=NAME:REASON, like devices=A. Martin:the ward agreed, got ${text}`,
    );
  }
  return { item: match[1].trim(), by: match[2].trim(), because: match[3].trim() };
}

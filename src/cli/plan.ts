// `cordon plan`: which cut stops this outbreak with the least harm to care, compared with the others and with none.
// Exit codes: 0 done, 2 usage, 3 what was asked makes no sense (one sentence says what).

import type { Command } from "commander";
import { systemClock } from "../kit/clock.ts";
import type { Plans } from "../model/plan.ts";
import { openSolverThread, type Override, planCordon, type PlanRequest } from "../planning/plan.ts";
import { openRehearsalPool } from "../simulation/simulate.ts";
import { answer, exitCodesHelp } from "./answer.ts";
import { processStreams, type Streams } from "./ends.ts";
import {
  addRehearsalFlags,
  collected,
  numberAbove,
  type RehearsalFlags,
  situationOf,
  workersOf,
  writeReportFile,
} from "./rehearsal-settings.ts";
import { renderPlans } from "./render-plans.ts";
import { pageFor } from "./report-names.ts";
import { rehearsalWords } from "./words-rehearsal.ts";

interface PlanFlags extends RehearsalFlags {
  readonly start: readonly string[];
  readonly inspect?: string;
  readonly hours?: number;
  readonly allow: readonly string[];
  readonly standInRuns: readonly string[];
  /** Play on until every interval is narrow. */
  readonly precise?: boolean;
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
    .option("--stand-in-runs <item>", "a protected item whose stand-in runs already; may be given again", collected, [])
    .option(
      "--precise",
      "play on until every interval is below 5 % of what doing nothing costs (minutes for slow worms)",
    );
  addRehearsalFlags(command)
    .addHelpText("after", exitCodesHelp)
    .action(async (map: string, flags: PlanFlags) => {
      process.exitCode = await runPlan(map, flags, processStreams);
    });
}

/** @returns the exit code */
export async function runPlan(path: string, flags: PlanFlags, ends: Streams): Promise<number> {
  return await answer(flags, ends, async (status) => {
    const words = rehearsalWords[flags.lang];
    // Threads start while the map is read.
    const workers = workersOf(flags);
    const pool = openRehearsalPool(workers);
    if (workers > 0) openSolverThread();
    try {
      const request = await requestOf(path, flags);
      const onFirst = (first: Plans): void => status.update(words.firstAnswer(titleOf(first, flags.lang)), null);
      const plans = await planCordon(request, { clock: systemClock, pool, onFirst });
      await writeReportFile(flags, request.map, { plans });
      return { result: plans, render: (screen) => renderPlans(plans, pageFor(request.map, flags.lang), screen) };
    } finally {
      await pool.close();
    }
  });
}

const titleOf = ({ plans, recommended }: Plans, language: RehearsalFlags["lang"]): string =>
  plans.find(({ id }) => id === recommended)?.title[language] ?? recommended;

async function requestOf(path: string, flags: PlanFlags): Promise<PlanRequest> {
  const nowMs = systemClock.nowMs();
  return {
    ...(await situationOf(path, flags, nowMs)),
    nowMs,
    isPrecise: flags.precise === true,
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

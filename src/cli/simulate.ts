// `cordon simulate`: what an outbreak does next on a map, or a crisis that happened, replayed.
// Exit codes: 0 done, 2 usage, 3 what was asked makes no sense (one sentence says what).

import type { Command } from "commander";
import { systemClock } from "../kit/clock.ts";
import { simulate, type SimulateOptions } from "../simulation/simulate.ts";
import { answer, exitCodesHelp } from "./answer.ts";
import { processStreams, type Streams } from "./ends.ts";
import { exitUsage } from "./exit-usage.ts";
import {
  addRehearsalFlags,
  collected,
  numberAbove,
  orderOf,
  type RehearsalFlags,
  scenarioOf,
  situationOf,
  wholeNumber,
  workersOf,
  writeReportFile,
} from "./rehearsal-settings.ts";
import { renderForecast } from "./render-forecast.ts";
import { Figures } from "./report-figures.ts";
import { pageFor } from "./report-names.ts";
import { rehearsalWords } from "./words-rehearsal.ts";

interface SimulateFlags extends RehearsalFlags {
  readonly scenario?: string;
  readonly start: readonly string[];
  readonly inspect?: string;
  readonly order: readonly string[];
  readonly hours: number;
  readonly runs?: number;
  readonly precision?: number;
  readonly checkpoint?: string;
}

export function addSimulate(program: Command): void {
  const command = program
    .command("simulate")
    .summary("rehearse an outbreak: how far it gets, how fast, what it crosses")
    .description("Plays an outbreak forward on the map many times, or replays a crisis that happened.")
    .argument("[map]", "the hospital map (hospital.yaml)")
    .option("--scenario <name>", "a crisis that happened: its name, or a YAML file; no map is needed")
    .option("--start <segment=count>", "where it began; may be given again", collected, [])
    .option("--inspect <file>", "where it began: the result of cordon inspect -o json")
    .option(
      "--order <control@minute>",
      "what is ordered when, like isolate-building/b1@30 (@30-90: lifted at 90; @30~0.1: fails one time in ten); may be given again",
      collected,
      [],
    )
    .option("--hours <number>", "how far to look", numberAbove(0, 24 * 60), 24)
    .option("--runs <number>", "so many runs", wholeNumber(1, 1_000_000))
    .option("--precision <share>", "run until the mean is this precise, like 0.02", numberAbove(0, 1))
    .option("--checkpoint <file>", "go on from here when it was stopped, and keep it there");
  addRehearsalFlags(command)
    .addHelpText("after", exitCodesHelp)
    .action(async (map: string | undefined, flags: SimulateFlags) => {
      process.exitCode = await runSimulate(map, flags, processStreams);
    });
}

/** @returns the exit code */
export async function runSimulate(map: string | undefined, flags: SimulateFlags, ends: Streams): Promise<number> {
  const { scenario } = flags;
  if ((map === undefined) === (scenario === undefined)) {
    ends.stderr.write("Cannot rehearse: give a map or --scenario, one of them\n");
    return exitUsage;
  }
  const words = rehearsalWords[flags.lang];
  const figures = new Figures(flags.lang);
  return await answer(flags, ends, async (status) => {
    const options: SimulateOptions = {
      ...(flags.runs === undefined ? {} : { runs: flags.runs }),
      ...(flags.precision === undefined ? {} : { precision: flags.precision }),
      workers: workersOf(flags),
      ...(flags.checkpoint === undefined ? {} : { checkpoint: flags.checkpoint }),
      onProgress: (runs, runsMax) =>
        status.update(words.progress(figures.count(runs), figures.count(runsMax)), runs / runsMax),
    };
    if (scenario !== undefined) {
      const { answerReplay } = await import("./replay.ts");
      return await answerReplay(await scenarioOf(scenario), flags, options);
    }
    const orders = flags.order.map(orderOf);
    const situation = await situationOf(map ?? "", flags, systemClock.nowMs());
    const played = await simulate({ ...situation, orders, horizonSeconds: flags.hours * 3_600 }, options);
    const forecast = { ...played, orders };
    await writeReportFile(flags, situation.map, { forecast });
    const page = pageFor(situation.map, flags.lang);
    return { result: forecast, render: (screen) => renderForecast(forecast, page, screen) };
  });
}

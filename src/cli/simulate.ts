// `cordon simulate`: what an outbreak does next on a map, or a crisis that happened, replayed.
// Exit codes: 0 done, 2 usage, 3 what was asked makes no sense (one sentence says what).

import type { Command } from "commander";
import { systemClock } from "../kit/clock.ts";
import { type Rehearsal, simulate, type SimulateOptions } from "../simulation/simulate.ts";
import { processStreams, type Streams } from "./ends.ts";
import { exitUsage } from "./exit-usage.ts";
import {
  addRehearsalFlags,
  collected,
  defenderOf,
  exitNonsense,
  mapOf,
  numberAbove,
  orderOf,
  ordersAsWords,
  type RehearsalFlags,
  scenarioOf,
  stateOf,
  wholeNumber,
  workersOf,
  wormOf,
  writeReportFile,
} from "./rehearsal-settings.ts";
import { renderForecast } from "./render-forecast.ts";
import { createStatusLine, harmless, screenOf } from "./terminal.ts";
import { rehearsalWords as words } from "./words-rehearsal.ts";

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
      "what is ordered when, like isolate-building/b1@30; may be given again",
      collected,
      [],
    )
    .option("--hours <number>", "how far to look", numberAbove(0, 24 * 60), 24)
    .option("--runs <number>", "so many runs", wholeNumber(1, 1_000_000))
    .option("--precision <share>", "run until the mean is this precise, like 0.02", numberAbove(0, 1))
    .option("--checkpoint <file>", "go on from here when it was stopped, and keep it there");
  addRehearsalFlags(command)
    .addHelpText("after", "\nExit codes: 0 done, 2 usage, 3 what was asked makes no sense")
    .action(async (map: string | undefined, flags: SimulateFlags) => {
      process.exitCode = await runSimulate(map, flags, processStreams);
    });
}

/** @returns the exit code */
export async function runSimulate(map: string | undefined, flags: SimulateFlags, ends: Streams): Promise<number> {
  const status = createStatusLine(ends.stderr, () => systemClock.nowMs());
  try {
    if ((map === undefined) === (flags.scenario === undefined)) {
      ends.stderr.write("Cannot rehearse: give a map or --scenario, one of them\n");
      return exitUsage;
    }
    const options: SimulateOptions = {
      ...(flags.runs === undefined ? {} : { runs: flags.runs }),
      ...(flags.precision === undefined ? {} : { precision: flags.precision }),
      workers: workersOf(flags),
      ...(flags.checkpoint === undefined ? {} : { checkpoint: flags.checkpoint }),
      onProgress: (runs, runsMax) => {
        if (flags.quiet !== true) status.update(words.progress(runs, runsMax), runs / runsMax);
      },
    };
    if (flags.scenario !== undefined) {
      const { replayPage } = await import("./replay.ts");
      const text = await replayPage(await scenarioOf(flags.scenario), flags, options, ends);
      status.done();
      ends.stdout.write(text);
      return 0;
    }
    const rehearsal = await rehearsalOf(map ?? "", flags);
    const forecast = await simulate(rehearsal, options);
    status.done();
    await writeReportFile(flags, rehearsal.map, forecast, null);
    ends.stdout.write(
      flags.output === "json"
        ? `${JSON.stringify(forecast, null, 2)}\n`
        : renderForecast(
            forecast,
            ordersAsWords(rehearsal.orders),
            screenOf(ends.stdout, ends.environment, flags.color !== false),
          ),
    );
    return 0;
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith("Cannot "))) throw error;
    ends.stderr.write(`${error.message.split("\n").map(harmless).join("\n")}\n`);
    return exitNonsense;
  } finally {
    status.done();
  }
}

async function rehearsalOf(path: string, flags: SimulateFlags): Promise<Rehearsal> {
  const map = await mapOf(path, systemClock.nowMs());
  const worm = await wormOf(flags.worm);
  return {
    map,
    worm,
    defender: defenderOf(flags.defender),
    state: await stateOf(map, worm.port, flags.start, flags.inspect),
    orders: flags.order.map(orderOf),
    seed: flags.seed,
    horizonSeconds: flags.hours * 3_600,
  };
}

// `cordon walls`: what to close or split before any crisis, ranked by the harm it saves for the effort it takes.
// Exit codes: 0 done, 2 usage, 3 what was asked makes no sense (one sentence says what).

import type { Command } from "commander";
import { systemClock } from "../kit/clock.ts";
import { rankWalls } from "../planning/plan.ts";
import { openRehearsalPool, worms } from "../simulation/simulate.ts";
import { answer, exitCodesHelp } from "./answer.ts";
import { processStreams, type Streams } from "./ends.ts";
import {
  addRehearsalFlags,
  defenderOf,
  numberAbove,
  type RehearsalFlags,
  workersOf,
  wormOf,
  writeReportFile,
} from "./rehearsal-settings.ts";
import { readMapFile } from "./map-and-baseline.ts";
import { renderWalls } from "./render-walls.ts";
import { Figures } from "./report-figures.ts";
import { pageFor } from "./report-names.ts";
import { rehearsalWords } from "./words-rehearsal.ts";

interface WallsFlags extends Omit<RehearsalFlags, "worm"> {
  /** One worm; all bundled ones when not given. */
  readonly worm?: string;
  readonly hours?: number;
}

export function addWalls(program: Command): void {
  const command = program
    .command("walls")
    .summary("rank what to close or split before any crisis")
    .description(
      "Lets outbreaks begin at hosts drawn at random, with each wall and without it on the same luck, and ranks the walls by " +
        "the harm they save for the effort they take.",
    )
    .argument("<map>", "the hospital map (hospital.yaml)")
    .option("--hours <number>", "how long each outbreak is played", numberAbove(0, 24 * 60));
  addRehearsalFlags(command, { wormDefault: null })
    .addHelpText("after", exitCodesHelp)
    .action(async (map: string, flags: WallsFlags) => {
      process.exitCode = await runWalls(map, flags, processStreams);
    });
}

/** @returns the exit code */
export async function runWalls(path: string, flags: WallsFlags, ends: Streams): Promise<number> {
  return await answer(flags, ends, async (status) => {
    const map = await readMapFile(path, systemClock.nowMs());
    const played = flags.worm === undefined ? worms : [await wormOf(flags.worm)];
    const pool = openRehearsalPool(workersOf(flags));
    try {
      const figures = new Figures(flags.lang);
      const tell = (share: number): void =>
        status.update(rehearsalWords[flags.lang].ranking(played.length, figures.percent(share)), share);
      tell(0);
      const walls = await rankWalls(map, played, {
        defender: defenderOf(flags.defender),
        seed: flags.seed,
        pool,
        onProgress: tell,
        ...(flags.hours === undefined ? {} : { horizonSeconds: flags.hours * 3_600 }),
      });
      await writeReportFile(flags, map, { walls });
      return { result: walls, render: (screen) => renderWalls(walls, pageFor(map, flags.lang), screen) };
    } finally {
      await pool.close();
    }
  });
}

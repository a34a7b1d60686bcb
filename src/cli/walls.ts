// `cordon walls`: what to close or split before any crisis, ranked by the harm it saves for the effort it takes.
// Exit codes: 0 done, 2 usage, 3 what was asked makes no sense (one sentence says what).

import type { Command } from "commander";
import { systemClock } from "../kit/clock.ts";
import type { Wall, Walls } from "../model/walls.ts";
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
} from "./rehearsal-settings.ts";
import { readMapFile } from "./map-and-baseline.ts";
import { formatSpan } from "./render-time.ts";
import { harmless, paint, type Screen, title, wrap } from "./terminal.ts";
import { rehearsalWords as words } from "./words-rehearsal.ts";

const wallsShownMax = 10;

interface WallsFlags extends Omit<RehearsalFlags, "report" | "lang" | "worm"> {
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
  addRehearsalFlags(command, { hasReport: false, wormDefault: null })
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
      status.update(words.ranking(played.length), null);
      const walls = await rankWalls(map, played, {
        defender: defenderOf(flags.defender),
        seed: flags.seed,
        pool,
        ...(flags.hours === undefined ? {} : { horizonSeconds: flags.hours * 3_600 }),
      });
      return { result: walls, render: (screen) => renderWalls(walls, screen) };
    } finally {
      await pool.close();
    }
  });
}

function renderWalls(result: Walls, screen: Screen): string {
  const lines = [
    ...wrap(paint(words.walls(harmless(result.map)), ["bold"], screen), screen.width),
    ...wrap(
      words.wallsBasis(result.worms.join(", "), formatSpan(result.horizonSeconds * 1_000), result.seed),
      screen.width,
    ),
    words.harmNow(result.harmNow.mean),
    "",
    ...title(words.wallsTitle, screen),
    ...result.walls.slice(0, wallsShownMax).flatMap((wall, at) => wallLines(wall, at + 1, screen)),
  ];
  if (result.walls.length === 0) lines.push(`  ${words.noWalls}`);
  const more = result.walls.length - wallsShownMax;
  if (more > 0) lines.push(`  … ${more} more`);
  return `${lines.join("\n")}\n`;
}

function wallLines(wall: Wall, place: number, screen: Screen): string[] {
  const { mean, low, high } = wall.harmSaved;
  const lines = [
    ...wrap(harmless(wall.what.en), screen.width, paint(`${String(place).padStart(3)}. `, ["bold"], screen)),
    ...wrap(words.wallSaves(mean, low, high, wall.hostsSaved.mean, wall.effort), screen.width, "     "),
  ];
  if (wall.breaks.length > 0)
    lines.push(...wrap(words.wallBreaks(harmless(wall.breaks.join(", "))), screen.width, "     "));
  return lines;
}

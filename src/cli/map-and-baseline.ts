// The files an inspection uses besides its inputs: the map and the baseline. What is wrong with one is thrown as
// `Cannot …`, for the command line to show as it is; a bad setting must stop the run, not weaken it silently.

import { type BaselineFile, type Baseline, readBaseline } from "../detection/detect.ts";
import { formatProblem, loadMap } from "../hospital/load.ts";
import type { HospitalMap } from "../model/map.ts";
import type { Millis } from "../model/units.ts";
import { readText, replaceFile } from "./files.ts";

/** Reads hospital.yaml. @throws `Cannot use the map …` with every problem on a line of its own */
export async function readMapFile(path: string, nowMs: Millis): Promise<HospitalMap> {
  const loaded = loadMap(await readText("the map", path), path, nowMs);
  if (loaded.ok) return loaded.map;
  const problems = loaded.problems.map(formatProblem).join("\n");
  throw new Error(`Cannot use the map: ${path} must be free of problems, got ${loaded.problems.length}\n${problems}`);
}

/** Reads a saved baseline. @throws `Cannot …` when it is none */
export async function readBaselineFile(path: string): Promise<Baseline> {
  return readBaseline(await readText("the baseline", path), path);
}

export async function saveBaseline(path: string, baseline: BaselineFile): Promise<void> {
  await replaceFile("the baseline", path, `${JSON.stringify(baseline)}\n`);
}

// THE page: joins the stages, one function per path through the drawing in ARCHITECTURE.md. Stages never import each other;
// what one needs of another is handed over here, by value or as a function.

import { toInspectResult } from "./inspect-result.ts";
import {
  type Baseline,
  type BaselineFile,
  Detector,
  type DetectorLosses,
  killSwitchNames,
} from "./detection/detect.ts";
import { terrainOf } from "./hospital/load.ts";
import { HostTable } from "./model/host-table.ts";
import type { HospitalMap } from "./model/map.ts";
import type { Detection } from "./model/outbreak.ts";
import { type CollectOptions, collectFiles } from "./telemetry/collect.ts";

export interface InspectOptions extends Pick<CollectOptions, "onProgress" | "stdin"> {
  readonly map?: HospitalMap | null;
  readonly baseline?: Baseline | null;
  /** False isolations accepted per benign host-day; detection has the default. */
  readonly budgetPerHostDay?: number;
  /** The inputs are quiet days to learn from: habits of days are not forgotten. */
  readonly isLearning?: boolean;
}

export interface InspectOutcome {
  readonly result: ReturnType<typeof toInspectResult>;
  readonly detection: Detection;
  readonly hosts: HostTable;
  /** What limits made the detector leave out; all zero in ordinary use. */
  readonly losses: DetectorLosses;
  /** What was usual in these inputs, to be saved as a baseline. */
  baseline(): BaselineFile;
}

/** Files of one network in, who is spreading out: telemetry → detection, once. */
export async function inspect(paths: readonly string[], options: InspectOptions = {}): Promise<InspectOutcome> {
  const hosts = new HostTable();
  const detector = new Detector({
    hosts,
    terrain: options.map ? terrainOf(options.map) : null,
    baseline: options.baseline ?? null,
    isLearning: options.isLearning ?? false,
    ...(options.budgetPerHostDay === undefined ? {} : { budgetPerHostDay: options.budgetPerHostDay }),
  });
  const { onProgress, stdin } = options;
  const collected = await collectFiles(
    paths,
    { hosts, watchedNames: killSwitchNames, ...(onProgress && { onProgress }), ...(stdin && { stdin }) },
    (batch) => detector.feed(batch),
  );
  const detection = detector.report();
  return {
    result: toInspectResult(detection, collected, hosts),
    detection,
    hosts,
    losses: detector.losses(),
    baseline: () => detector.baseline(),
  };
}

// The rehearsal engine: the task other simulators were measured on, against a C twin of the same algorithm in the same
// run; regimes in which such engines go wrong; the cost of size; many plans at once on the example hospital; and what
// pairing saves. A row counts infections (hosts taken) unless its unit says otherwise.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadMap } from "../src/hospital/load.ts";
import { combine32 } from "../src/kit/hash.ts";
import type { Control } from "../src/model/control.ts";
import type { WormProfile } from "../src/model/rehearsal.ts";
import { OutbreakRun } from "../src/simulation/outbreak-run.ts";
import { groundOf, noAllowances } from "../src/planning/plan.ts";
import { timedOrders } from "../src/planning/score.ts";
import { strategiesOf } from "../src/planning/strategies.ts";
import { defenders, openRehearsalPool, playRuns, type Rehearsal, worms } from "../src/simulation/simulate.ts";
import { termsOf } from "../src/simulation/terms.ts";
import { commonTask, momentsOf, pairRate, rehearsalOf, townMap } from "../test/town.ts";
import { type BenchOptions, type BenchRow, formatHash, measure } from "./result.ts";

const seed = 7;

interface Task {
  readonly name: string;
  readonly rehearsal: Rehearsal;
  readonly runs: number;
  /** Removals per second of a trying host: 1 is SIR, 0 SI. */
  readonly removalRate: number;
}

const order = (control: Control, atSeconds: number): Rehearsal["orders"][number] => {
  return { control, atSeconds, failureProbability: 0, liftSeconds: null };
};
const isolated = (segment: string): Control => ({ kind: "isolate-segment", segment, except: [] });

/** Mostly across: a tenth of the tries stay inside. */
const flat = rehearsalOf({
  segments: 50,
  hosts: 200,
  infected: [0, 5, 10, 15, 20, 25, 30, 35, 40, 45],
  worm: { localTriesPerSecond: 0.2, remoteTriesPerSecond: 1.8 },
});

/** Three buildings cut off from the start, forty hosts of them infected. */
function contained(): Rehearsal {
  const task = commonTask(50);
  const segments = [20, 10, 10].map((infected, nth) => {
    return { segment: `s${nth}`, infected, isolated: 0, hiddenMean: 0 };
  });
  return {
    ...task,
    state: { ...task.state, segments },
    orders: ["s0", "s1", "s2"].map((id) => order(isolated(id), 0)),
  };
}

/** No two segments may reach the same others. */
function distinctRows(segments: number): Rehearsal {
  const task = commonTask(segments);
  const crossings = task.map.segments.flatMap(({ id: from }, nth) =>
    Array.from({ length: 60 }, (_, step) => {
      const to = `s${(nth + 1 + ((step * step + step * (1 + (nth % 7))) % (segments - 1))) % segments}`;
      return { from, to, ports: ["tcp/445"], because: null };
    }),
  );
  return { ...task, map: townMap({ segments, hosts: 200, map: { crossingDefault: "closed", crossings } }) };
}

function tasksOf(tiny: boolean): Task[] {
  const runs = (count: number): number => (tiny ? 2 : count);
  const large = tiny ? 20 : 500;
  return [
    { name: "10,000 hosts, SIR", rehearsal: commonTask(50), runs: runs(600), removalRate: 1 },
    { name: "100,000 hosts, SIR", rehearsal: commonTask(large), runs: runs(40), removalRate: 1 },
    { name: "10,000 hosts, saturation (SI)", rehearsal: commonTask(50), runs: runs(200), removalRate: 0 },
    { name: "10,000 hosts, flat network (SI)", rehearsal: flat, runs: runs(200), removalRate: 0 },
    { name: "100,000 hosts, 500 distinct rows", rehearsal: distinctRows(large), runs: runs(40), removalRate: 1 },
    { name: "contained outbreak, SIR", rehearsal: contained(), runs: runs(6_000), removalRate: 1 },
  ];
}

/** Plays the runs. @returns a digest of the sizes */
function playAll(outbreak: OutbreakRun, runs: number): number {
  let hash = seed;
  for (let run = 0; run < runs; run++) {
    outbreak.play(run, [], () => undefined);
    for (const count of outbreak.ward.taken) hash = combine32(hash, count);
  }
  return hash;
}

function taskRow({ name, rehearsal, runs, removalRate }: Task, tiny: boolean): BenchRow {
  const outbreak = new OutbreakRun(termsOf(rehearsal, { removalRate }));
  playAll(outbreak, runs);
  const takesBefore = outbreak.ward.takeCount;
  playAll(outbreak, runs);
  const count = outbreak.ward.takeCount - takesBefore;
  const round = (): number => playAll(outbreak, runs);
  const row = measure({ name, unit: "infections", count, round, rounds: tiny ? 1 : 5, warmups: tiny ? 0 : 2 });
  outbreak.close();
  return { ...row, note: `${(runs / row.cpuSeconds).toFixed(0)} outbreaks/s` };
}

/** The C twin where gcc is: its program, null where it cannot be made. */
function compileTwin(folder: string): string | null {
  const source = fileURLToPath(new URL("./clocks.c", import.meta.url));
  const program = join(folder, "clocks");
  const made = spawnSync("gcc", ["-O3", "-march=native", source, "-o", program, "-lm"], { stdio: "ignore" });
  return made.status === 0 ? program : null;
}

/** Ours and the C twin in turns, nine rounds; the interval of the median ratio is its second and eighth of nine. */
function twinRow(program: string, segments: number, runs: number, tiny: boolean): BenchRow {
  const outbreak = new OutbreakRun(termsOf(commonTask(segments, seed), { removalRate: 1 }));
  const [ours, twins]: [number[], number[]] = [[], []];
  let count = 0;
  playAll(outbreak, runs);
  for (let round = 0; round < (tiny ? 1 : 9); round++) {
    const takesBefore = outbreak.ward.takeCount;
    const before = process.cpuUsage();
    playAll(outbreak, runs);
    const used = process.cpuUsage(before);
    ours.push((used.user + used.system) / 1e6);
    count = outbreak.ward.takeCount - takesBefore;
    const told = spawnSync(program, [`${segments}`, `${runs}`, `${seed}`, "1"], { encoding: "utf8" });
    const [, , takes, seconds] = told.stdout.split(" ").map(Number);
    if (takes !== count) throw new Error(`Cannot compare: the C twin must take ${count} hosts, got ${takes}`);
    twins.push(seconds);
  }
  const ratios = ours.map((seconds, round) => twins[round] / seconds).sort((a, b) => a - b);
  const at = (share: number): string => ratios[Math.round(share * (ratios.length - 1))].toFixed(2);
  const sorted = [...ours].sort((a, b) => a - b);
  return {
    name: `${(segments * 200).toLocaleString("en")} hosts, SIR, in turns with C`,
    unit: "infections",
    count,
    cpuSeconds: sorted[0],
    cpuSecondsMedian: sorted[sorted.length >> 1],
    hash: formatHash(combine32(seed, count)),
    peer: { name: "C twin", cpuSeconds: Math.min(...twins) },
    note: `median ratio ${at(0.5)} (${at(0.125)} to ${at(0.875)})`,
  };
}

function curveRow(segments: number, tiny: boolean): BenchRow {
  const rehearsal = commonTask(segments);
  const terms = termsOf(rehearsal, { removalRate: 1 });
  const outbreak = new OutbreakRun(terms);
  const kilobytes = (outbreak.ward.kernel.freeFrom() - outbreak.ward.kernel.emptyFrom) / 1_024;
  const runs = tiny ? 2 : Math.max(3, Math.ceil(3_000 / segments));
  playAll(outbreak, runs);
  const takesBefore = outbreak.ward.takeCount;
  playAll(outbreak, runs);
  const count = outbreak.ward.takeCount - takesBefore;
  const name = `cost of size: ${(segments * 200).toLocaleString("en")} hosts`;
  const round = (): number => playAll(outbreak, runs);
  const row = measure({ name, unit: "infections", count, round, rounds: tiny ? 1 : 3, warmups: 1 });
  outbreak.close();
  const milliseconds = ((1_000 * row.cpuSeconds) / runs).toFixed(2);
  return { ...row, note: `${milliseconds} ms an outbreak, ${kilobytes.toFixed(0)} kB of columns` };
}

/** Two segments of workstations, in two buildings of the example hospital. */
const twoBuildings = ["atrium-ws", "beacon-ws"];

/** Sixty-four plans for the example hospital: the eight ways of the planner to act, begun at once or up to ten minutes later. */
function plansOf(worm: WormProfile, horizonSeconds: number): Rehearsal[] {
  const path = fileURLToPath(new URL("../examples/chu/hospital.yaml", import.meta.url));
  const loaded = loadMap(readFileSync(path, "utf8"), path);
  if (!loaded.ok) throw new Error("Cannot measure: the example hospital must load, got problems");
  const { map } = loaded;
  const ground = groundOf(map);
  const segments = twoBuildings.map((segment) => ({ segment, infected: 2, isolated: 0, hiddenMean: 1 }));
  const state: Rehearsal["state"] = { port: "tcp/445", hosts: [], segments };
  return strategiesOf(ground, state, noAllowances)
    .slice(1)
    .flatMap(({ controls }) =>
      [0, 30, 60, 120, 180, 300, 450, 600].map((delay) => {
        const orders = timedOrders(ground, state, controls).map((each) => ({
          ...each,
          atSeconds: each.atSeconds + delay,
        }));
        return { map, worm, defender: defenders[0], state, orders, seed, horizonSeconds };
      }),
    );
}

async function plansRow(worm: WormProfile, horizonSeconds: number, tiny: boolean): Promise<BenchRow> {
  const plans = plansOf(worm, horizonSeconds).slice(0, tiny ? 2 : 64);
  const runs = tiny ? 10 : 200;
  const pool = openRehearsalPool(2);
  const [cpu, wall]: [number[], number[]] = [[], []];
  let count = 0;
  for (let round = -1; round < (tiny ? 0 : 3); round++) {
    const [cpuBefore, wallBefore] = [process.cpuUsage(), performance.now()];
    const samples = await pool.play(plans, 0, runs, [horizonSeconds]);
    const used = process.cpuUsage(cpuBefore);
    cpu.push((used.user + used.system) / 1e6);
    wall.push(performance.now() - wallBefore);
    count = 0;
    for (const { taken } of samples) for (const each of taken) count += each;
  }
  await pool.close();
  cpu.sort((a, b) => a - b);
  wall.sort((a, b) => a - b);
  return {
    name: `64 plans of 200 paired runs, ${worm.id}, ${horizonSeconds / 60} min ahead, 2 workers`,
    unit: "infections",
    count,
    cpuSeconds: cpu[0],
    cpuSecondsMedian: cpu[cpu.length >> 1],
    hash: formatHash(combine32(seed, count)),
    note: `${wall[0].toFixed(0)} ms on the clock, ${(count / (plans.length * runs)).toFixed(0)} taken a run`,
  };
}

/** Ten of fifty buildings cut: variance of the paired difference of sizes, that of independent runs being 1. */
function pairingRow(atSeconds: number, removalRate: number, tiny: boolean): BenchRow {
  const task = { ...commonTask(50), horizonSeconds: removalRate > 0 ? 200 : 9 };
  const runs = tiny ? 5 : 1_500;
  const orders = Array.from({ length: 10 }, (_, nth) => order(isolated(`s${nth * 5 + 2}`), atSeconds));
  const sizes = (rehearsal: Rehearsal): number[] => {
    const { taken } = playRuns(rehearsal, 0, runs, [task.horizonSeconds], { removalRate });
    return Array.from({ length: runs }, (_, run) => taken.subarray(run * 50, run * 50 + 50).reduce((a, b) => a + b, 0));
  };
  const before = process.cpuUsage();
  const [open, cut, other] = [task, { ...task, orders }, { ...task, orders, seed: seed + 1 }].map(sizes);
  const used = process.cpuUsage(before);
  const [paired, apart] = [cut, other].map((sized) => momentsOf(open.map((size, run) => size - sized[run])).deviation);
  const cpuSeconds = (used.user + used.system) / 1e6;
  return {
    name: `pairing, cut at ${atSeconds}, ${removalRate > 0 ? "SIR" : "SI"}`,
    unit: "runs",
    count: 3 * runs,
    cpuSeconds,
    cpuSecondsMedian: cpuSeconds,
    hash: formatHash(open.reduce((hash, size, run) => combine32(hash, size - cut[run]), seed)),
    note: `variance of the difference ${((paired / apart) ** 2).toFixed(2)} of independent runs`,
  };
}

/** Differences of plans of the example hospital: the variance when paired, that of independent runs being 1. */
function plansPairingRow(worm: WormProfile, tiny: boolean): BenchRow {
  const horizonSeconds = 3_600;
  const plans = plansOf(worm, horizonSeconds).filter((_, nth) => nth % 8 === 0 || nth % 8 === 3);
  const runs = tiny ? 5 : 400;
  const takenOf = (rehearsal: Rehearsal): number[] => {
    const { taken, segmentCount } = playRuns(rehearsal, 0, runs, [horizonSeconds]);
    return Array.from({ length: runs }, (_, run) =>
      taken.subarray(run * segmentCount, (run + 1) * segmentCount).reduce((sum, each) => sum + each, 0),
    );
  };
  const before = process.cpuUsage();
  const paired = plans.map(takenOf);
  const apart = plans.map((plan) => takenOf({ ...plan, seed: seed + 1 }));
  const used = process.cpuUsage(before);
  const deviation = (a: number[], b: number[]): number => momentsOf(a.map((each, run) => each - b[run])).deviation;
  const ratios = plans
    .flatMap((_, a) => plans.slice(a + 1).map((__, more) => [a, a + 1 + more] as const))
    .flatMap(([a, b]) => {
      const independent = deviation(paired[a], apart[b]);
      return independent < 1 ? [] : [(deviation(paired[a], paired[b]) / independent) ** 2];
    })
    .sort((a, b) => a - b);
  const at = (share: number): string => (ratios.at(Math.round(share * (ratios.length - 1))) ?? Number.NaN).toFixed(2);
  const cpuSeconds = (used.user + used.system) / 1e6;
  return {
    name: `pairing of plans, example hospital, ${worm.id}`,
    unit: "runs",
    count: 2 * plans.length * runs,
    cpuSeconds,
    cpuSecondsMedian: cpuSeconds,
    hash: formatHash(paired.flat().reduce((hash, size) => combine32(hash, size), seed)),
    note: `variance of ${ratios.length} differences: median ${at(0.5)}, 90 of 100 below ${at(0.9)} of independent runs`,
  };
}

/** Dormancy, flags and isolation: the whole model, beside the plain counts. */
function fullModelRows(tiny: boolean): BenchRow[] {
  const town = { segments: 50, hosts: 200, vulnerableShare: 0.4, horizonSeconds: 600, infected: [0, 10, 20] } as const;
  const dormancy = { meanSeconds: 5, kind: "fixed" } as const;
  const worm = { localTriesPerSecond: 1, remoteTriesPerSecond: 10 * pairRate, dormancy };
  const defender = { isolateSeconds: 10, contactsToFlag: 10 };
  const runs = tiny ? 2 : 200;
  return [
    { name: "fixed dormancy", rehearsal: rehearsalOf({ ...town, worm }), runs, removalRate: 0 },
    {
      name: "dormancy, flags after 10 tries, isolation after 10 s",
      rehearsal: rehearsalOf({ ...town, worm, defender }),
      runs,
      removalRate: 0,
    },
  ].map((task) => taskRow(task, tiny));
}

export async function run({ tiny }: BenchOptions): Promise<readonly BenchRow[]> {
  const rows = tasksOf(tiny).map((task) => taskRow(task, tiny));
  const folder = mkdtempSync(join(tmpdir(), "cordon-bench-"));
  const program = compileTwin(folder);
  if (program !== null) {
    rows.push(twinRow(program, 50, tiny ? 2 : 600, tiny), twinRow(program, 500, tiny ? 2 : 40, tiny));
  }
  rmSync(folder, { recursive: true });
  rows.push(...fullModelRows(tiny));
  for (const segments of tiny ? [5] : [5, 50, 500, 5_000]) rows.push(curveRow(segments, tiny));
  const [sweep, topological, slow] = worms;
  for (const worm of [sweep, slow]) rows.push(await plansRow(worm, 900, tiny), await plansRow(worm, 3_600, tiny));
  for (const worm of [sweep, topological, slow]) rows.push(plansPairingRow(worm, tiny));
  rows.push(pairingRow(3, 1, tiny), pairingRow(5, 1, tiny), pairingRow(8, 1, tiny), pairingRow(6, 0, tiny));
  return rows;
}

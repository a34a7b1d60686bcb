// What an answer of planning costs on the example university hospital with an outbreak in two buildings: warm in this
// process, and cold in one of its own. On the clock, since an answer is waited for: read the figures on a quiet machine.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadMap } from "../src/hospital/load.ts";
import { combine32, hashText } from "../src/kit/hash.ts";
import type { HospitalMap } from "../src/model/map.ts";
import type { Plans } from "../src/model/plan.ts";
import type { OutbreakState, WormProfile } from "../src/model/rehearsal.ts";
import { planCordon, rankWalls } from "../src/planning/plan.ts";
import { PlanScore } from "../src/planning/score.ts";
import { defenders, openRehearsalPool, type RehearsalPool, worms } from "../src/simulation/simulate.ts";
import { type BenchOptions, type BenchRow, formatHash } from "./result.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const chu = join(root, "examples/chu/hospital.yaml");
const workers = 2;
const nowMs = Date.UTC(2027, 0, 12, 9);

/** Two buildings, and one more host in each that nobody has seen. */
const state: OutbreakState = {
  port: "tcp/445",
  hosts: [],
  segments: [
    { segment: "jetty-ws", infected: 3, isolated: 0, hiddenMean: 1 },
    { segment: "atrium-ws", infected: 2, isolated: 0, hiddenMean: 1 },
  ],
};

interface Answered {
  readonly plans: Plans;
  readonly firstMs: number;
  readonly fullMs: number;
  readonly cpuMs: number;
  /** Of `fullMs`: waiting for the players, adding up runs on this thread. */
  readonly playMs: number;
  readonly scoreMs: number;
}

function readChu(): HospitalMap {
  const loaded = loadMap(readFileSync(chu, "utf8"), chu);
  if (!loaded.ok) throw new Error("Cannot measure: the example hospital must load, got problems");
  return loaded.map;
}

async function answerOf(map: HospitalMap, worm: WormProfile, pool: RehearsalPool, seed: number): Promise<Answered> {
  const spent = { firstMs: 0, playMs: 0, scoreMs: 0 };
  const timed: RehearsalPool = {
    workerCount: pool.workerCount,
    close: () => pool.close(),
    play: async (...asked) => {
      const began = performance.now();
      const samples = await pool.play(...asked);
      spent.playMs += performance.now() - began;
      return samples;
    },
  };
  const { add } = PlanScore.prototype;
  PlanScore.prototype.add = function (samples) {
    const began = performance.now();
    add.call(this, samples);
    spent.scoreMs += performance.now() - began;
  };
  const cpu = process.cpuUsage();
  const began = performance.now();
  const plans = await planCordon(
    { map, worm, defender: defenders[0], state, nowMs, seed },
    {
      clock: { nowMs: () => performance.now() },
      pool: timed,
      onFirst: () => (spent.firstMs = performance.now() - began),
    },
  );
  const fullMs = performance.now() - began;
  PlanScore.prototype.add = add;
  const { user, system } = process.cpuUsage(cpu);
  return { ...spent, plans, fullMs, cpuMs: (user + system) / 1_000 };
}

const middleOf = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];
const ms = (value: number): string => `${value.toFixed(0)} ms`;

async function warmRow(map: HospitalMap, worm: WormProfile, pool: RehearsalPool, tiny: boolean): Promise<BenchRow> {
  const answers: Answered[] = [];
  for (let seed = tiny ? 1 : 0; seed <= (tiny ? 1 : 5); seed++) {
    const answered = await answerOf(map, worm, pool, seed);
    if (seed > 0) answers.push(answered);
  }
  const middle = (of: (answer: Answered) => number): string => ms(middleOf(answers.map(of)));
  const cpuSeconds = answers.map(({ cpuMs }) => cpuMs / 1_000).sort((a, b) => a - b);
  const worst = Math.max(...answers.map(({ fullMs }) => fullMs));
  const widest = Math.max(...answers.map(({ plans }) => plans.widestInterval));
  return {
    name: `plan, warm, ${worm.id}`,
    unit: "answers",
    count: 1,
    cpuSeconds: cpuSeconds[0],
    cpuSecondsMedian: middleOf(cpuSeconds),
    hash: formatHash(answers.reduce((hash, { plans }) => combine32(hash, hashText(JSON.stringify(plans.plans))), 0)),
    note:
      `first ${middle(({ firstMs }) => firstMs)}, full ${middle(({ fullMs }) => fullMs)} (worst of ${answers.length}: ${ms(worst)}); ` +
      `playing ${middle(({ playMs }) => playMs)}, cut with ties ${middle(({ plans }) => plans.solver.seconds * 1_000)}, ` +
      `scoring ${middle(({ scoreMs }) => scoreMs)}; widest interval ${(100 * widest).toFixed(1)} %`,
  };
}

/** From launch to the end of the process, by `cordon plan`, and the same with the call alone timed inside it. */
function coldRow(worm: WormProfile, tiny: boolean): BenchRow {
  const start = state.segments.map(({ segment, infected }) => `${segment}=${infected}`).join();
  const asked = ["bin/cordon.mjs", "plan", chu, "--start", start, "--worm", worm.id, "--seed", "1", "-o", "json", "-q"];
  const inside = [
    `const { coldCall } = await import(${JSON.stringify(import.meta.url)});`,
    `console.log(JSON.stringify(await coldCall(${JSON.stringify(worm.id)})));`,
  ].join("\n");
  const [launches, calls]: [number[], number[][]] = [[], []];
  let hash = 0;
  for (let round = 0; round < (tiny ? 1 : 3); round++) {
    const began = performance.now();
    const told = spawnSync(process.execPath, [...asked, "--workers", `${workers}`], {
      cwd: root,
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    launches.push(performance.now() - began);
    if (told.status !== 0) throw new Error(`Cannot measure: cordon plan must end with 0, got ${told.stderr}`);
    hash = hashText(JSON.stringify((JSON.parse(told.stdout) as Plans).plans.map(({ harm }) => harm)));
    // With the cache of stripped types that the command line uses too.
    const env = { ...process.env, NODE_COMPILE_CACHE: join(root, "node_modules/.cache/cordon") };
    const call = spawnSync(process.execPath, ["--input-type=module", "--eval", inside], { encoding: "utf8", env });
    calls.push(JSON.parse(call.stdout) as number[]);
  }
  const middle = (nth: number): string => ms(middleOf(calls.map((call) => call[nth])));
  return {
    name: `plan, cold, ${worm.id}`,
    unit: "answers",
    count: 1,
    cpuSeconds: middleOf(calls.map((call) => call[3])) / 1_000,
    cpuSecondsMedian: middleOf(calls.map((call) => call[3])) / 1_000,
    hash: formatHash(hash),
    note: `cordon plan ${ms(middleOf(launches))} from launch to end; map ${middle(0)}, then the call: first ${middle(1)}, full ${middle(2)}`,
  };
}

/** One answer in a process that has done nothing else: milliseconds of the map, first and full answer, and of the CPU. */
export async function coldCall(name: string): Promise<number[]> {
  const worm = worms.find(({ id }) => id === name) ?? worms[0];
  const pool = openRehearsalPool(workers);
  const began = performance.now();
  const map = readChu();
  const mapMs = performance.now() - began;
  const { firstMs, fullMs, cpuMs } = await answerOf(map, worm, pool, 1);
  await pool.close();
  return [mapMs, firstMs, fullMs, cpuMs];
}

async function wallsRow(map: HospitalMap, pool: RehearsalPool, tiny: boolean): Promise<BenchRow> {
  const cpu = process.cpuUsage();
  const began = performance.now();
  const walls = await rankWalls(map, tiny ? worms.slice(3, 4) : worms, {
    defender: defenders[0],
    seed: 1,
    pool,
    ...(tiny ? { runsFirst: 1 } : {}),
  });
  const took = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  return {
    name: "walls, all worms",
    unit: "walls",
    count: walls.walls.length,
    cpuSeconds: (user + system) / 1e6,
    cpuSecondsMedian: (user + system) / 1e6,
    hash: formatHash(hashText(JSON.stringify(walls))),
    note: `${(took / 1_000).toFixed(1)} s on the clock, best: ${walls.walls[0]?.id}`,
  };
}

export async function run({ tiny }: BenchOptions): Promise<readonly BenchRow[]> {
  const map = readChu();
  const rows: BenchRow[] = [];
  const pool = openRehearsalPool(workers);
  const played = tiny ? worms.filter(({ id }) => id === "slow-careful") : worms;
  for (const worm of played) rows.push(await warmRow(map, worm, pool, tiny));
  rows.push(await wallsRow(map, pool, tiny));
  await pool.close();
  for (const worm of played) rows.push(coldRow(worm, tiny));
  return rows;
}

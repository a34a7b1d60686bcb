// `cordon start`: what `npm start` does. Inspects the bundled examples, a generated night first (a whole outbreak with
// its tree) and then a real capture, and says what to try next.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import type { InspectEnds, InspectFlags } from "./inspect.ts";
import { isoTime, type InspectResult } from "../inspect-result.ts";
import { paint, type Screen, screenOf, title, wrap } from "./terminal.ts";
import { en } from "./words.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

export function addStart(program: Command): void {
  program
    .command("start")
    .summary("look at the bundled examples: a generated outbreak, then a real capture")
    .option("--no-color", "no colours (also with NO_COLOR)")
    .action(async (flags: { readonly color?: boolean }) => {
      const { processEnds } = await import("./inspect.ts");
      process.exitCode = await runStart(join(root, "examples"), flags.color !== false, await processEnds());
    });
}

/** What of an example folder is telemetry: not the page about it, not the map, not the truth it is checked against. */
export function telemetryOf(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !/^\.|\.md$|\.ya?ml$|truth/i.test(entry.name))
    .map((entry) => join(folder, entry.name))
    .sort();
}

/** Shows both examples. @returns the exit code: that of the worse of the two */
export async function runStart(examples: string, wantsColour: boolean, ends: InspectEnds): Promise<number> {
  const screen = screenOf(ends.stdout, ends.environment, wantsColour);
  const night = join(examples, "night");
  const real = join(examples, "wannacry");
  say(ends, wrap(en.startTitle, screen.width));
  const map = join(night, "hospital.yaml");
  const flags: InspectFlags = { output: "text", color: wantsColour };
  const nightFlags = existsSync(map) ? { ...flags, map } : flags;
  const first = await showExample(night, en.startNight(shown(night)), [], nightFlags, screen, ends);
  const note = wrap(en.startRealNote, screen.width);
  const second = await showExample(real, en.startReal(shown(real)), note, flags, screen, ends);
  sayNext(screen, ends);
  return Math.max(first, second);
}

async function showExample(
  folder: string,
  heading: string,
  note: readonly string[],
  flags: InspectFlags,
  screen: Screen,
  ends: InspectEnds,
): Promise<number> {
  const { exitNothingRead, runInspect } = await import("./inspect.ts");
  let result: InspectResult | null = null;
  const files = telemetryOf(folder);
  const rule = paint("━".repeat(screen.width), ["dim"], screen);
  say(ends, ["", rule, ...wrap(heading, screen.width).map((line) => paint(line, ["bold"], screen)), ...note, rule, ""]);
  if (files.length === 0) {
    say(ends, [en.startMissing(shown(folder))]);
    return exitNothingRead;
  }
  const code = await runInspect(files.map(shown), flags, {
    ...ends,
    inspect: async (paths, options) => {
      const outcome = await ends.inspect(paths, options);
      result = outcome.result;
      return outcome;
    },
  });
  const truth = join(folder, "truth.json");
  if (result !== null && existsSync(truth)) {
    const lines = renderTruth(readFileSync(truth, "utf8"), result, screen);
    if (lines.length > 0) say(ends, ["", ...lines]);
  }
  return code;
}

/**
 * How the result compares with what really happened, which only a generated example knows.
 * @param text  truth.json: `infections`, each with its host and when it fell ill
 */
export function renderTruth(text: string, result: InspectResult, screen: Screen): string[] {
  const { infections } = JSON.parse(text) as {
    infections?: readonly { host: string; by: string | null; atMs: number }[];
  };
  const first = infections?.find((infection) => infection.by === null);
  if (infections === undefined || first === undefined) return [];
  const ill = new Set(infections.map((infection) => infection.host));
  const confirmed = result.outbreaks.filter((outbreak) => outbreak.phase === "confirmed");
  const found = new Set(confirmed.flatMap((outbreak) => outbreak.hosts));
  const foundIll = [...found].filter((host) => ill.has(host)).length;
  const wronged = result.suspects.filter((suspect) => !ill.has(suspect.address)).length;
  const isNamed = confirmed.some((outbreak) => outbreak.patientZero === first.host);
  const parents = new Map(infections.map((infection) => [infection.host, infection.by]));
  const edges = confirmed.flatMap((outbreak) => outbreak.edges);
  const right = edges.filter((edge) => parents.get(edge.to) === edge.from).length;
  const sentences = [
    en.truthFirst(first.host, isoTime(first.atMs).slice(11, 19), isNamed),
    en.truthInfected(ill.size, foundIll),
    ...(edges.length > 0 ? [en.truthEdges(edges.length, right)] : []),
    en.truthWronged(wronged),
  ];
  return [...title(en.truth, screen), ...sentences.flatMap((sentence) => wrap(sentence, screen.width, "→ ", "  "))];
}

function sayNext(screen: Screen, ends: InspectEnds): void {
  const widest = Math.max(...en.startNextCommands.map(([command]) => command.length));
  const lines = en.startNextCommands.flatMap(([command, what]) =>
    wrap(what, screen.width, `  ${paint(command.padEnd(widest), ["cyan"], screen)}  `),
  );
  say(ends, [
    "",
    ...title(en.startNext, screen),
    ...lines,
    "",
    ...wrap(en.startHow("node bin/cordon.mjs"), screen.width),
  ]);
}

/** A path as short as it can be said from where the command runs. */
function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith("..") ? path : short;
}

function say(ends: InspectEnds, lines: readonly string[]): void {
  ends.stdout.write(`${lines.join("\n")}\n`);
}

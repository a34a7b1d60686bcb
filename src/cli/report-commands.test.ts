// The report of each command, as it is written: every section is there, it stands alone, and the French one is French.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Parser } from "htmlparser2";
import { afterAll, describe, expect, test } from "vitest";
import { loadMap, loadScenario } from "../hospital/load.ts";
import { runPlan } from "./plan.ts";
import { reportLanguages } from "./report-figures.ts";
import { reportWords, type ReportWords } from "./report-words.ts";
import { runSimulate } from "./simulate.ts";
import { runWalls } from "./walls.ts";

const folder = mkdtempSync(join(tmpdir(), "cordon-report-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const clinic = "examples/clinic/hospital.yaml";
const base = { output: "text", defender: "watch-only", seed: 7, workers: 1, quiet: true } as const;
const said = { out: "" };
const ends = {
  stdout: { write: (text: string) => (said.out += text) },
  stderr: { write: () => true },
  environment: {},
};

interface Written {
  /** Runs the command and writes its report. */
  readonly run: (report: string, lang: "en" | "fr") => Promise<number>;
  readonly sections: (words: ReportWords) => readonly string[];
  /** Texts that are data: names of the map, titles of sources. */
  readonly data: () => readonly string[];
}

const scenarioPath = "examples/scenarios/montpellier-2019.yaml";

const commands: Readonly<Record<string, Written>> = {
  simulate: {
    run: (report, lang) =>
      runSimulate(
        clinic,
        {
          ...base,
          worm: "sweep",
          start: ["care=2"],
          order: ["isolate-segment/care@5-60~0.1", "close-port/devices/tcp/445@5", "cut-internet@30"],
          hours: 4,
          runs: 20,
          report,
          lang,
        },
        ends,
      ),
    sections: (words) => [words.fanTitle, words.ordersTitle, words.segmentsTitle, words.boundariesTitle],
    data: () => namesOfMap(),
  },
  plan: {
    run: (report, lang) =>
      runPlan(
        clinic,
        { ...base, worm: "sweep", start: ["care=2"], hours: 4, allow: [], standInRuns: [], report, lang },
        ends,
      ),
    sections: (words) => [
      words.recommended,
      words.plansTitle,
      words.harmTitle,
      words.detailsTitle,
      words.saved,
      words.services,
      words.consultations,
      words.applyTime,
      words.approval,
      words.wayBack,
      words.unknowns,
      words.people,
    ],
    data: () => namesOfMap(),
  },
  walls: {
    run: (report, lang) => runWalls(clinic, { ...base, hours: 1, report, lang }, ends),
    sections: (words) => [words.wallsTitle, words.wallsPicture, words.wallsRanking, words.effort, words.against],
    data: () => namesOfMap(),
  },
  "simulate --scenario": {
    run: (report, lang) =>
      runSimulate(
        undefined,
        { ...base, worm: "sweep", start: [], order: [], hours: 1, runs: 4, scenario: scenarioPath, report, lang },
        ends,
      ),
    sections: (words) => [
      words.replayTitle,
      words.eventsTitle,
      words.fanTitle,
      words.ordersTitle,
      words.careAtEnd,
      words.cannotKnow,
      words.sources,
    ],
    data: () => {
      const read = loadScenario(readFileSync(scenarioPath, "utf8"), scenarioPath);
      return read.ok ? [...leaves(read.scenario.map), ...leaves(read.scenario.sources)] : [];
    },
  },
};

function namesOfMap(): readonly string[] {
  const loaded = loadMap(readFileSync(clinic, "utf8"), clinic);
  return loaded.ok ? leaves(loaded.map) : [];
}

/** Every text in a value, the longest first. */
function leaves(value: unknown): string[] {
  const found = new Set<string>();
  const collect = (each: unknown): void => {
    if (typeof each === "string" && each.length > 3) found.add(each);
    else if (typeof each === "object" && each !== null) Object.values(each).forEach(collect);
  };
  collect(value);
  return [...found].sort((a, b) => b.length - a.length);
}

/** What a reader sees and hears: text, and the labels of drawings. */
function textOf(page: string): string {
  let text = "";
  let isStyle = false;
  const parser = new Parser({
    onopentag: (name, attributes) => {
      isStyle = name === "style";
      text += ` ${attributes["aria-label"] ?? ""} ${attributes["data-name"] ?? ""} `;
    },
    onclosetag: () => (isStyle = false),
    ontext: (part) => (text += isStyle ? "" : part),
  });
  parser.end(page);
  return text;
}

/** Words that English needs and French does not have. */
const telltales =
  /\b(the|and|of|is|are|with|from|to|when|which|what|nothing|hosts?|taken|paths?|lost|keeps|fails|runs|closing|around|within|because|by|not|it|at|after|needs|stand-in|unknown|cut|worms?|walls?|hospital|everything|each|only|most)\b/gi;

describe.each(Object.entries(commands))("the report of %s", (name, command) => {
  test.each(reportLanguages)(
    "in %s has every section and needs nothing else",
    async (language) => {
      const path = join(folder, `${name}-${language}.html`);
      said.out = "";
      expect(await command.run(path, language)).toBe(0);
      const page = readFileSync(path, "utf8");
      const text = textOf(page);
      for (const section of command.sections(reportWords[language])) expect(text).toContain(section);
      expect(page).not.toMatch(/<(script|link|img|iframe|object)\b|\b(src|href)=|url\(|@import/i);
      expect(page.replace(/<[^>]*>|\[[^\]]*\]/g, "")).not.toMatch(/https?:\/\//);
      expect(text).not.toMatch(/undefined|NaN|\[object/);
      if (language !== "fr") return;
      // The terminal speaks the language of the report.
      const data = ["cordon.walls/1", "watch-only", "hit-list", "slow-shares", "slow-careful", ...command.data()];
      for (const spoken of [text, said.out.replace(/\s+/g, " ")]) {
        const rest = data.reduce((left, each) => left.replaceAll(each, " "), spoken);
        expect(rest.match(telltales) ?? [], rest.slice(0, 0)).toEqual([]);
      }
    },
    60_000,
  );
});

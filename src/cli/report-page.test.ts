import { readFileSync } from "node:fs";
import { Parser } from "htmlparser2";
import { describe, expect, test } from "vitest";
import { sampleForecast, samplePlans } from "../../test/report-sample.ts";
import { loadMap } from "../hospital/load.ts";
import type { HospitalMap } from "../model/map.ts";
import type { Plans } from "../model/plan.ts";
import { escapeHtml, html } from "./html.ts";
import { Figures, type ReportLanguage, reportLanguages } from "./report-figures.ts";
import { type ReportInput, writeReport } from "./report-page.ts";
import { reportStyle } from "./report-style.ts";
import { reportWords } from "./report-words.ts";

function read(name: string): HospitalMap {
  const path = `examples/${name}/hospital.yaml`;
  const loaded = loadMap(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"), path);
  if (!loaded.ok) throw new Error(`${path} has problems`);
  return loaded.map;
}

const chu = read("chu");
const clinic = read("clinic");

function report(language: ReportLanguage, input: Partial<ReportInput> = {}): string {
  const map = input.map ?? chu;
  return writeReport({
    map,
    forecast: sampleForecast(map),
    plans: samplePlans(map),
    walls: null,
    replayed: null,
    language,
    madeAtMs: Date.parse("2027-03-02T03:12:00+01:00"),
    version: "0.1.0",
    ...input,
  });
}

interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Tags and text of a page, read strictly: every tag that opens closes, in order. */
function parse(page: string): { readonly tags: readonly Tag[]; readonly text: string } {
  const tags: Tag[] = [];
  const open: string[] = [];
  let text = "";
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        tags.push({ name, attributes });
        open.push(name);
      },
      onclosetag: (name, isImplied) => {
        // In XML mode a tag that closes itself is implied, and so is one that was forgotten: only the first is at the top.
        if (isImplied && !["meta", "line", "path", "rect"].includes(name)) throw new Error(`<${name}> is left open`);
        if (open.pop() !== name) throw new Error(`</${name}> closes another tag`);
      },
      ontext: (part) => (text += part),
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.end(page.replace("<!DOCTYPE html>", ""));
  expect(open).toEqual([]);
  return { tags, text };
}

describe.each(reportLanguages)("the report in %s", (language) => {
  test("is well formed and stands alone", () => {
    for (const map of [chu, clinic]) {
      const page = report(language, { map });
      const { tags } = parse(page);
      const names = new Set(tags.map((tag) => tag.name));
      for (const name of ["script", "link", "img", "iframe", "object", "base", "form", "use", "image"])
        expect(names).not.toContain(name);
      for (const { attributes } of tags) {
        for (const name of ["src", "href", "xlink:href", "srcset", "action"])
          expect(attributes).not.toHaveProperty(name);
        expect(Object.keys(attributes).filter((name) => name.startsWith("on"))).toEqual([]);
      }
      expect(page).not.toMatch(/https?:|\/\/[a-z]|url\(|@import/i);
    }
  });

  test("says what it is in its own language", () => {
    const { tags, text } = parse(report(language));
    expect(tags[0]).toEqual({ name: "html", attributes: { lang: language } });
    const words = reportWords[language];
    for (const heading of [
      words.recommended,
      words.plansTitle,
      words.harmTitle,
      words.fanTitle,
      words.placesTitle,
      words.boundariesTitle,
      words.detailsTitle,
    ]) {
      expect(text).toContain(heading);
    }
    const other = reportWords[language === "en" ? "fr" : "en"];
    for (const heading of [other.recommended, other.plansTitle, other.harmTitle, other.fanTitle, other.placesTitle]) {
      expect(text.split(heading)).toHaveLength(1);
    }
    expect(text).not.toMatch(/undefined|NaN|null|\[object/);
    const because = {
      en: "is cut off by the isolation of Atrium building",
      fr: "ne passe plus\u00a0: isolement (Atrium building)",
    };
    expect(text).toContain(because[language]);
  });

  test("does without a forecast, without plans, without both", () => {
    const words = reportWords[language];
    expect(parse(report(language, { forecast: null })).text).not.toContain(words.fanTitle);
    expect(parse(report(language, { plans: null })).text).not.toContain(words.plansTitle);
    expect(parse(report(language, { forecast: null, plans: null })).text).toContain(words.nothing);
  });
});

test("the recommended plan comes first, with its interval, its people and its way back", () => {
  const { text } = parse(report("en"));
  const plans = samplePlans(chu);
  const [first] = text.split(reportWords.en.plansTitle);
  expect(first).toContain("Close the building, keep its care paths");
  expect(first).toContain("544 (500\u00a0to\u00a0588)");
  expect(first).toContain("crisis director, 01\u00a099\u00a000\u00a010\u00a001");
  expect(first).toContain(plans.plans[2].wayBack.en);
  expect(first).toContain("Isolate Atrium building, leaving open segment atrium-ws → all servers (tcp/443)");
});

test("what nobody can carry out, and what nobody knows, is said", () => {
  const { text } = parse(report("en"));
  expect(text).toContain("nobody can carry it out");
  expect(text).toContain("Two segments are not seen by any sensor.");
  expect(text).toContain("20270302");
  expect(text).toContain("cordon.forecast/1");
});

test("no state and no share is told by colour alone", () => {
  const { tags, text } = parse(report("en"));
  const states = tags.filter((tag) => tag.attributes.class?.startsWith("state "));
  expect(states.length).toBeGreaterThan(5);
  for (const sign of ["■", "⇄", "▲"]) expect(text).toContain(sign);
  const tiles = tags.filter((tag) => tag.attributes.class?.startsWith("tile "));
  expect(tiles).toHaveLength(chu.buildings.length);
  expect(text.match(/\d\u00a0?%/g)?.length).toBeGreaterThan(tiles.length);
});

test("names of the map and texts of a plan never become markup", () => {
  const evil = `<script>alert("1")</script><b onclick='x'>&amp;\u0007\u202e`;
  const map: HospitalMap = {
    ...clinic,
    name: evil,
    buildings: clinic.buildings.map((each) => ({ ...each, name: evil })),
    contacts: clinic.contacts.map((each) => ({ ...each, name: evil })),
  };
  const sample = samplePlans(map);
  const told = { en: evil, fr: evil };
  const plans: Plans = {
    ...sample,
    worm: evil,
    plans: sample.plans.map((plan) => ({
      ...plan,
      title: told,
      explanation: told,
      wayBack: told,
      unknowns: [told],
      services: plan.services.map((each) => ({ ...each, name: evil, because: [evil], people: [evil, ...each.people] })),
    })),
  };
  const page = report("en", { map, plans, forecast: { ...sampleForecast(map), defender: evil } });
  const { tags, text } = parse(page);
  expect(tags.some((tag) => tag.name === "script" || "onclick" in tag.attributes)).toBe(false);
  expect(page).not.toContain("\u0007");
  expect(page).not.toContain("\u202e");
  expect(text).toContain('<script>alert("1")</script>');
});

test("a forecast of nothing, and plans whose recommended one is missing, still make a page", () => {
  const sample = sampleForecast(clinic);
  const nothing = {
    ...sample,
    atSeconds: [0],
    hospital: { ...sample.hospital, taken: { mean: [0], quantiles: [[0], [0], [0], [0], [0]] } },
    buildings: [{ ...sample.buildings[0], id: "elsewhere", hostCount: 0 }],
    boundaries: [],
  };
  const plans = { ...samplePlans(clinic), recommended: "none", plans: [] };
  const { text } = parse(report("en", { map: clinic, forecast: nothing, plans }));
  expect(text).toContain("elsewhere");
  expect(text).toContain("No site");
  expect(text).not.toMatch(/NaN|Infinity/);
});

test("both languages have the same texts, none of them empty and none left in the other language", () => {
  const leaves = (value: unknown, path: string): [string, unknown][] =>
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([key, each]) => leaves(each, `${path}.${key}`))
      : [[path, value]];
  const [english, french] = [leaves(reportWords.en, ""), leaves(reportWords.fr, "")];
  expect(french.map(([path]) => path)).toEqual(english.map(([path]) => path));
  const alike = english
    .filter(([, text], at) => typeof text === "string" && text === french[at][1])
    .map(([path]) => path);
  // Plan, Cause, Horizon, Version, normal, effort: the same word in both.
  expect(alike).toEqual([".plan", ".cause", ".effortAxis", ".horizon", ".version", ".states.normal"]);
  for (const [, text] of [...english, ...french]) if (typeof text === "string") expect(text.trim()).not.toBe("");
});

/** Contrast of two colours by WCAG 2.2: 4.5 for text. */
function contrast(a: string, b: string): number {
  const luminance = (colour: string): number => {
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

test("every ink can be read on its paper, in light and in dark", () => {
  const themes = [...reportStyle.matchAll(/:root \{([^}]*)\}/g)].map(
    ([, body]) =>
      new Map([...body.matchAll(/--([a-z0-9-]+): (#[0-9a-f]{6})/g)].map(([, name, colour]) => [name, colour])),
  );
  expect(themes).toHaveLength(3); // light, dark, paper
  for (const theme of themes) {
    const colour = (name: string): string => theme.get(name) ?? "";
    for (const paper of ["paper", "raised"]) {
      for (const ink of ["ink", "soft", "accent", "stopped", "stand-in", "degraded"]) {
        expect(contrast(colour(ink), colour(paper)), `${ink} on ${paper}`).toBeGreaterThan(4.5);
      }
    }
    for (const shade of [0, 1, 2, 3, 4]) {
      expect(contrast(colour(`ink-${shade}`), colour(`shade-${shade}`)), `shade ${shade}`).toBeGreaterThan(4.5);
    }
    for (const mark of ["median", "cut", "outbreak", "whisker"]) {
      expect(contrast(colour(mark), colour("paper")), mark).toBeGreaterThan(mark === "outbreak" ? 2.5 : 3);
    }
  }
});

describe("figures", () => {
  const en = new Figures("en");
  const fr = new Figures("fr");
  test.each([
    [en.count(1_234.4), "1,234"],
    [fr.count(1_234.4), "1\u00a0234"],
    [en.count(9.94), "9.9"],
    [fr.count(0.46), "0,5"],
    [en.count(-0.01), "0"],
    [en.percent(0), "0%"],
    [en.percent(0.001), "<\u00a01%"],
    [fr.percent(0.9999), ">\u00a099\u00a0%"],
    [en.percent(1), "100%"],
    [en.duration(0.5), "0.5\u00a0s"],
    [en.duration(75), "75\u00a0s"],
    [en.duration(1_200), "20\u00a0min"],
    [en.duration(5_400), "1\u00a0h\u00a030"],
    [fr.duration(259_200), "3\u00a0j"],
    [en.estimate({ mean: 12, low: 12, high: 12 }, "to"), "12"],
    [fr.estimate({ mean: 12, low: 8, high: 16 }, "à"), "12 (8\u00a0à\u00a016)"],
  ])("%s", (written, expected) => expect(written).toBe(expected));
});

test("html`` escapes what is put in, once", () => {
  const inner = html`<b title="${"\"<&>'"}">${"<i>"}</b>`;
  expect(html`<p>${inner}${[inner, inner]}${1}</p>`.html.split("&lt;i&gt;")).toHaveLength(4);
  expect(inner.html).toBe('<b title="&quot;&lt;&amp;&gt;&#39;">&lt;i&gt;</b>');
  expect(escapeHtml("a\u0000b")).toBe("a\\x00b");
});

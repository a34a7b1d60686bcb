// The report: a forecast, plans, walls or a replay in, one HTML file out that needs nothing else: no script, no font, no network. It
// reads in light and dark, on a telephone and on paper, in English and French.

import type { Forecast } from "../model/forecast.ts";
import type { HospitalMap } from "../model/map.ts";
import type { Plans } from "../model/plan.ts";
import type { Millis } from "../model/units.ts";
import type { Walls } from "../model/walls.ts";
import { type Html, html, noHtml } from "./html.ts";
import type { ReportLanguage } from "./report-figures.ts";
import { forecastSection } from "./report-forecast.ts";
import { pageFor, type ReportPage } from "./report-names.ts";
import { detailsSection, plansSection, recommendedSection } from "./report-plans.ts";
import { afterReplaySection, type ReplayedCase, replaySection, textsOf } from "./report-replay.ts";
import { reportStyle } from "./report-style.ts";
import { wallsSection } from "./report-walls.ts";

export interface ReportInput {
  /** Where names, sites and telephone numbers come from. */
  readonly map: HospitalMap;
  readonly forecast: Forecast | null;
  readonly plans: Plans | null;
  readonly walls: Walls | null;
  /** The crisis that happened and is played again; its forecast comes with it. */
  readonly replayed: ReplayedCase | null;
  readonly language: ReportLanguage;
  readonly madeAtMs: Millis;
  /** Cordon's own. */
  readonly version: string;
}

export function writeReport(input: ReportInput): string {
  const { map, plans, walls, replayed, language } = input;
  const forecast = input.forecast ?? replayed?.result.asItWas ?? null;
  const page = pageFor(map, language);
  const { words } = page;
  const title = words.title(replayed === null ? map.name : textsOf(replayed.scenario, language).title);
  return html`<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
<title>${title}</title>
<style>${{ html: reportStyle }}</style>
</head>
<body>
<header>
<p class="kicker">${words.kicker}</p>
<h1>${replayed === null ? map.name : textsOf(replayed.scenario, language).title}</h1>
<p>${words.madeAt} ${page.figures.instant(input.madeAtMs, map.timeZone)}. ${words.notOrdered}</p>
</header>
<main>
${plans === null ? noHtml : recommendedSection(page, plans)}
${plans === null ? noHtml : plansSection(page, plans)}
${replayed === null ? noHtml : replaySection(page, replayed)}
${forecast === null ? noHtml : forecastSection(page, forecast)}
${replayed === null ? noHtml : afterReplaySection(page, replayed)}
${walls === null ? noHtml : wallsSection(page, walls)}
${plans === null ? noHtml : detailsSection(page, plans)}
${[forecast, plans, walls, replayed].every((part) => part === null) ? html`<p>${words.nothing}</p>` : noHtml}
</main>
${footer(page, { ...input, forecast })}
</body>
</html>
`.html;
}

/** What made the figures, so that they can be made again. */
function footer({ words, figures, names }: ReportPage, input: ReportInput): Html {
  const { forecast, plans, walls, replayed, version } = input;
  const facts: (readonly [string, string])[] = [];
  const worm = forecast?.worm ?? plans?.worm;
  if (worm !== undefined) facts.push([words.worm, names.worm(worm)]);
  if (walls !== null) facts.push([words.worm, walls.worms.join(", ")]);
  const defender = forecast?.defender ?? walls?.defender;
  if (defender !== undefined) facts.push([words.defender, names.defender(defender)]);
  const horizon = forecast?.horizonSeconds ?? plans?.horizonSeconds ?? walls?.horizonSeconds;
  if (horizon !== undefined) facts.push([words.horizon, figures.duration(horizon)]);
  const seeds = new Set([forecast, plans, walls].flatMap((each) => each?.seed ?? []));
  if (seeds.size > 0) facts.push([words.seed, [...seeds].join(", ")]);
  if (forecast !== null) {
    const end = forecast.isPrecise ? words.precise : words.notPrecise;
    facts.push([words.runs, `${figures.count(forecast.runs)} (${end})`]);
  }
  if (plans !== null) {
    facts.push([words.runsOfPlans, figures.count(plans.runs)]);
    const { isOptimal, objective, bound, seconds } = plans.solver;
    const end = isOptimal ? words.optimal : words.notOptimal(figures.count(objective), figures.count(bound));
    facts.push([words.solver, `${end} (${figures.count(seconds)}\u00a0s)`]);
  }
  if (walls !== null) {
    const runs = walls.walls.map((wall) => wall.runs);
    const [least, most] = [Math.min(...runs), Math.max(...runs)].map((count) => figures.count(count));
    if (runs.length > 0) facts.push([words.lookedAt, least === most ? least : `${least} ${words.to} ${most}`]);
  }
  const schemas = [replayed?.result.schema, forecast?.schema, plans?.schema, walls?.schema].filter(
    (schema) => schema !== undefined,
  );
  facts.push([words.version, ["Cordon", version, ...schemas.map((schema) => `· ${schema}`)].join(" ")]);
  return html`<footer>
<dl class="facts small">
${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
</dl>
<p>${words.footer}</p>
</footer>`;
}

// The report: a forecast and plans in, one HTML file out that needs nothing else: no script, no font, no network. It
// reads in light and dark, on a telephone and on paper, in English and French.

import type { Forecast } from "../model/forecast.ts";
import type { HospitalMap } from "../model/map.ts";
import type { Plans } from "../model/plan.ts";
import type { Millis } from "../model/units.ts";
import { type Html, html, noHtml } from "./html.ts";
import { Figures, type ReportLanguage } from "./report-figures.ts";
import { forecastSection } from "./report-forecast.ts";
import { ReportNames, type ReportPage } from "./report-names.ts";
import { detailsSection, plansSection, recommendedSection } from "./report-plans.ts";
import { reportStyle } from "./report-style.ts";
import { reportWords } from "./report-words.ts";

export interface ReportInput {
  /** Where names, sites and telephone numbers come from. */
  readonly map: HospitalMap;
  readonly forecast: Forecast | null;
  readonly plans: Plans | null;
  readonly language: ReportLanguage;
  readonly madeAtMs: Millis;
  /** Cordon's own. */
  readonly version: string;
}

export function writeReport(input: ReportInput): string {
  const { map, forecast, plans, language } = input;
  const words = reportWords[language];
  const page: ReportPage = { map, language, words, figures: new Figures(language), names: new ReportNames(map, words) };
  const title = words.title(map.name);
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
<h1>${map.name}</h1>
<p>${words.madeAt} ${page.figures.instant(input.madeAtMs, map.timeZone)}. ${words.notOrdered}</p>
</header>
<main>
${plans === null ? noHtml : recommendedSection(page, plans)}
${plans === null ? noHtml : plansSection(page, plans)}
${forecast === null ? noHtml : forecastSection(page, forecast)}
${plans === null ? noHtml : detailsSection(page, plans)}
${forecast === null && plans === null ? html`<p>${words.nothing}</p>` : noHtml}
</main>
${footer(page, input)}
</body>
</html>
`.html;
}

/** What made the figures, so that they can be made again. */
function footer({ words, figures }: ReportPage, { forecast, plans, version }: ReportInput): Html {
  const facts: (readonly [string, string])[] = [];
  const worm = forecast?.worm ?? plans?.worm;
  if (worm !== undefined) facts.push([words.worm, worm]);
  if (forecast !== null) facts.push([words.defender, forecast.defender]);
  const horizon = forecast?.horizonSeconds ?? plans?.horizonSeconds;
  if (horizon !== undefined) facts.push([words.horizon, figures.duration(horizon)]);
  const seeds = new Set([forecast, plans].flatMap((each) => each?.seed ?? []));
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
  const schemas = [forecast?.schema, plans?.schema].filter((schema) => schema !== undefined);
  facts.push([words.version, ["Cordon", version, ...schemas.map((schema) => `· ${schema}`)].join(" ")]);
  return html`<footer>
<dl class="facts small">
${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
</dl>
<p>${words.footer}</p>
</footer>`;
}

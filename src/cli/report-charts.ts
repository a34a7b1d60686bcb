// The two drawings of the report, as SVG inside the page: the fan of possible courses, and the harm of each plan. Colours
// are the page's; what is drawn is also written, as a label or in a table beside it.

import { bandLevels, type Forecast } from "../model/forecast.ts";
import type { Plan } from "../model/plan.ts";
import { type Html, html, noHtml } from "./html.ts";
import type { Figures } from "./report-figures.ts";
import type { ReportWords } from "./report-words.ts";

interface Frame {
  readonly width: number;
  readonly height: number;
  /** Right of the plot: room for the labels of the bands. */
  readonly rightMargin: number;
  readonly ticks: number;
}

/** Drawn twice, so that the letters stay readable on a narrow screen, where the other one is hidden. */
const frames: Readonly<Record<"wide" | "narrow", Frame>> = {
  wide: { width: 880, height: 330, rightMargin: 84, ticks: 6 },
  narrow: { width: 360, height: 260, rightMargin: 82, ticks: 3 },
};
const leftMargin = 48;
const topMargin = 12;
const bottomMargin = 28;
const labelGap = 15;

/** Steps of a time axis: seconds to days. */
const timeSteps = [
  10, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
];

export function fanChart(forecast: Forecast, words: ReportWords, figures: Figures): Html {
  if (forecast.atSeconds.length < 2) return noHtml;
  return html`<div class="wide">${drawFan(forecast, frames.wide, words, figures)}</div>
<div class="narrow">${drawFan(forecast, frames.narrow, words, figures)}</div>`;
}

function drawFan(forecast: Forecast, frame: Frame, words: ReportWords, figures: Figures): Html {
  const { atSeconds, hospital } = forecast;
  const { quantiles } = hospital.taken;
  const lastSecond = atSeconds.at(-1) ?? 1;
  const top = niceTop(Math.max(...quantiles.flat()));
  const right = frame.width - frame.rightMargin;
  const bottom = frame.height - bottomMargin;
  const x = (second: number): number => round(leftMargin + (second / lastSecond) * (right - leftMargin));
  const y = (hosts: number): number => round(bottom - (hosts / top) * (bottom - topMargin));
  const line = (level: number): string[] => atSeconds.map((second, at) => `${x(second)},${y(quantiles[level][at])}`);
  const band = (low: number, high: number): string => `M${line(low).join(" L")} L${line(high).reverse().join(" L")} Z`;
  const rows = [0, 1, 2, 3, 4].map((part) => (part * top) / 4);
  const step = timeSteps.find((each) => lastSecond / each <= frame.ticks) ?? lastSecond;
  const columns = Array.from({ length: Math.floor(lastSecond / step + 1e-9) + 1 }, (_, at) => at * step);
  return html`<svg class="fan" viewBox="0 0 ${frame.width} ${frame.height}" role="img" aria-label="${words.fanTitle}">
${rows.map((hosts) => html`<line class="grid" x1="${leftMargin}" x2="${right}" y1="${y(hosts)}" y2="${y(hosts)}"/><text x="${leftMargin - 8}" y="${y(hosts) + 4}" text-anchor="end">${figures.count(hosts)}</text>`)}
${columns.map((second) => html`<line class="tick" x1="${x(second)}" x2="${x(second)}" y1="${bottom}" y2="${bottom + 5}"/><text x="${x(second)}" y="${bottom + 20}" text-anchor="middle">${figures.duration(second)}</text>`)}
<path class="band-wide" d="${band(0, 4)}"/>
<path class="band-middle" d="${band(1, 3)}"/>
<path class="median" d="M${line(2).join(" L")}"/>
${endLabels(quantiles, y, right, figures)}
</svg>`;
}

/** The level of each line, written at its end; moved apart where they would touch. */
function endLabels(
  quantiles: readonly (readonly number[])[],
  y: (hosts: number) => number,
  right: number,
  figures: Figures,
): Html[] {
  const places = quantiles.map((line) => y(line.at(-1) ?? 0) + 4);
  for (let level = 3; level >= 0; level--) places[level] = Math.max(places[level], places[level + 1] + labelGap);
  const over = places[0] - (y(0) + 4);
  if (over > 0) {
    for (let level = 0; level < places.length; level++) {
      const lowest = level === 0 ? y(0) + 4 : places[level - 1] - labelGap;
      places[level] = Math.min(places[level], lowest);
    }
  }
  return quantiles.map(
    (line, level) =>
      html`<text class="${level === 2 ? "label strong" : "label"}" x="${right + 6}" y="${round(places[level])}">${figures.percent(bandLevels[level])} ${figures.count(line.at(-1) ?? 0)}</text>`,
  );
}

/** Bars of harm: what the cut does, what the outbreak does, and the interval of both as a line. */
export function harmChart(
  plans: readonly Plan[],
  names: readonly string[],
  words: ReportWords,
  figures: Figures,
): Html {
  const top = Math.max(...plans.map((plan) => Math.max(plan.harm.high, plan.harm.mean, plan.harmOfCut)), 1e-9);
  const percentOf = (harm: number): string => `${round((100 * Math.max(0, harm)) / top)}%`;
  const widthOf = (from: number, to: number): string => `${round((100 * Math.max(0, to - from)) / top)}%`;
  return html`<div class="harms">
${plans.map((plan, at) => {
  const cut = Math.min(plan.harmOfCut, plan.harm.mean);
  return html`<div class="harm-name">${names[at]}</div>
<div class="harm-figure">${figures.estimate(plan.harm, words.to)}</div>
<svg class="harm-bar" width="100%" height="22" role="img" aria-label="${names[at]}: ${words.harm} ${figures.estimate(plan.harm, words.to)}; ${words.harmOfCut} ${figures.count(plan.harmOfCut)}">
<rect class="harm-cut" x="0" y="3" width="${percentOf(cut)}" height="16"/>
<rect class="harm-outbreak" x="${percentOf(cut)}" y="3" width="${widthOf(cut, plan.harm.mean)}" height="16"/>
<line class="whisker" x1="${percentOf(plan.harm.low)}" x2="${percentOf(plan.harm.high)}" y1="11" y2="11"/>
</svg>`;
})}
</div>
<p class="legend"><span class="key harm-cut-key"></span> ${words.harmOfCut} <span class="key harm-outbreak-key"></span> ${words.harmOfOutbreak}</p>`;
}

/** The next 1, 2, 2.5 or 5 times a power of ten, four steps of which are the axis. */
function niceTop(value: number): number {
  if (!(value > 0)) return 4;
  const step = value / 4;
  const power = 10 ** Math.floor(Math.log10(step));
  const nice = [1, 2, 2.5, 5, 10].find((each) => each * power >= step - 1e-9) ?? 10;
  return Math.max(4, 4 * nice * power);
}

const round = (value: number): number => Math.round(value * 10) / 10;

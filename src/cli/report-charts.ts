// The drawings of the report, as SVG inside the page: the fan of possible courses with what was ordered when, the harm of
// each plan, the effort and worth of walls. Colours are the page's; what is drawn is also written, as a label or in a table beside it.

import { bandLevels, type Forecast } from "../model/forecast.ts";
import type { Plan } from "../model/plan.ts";
import type { Wall } from "../model/walls.ts";
import { type Html, html, noHtml } from "./html.ts";
import type { Figures } from "./report-figures.ts";
import type { OrderMark } from "./report-orders.ts";
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
/** Room above the plot for the letters of orders, and between two of them. */
const markHeight = 16;
const markGap = 16;
const labelRadius = 10;
/** Steps of an axis that has no room to give away. */
const fineSteps = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** Steps of a time axis: seconds to days. */
const timeSteps = [
  10, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
];

/** Two fans when most of it happens early: the first part, then the whole time. */
export function fanChart(forecast: Forecast, marks: readonly OrderMark[], words: ReportWords, figures: Figures): Html {
  if (forecast.atSeconds.length < 2) return noHtml;
  const last = forecast.atSeconds.at(-1) ?? 1;
  const early = earlyEnd(forecast, marks);
  const spans = early < last / 3 ? [early, last] : [last];
  return html`${spans.map((until) => {
    const caption =
      spans.length === 1
        ? noHtml
        : html`<p class="span">${until === last ? words.fanWhole(figures.duration(last)) : words.fanFirst(figures.duration(until))}</p>`;
    return html`${caption}
<div class="wide">${drawFan(forecast, until, marks, frames.wide, words, figures)}</div>
<div class="narrow">${drawFan(forecast, until, marks, frames.narrow, words, figures)}</div>`;
  })}`;
}

/** When even the slow courses have all but ended, a little later; orders soon after are still in the picture. */
function earlyEnd({ atSeconds, hospital }: Forecast, marks: readonly OrderMark[]): number {
  const risen = hospital.taken.quantiles.map((line) => {
    const end = line.at(-1) ?? 0;
    return atSeconds[line.findIndex((hosts) => hosts >= 0.9 * end)] ?? 0;
  });
  const end = Math.max(...risen, atSeconds[1]) * 1.3;
  const orders = marks.map((mark) => mark.atSeconds * 1.15).filter((second) => second < 4 * end);
  const wanted = Math.max(end, ...orders);
  return atSeconds.find((second) => second >= wanted) ?? atSeconds.at(-1) ?? 1;
}

function drawFan(
  forecast: Forecast,
  until: number,
  marks: readonly OrderMark[],
  frame: Frame,
  words: ReportWords,
  figures: Figures,
): Html {
  const count = forecast.atSeconds.findIndex((second) => second >= until) + 1;
  const atSeconds = forecast.atSeconds.slice(0, count);
  const quantiles = forecast.hospital.taken.quantiles.map((line) => line.slice(0, count));
  const lastSecond = atSeconds.at(-1) ?? 1;
  const top = niceTop(Math.max(...quantiles.flat()));
  const right = frame.width - frame.rightMargin;
  const bottom = frame.height - bottomMargin;
  const shown = marks.filter((mark) => mark.atSeconds <= lastSecond);
  const ceiling = shown.length > 0 ? topMargin + markHeight : topMargin;
  const x = (second: number): number => round(leftMargin + (second / lastSecond) * (right - leftMargin));
  const y = (hosts: number): number => round(bottom - (hosts / top) * (bottom - ceiling));
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
${drawMarks(shown, x, ceiling, bottom)}
${endLabels(quantiles, y, right, figures)}
</svg>`;
}

/** A line for each time of orders, its letter above; letters that would touch are joined ("B–D"). */
function drawMarks(marks: readonly OrderMark[], x: (second: number) => number, top: number, bottom: number): Html[] {
  const groups: { readonly from: number; first: string; last: string }[] = [];
  for (const { letter, atSeconds } of marks) {
    const group = groups.at(-1);
    if (group !== undefined && x(atSeconds) - group.from < markGap) group.last = letter;
    else groups.push({ from: x(atSeconds), first: letter, last: letter });
  }
  return [
    ...marks.map(
      ({ atSeconds }) =>
        html`<line class="order-line" x1="${x(atSeconds)}" x2="${x(atSeconds)}" y1="${top}" y2="${bottom}"/>`,
    ),
    ...groups.map(
      ({ from, first, last }) =>
        html`<text class="order-mark" x="${from}" y="${top - 5}" text-anchor="${from < leftMargin + markGap ? "start" : "middle"}">${first === last ? first : `${first}–${last}`}</text>`,
    ),
  ];
}

/** Effort against harm averted: a dot with its place in the ranking, its interval as a line. */
export function wallsChart(
  walls: readonly Wall[],
  names: readonly string[],
  words: ReportWords,
  figures: Figures,
): Html {
  return html`<div class="wide">${drawWalls(walls, names, frames.wide, words, figures)}</div>
<div class="narrow">${drawWalls(walls, names, frames.narrow, words, figures)}</div>`;
}

function drawWalls(
  walls: readonly Wall[],
  names: readonly string[],
  frame: Frame,
  words: ReportWords,
  figures: Figures,
): Html {
  const top = niceTop(Math.max(...walls.map(({ harmSaved }) => harmSaved.high)), fineSteps);
  const most = niceTop(Math.max(...walls.map(({ effort }) => effort)), fineSteps);
  const [left, right] = [leftMargin + 8, frame.width - 16];
  const bottom = frame.height - bottomMargin - 16;
  const x = (effort: number): number => round(left + (effort / most) * (right - left));
  const y = (harm: number): number => round(bottom - (Math.max(0, harm) / top) * (bottom - topMargin - 16));
  const parts = [0, 1, 2, 3, 4];
  const dots = walls.map(({ effort, harmSaved: { mean, low, high } }, at) => ({
    title: `${at + 1}. ${names[at]}`,
    x: x(effort),
    y: y(mean),
    low: y(low),
    high: y(high),
  }));
  return html`<svg class="fan" viewBox="0 0 ${frame.width} ${frame.height}" role="img" aria-label="${words.wallsPicture}">
${parts.map((part) => (part * top) / 4).map((harm) => html`<line class="grid" x1="${left}" x2="${right}" y1="${y(harm)}" y2="${y(harm)}"/><text x="${left - 8}" y="${y(harm) + 4}" text-anchor="end">${figures.count(harm)}</text>`)}
${parts.map((part) => (part * most) / 4).map((effort) => html`<line class="tick" x1="${x(effort)}" x2="${x(effort)}" y1="${bottom}" y2="${bottom + 5}"/><text x="${x(effort)}" y="${bottom + 19}" text-anchor="middle">${figures.count(effort)}</text>`)}
<text x="${left}" y="${topMargin}">${words.harmAxis}</text>
<text x="${right}" y="${bottom + 36}" text-anchor="end">${words.effortAxis}</text>
${dots.map((dot) => html`<line class="whisker soft" x1="${dot.x}" x2="${dot.x}" y1="${dot.low}" y2="${dot.high}"/>`)}
${labelPlaces(dots).map((place, at) => html`<line class="leader" x1="${dots[at].x}" y1="${dots[at].y}" x2="${place.x}" y2="${place.y}"/>`)}
${dots.map((dot) => html`<circle class="dot" cx="${dot.x}" cy="${dot.y}" r="4"/>`)}
${labelPlaces(dots).map((place, at) => html`<g><title>${dots[at].title}</title><circle class="${at === 0 ? "dot best" : "dot"}" cx="${place.x}" cy="${place.y}" r="${labelRadius}"/><text class="dot-number" x="${place.x}" y="${round(place.y + 4)}" text-anchor="middle">${at + 1}</text></g>`)}
</svg>`;
}

/** Where the number of each dot stands: beside it, further away where it would cover a dot or another number. */
function labelPlaces(dots: readonly Spot[]): Spot[] {
  const placed: Spot[] = [];
  const isFree = (x: number, y: number): boolean =>
    placed.every((each) => Math.hypot(each.x - x, each.y - y) >= 2 * labelRadius + 1) &&
    dots.every((dot) => Math.hypot(dot.x - x, dot.y - y) >= labelRadius + 5);
  for (const dot of dots) {
    const tries = Array.from({ length: 160 }, (_, at) => {
      const distance = labelRadius * (1.7 + 0.5 * Math.floor(at / 16));
      const angle = (((at % 16) + 1) * Math.PI) / 8;
      return { x: round(dot.x + distance * Math.cos(angle)), y: round(dot.y - distance * Math.sin(angle)) };
    });
    placed.push(tries.find(({ x, y }) => isFree(x, y)) ?? tries[0]);
  }
  return placed;
}

interface Spot {
  readonly x: number;
  readonly y: number;
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
function niceTop(value: number, steps: readonly number[] = [1, 2, 2.5, 5, 10]): number {
  if (!(value > 0)) return 4;
  const step = value / 4;
  const power = 10 ** Math.floor(Math.log10(step));
  const nice = steps.find((each) => each * power >= step - 1e-9) ?? 10;
  return Math.max(4, 4 * nice * power);
}

const round = (value: number): number => Math.round(value * 10) / 10;

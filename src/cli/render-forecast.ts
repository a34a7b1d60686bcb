// A Forecast as a page for the terminal: how many, where, what it crossed, and how sure that is.

import { bandLevels, type Forecast, type PlaceForecast } from "../model/forecast.ts";
import type { ReportPage } from "./report-names.ts";
import { orderMarks } from "./report-orders.ts";
import { columnsOf, harmless, paint, type Screen, title, wrap } from "./terminal.ts";
import { rehearsalWords } from "./words-rehearsal.ts";

const placesShownMax = 12;
const ordersShownMax = 6;
const barColumns = 24;
const middle = bandLevels.indexOf(0.5);

/** Draws the page. */
export function renderForecast(forecast: Forecast, page: ReportPage, screen: Screen): string {
  const blocks = [
    headLines(forecast, page, screen),
    overTimeLines(forecast, page, screen),
    placeLines(forecast, page, screen),
    boundaryLines(forecast, page, screen),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function headLines(forecast: Forecast, page: ReportPage, screen: Screen): string[] {
  const { figures, language } = page;
  const words = rehearsalWords[language];
  const { hospital, runs, horizonSeconds, seed } = forecast;
  const [low, median, high] = [0, middle, bandLevels.length - 1].map((level) =>
    figures.count(lastOf(hospital.taken.quantiles[level])),
  );
  const names = [forecast.map, forecast.worm, forecast.defender].map(harmless);
  return [
    ...wrap(paint(words.rehearsal(names[0], names[1], names[2]), ["bold"], screen), screen.width),
    words.extent(figures.count(runs), figures.duration(horizonSeconds), seed),
    ...orderLines(forecast, page, screen),
    "",
    ...wrap(paint(words.taken(median, low, high, figures.count(hospital.hostCount)), ["bold"], screen), screen.width),
    words.mean(figures.estimate(hospital.takenAtEnd, page.words.to)),
    words.ended(figures.percent(forecast.endedProbability.mean)),
    ...wrap(forecast.isPrecise ? words.isPrecise : words.isNotPrecise, screen.width),
  ];
}

/** What was ordered when, and whether it is sure to take effect. */
function orderLines(
  forecast: Forecast,
  { words: said, figures, names, language }: ReportPage,
  screen: Screen,
): string[] {
  const words = rehearsalWords[language];
  const orders = orderMarks(forecast).flatMap((mark) => mark.orders);
  const heading = said.label(words.orders);
  if (orders.length === 0) return [`${heading} ${words.noOrders}`];
  const lines = orders.slice(0, ordersShownMax).flatMap((order) => {
    const fails = order.failureProbability > 0 ? `; ${said.failsIn(figures.percent(order.failureProbability))}` : "";
    const lifted = order.liftSeconds === null ? "" : `; ${said.liftedAt(figures.duration(order.liftSeconds))}`;
    const text = words.orderAt(figures.duration(order.atSeconds), names.control(order.control));
    return wrap(harmless(`${text}${fails}${lifted}`), screen.width, "  · ", "    ");
  });
  const more = orders.length - ordersShownMax;
  return [heading, ...lines, ...(more > 0 ? [`  ${words.more(more)}`] : [])];
}

const lastOf = (numbers: readonly number[]): number => numbers[numbers.length - 1] ?? 0;

/** Shares of the median at the end whose first time is shown: what matters is how fast it went. */
const sharesShown = [0.1, 0.25, 0.5, 0.75, 0.9, 1] as const;

/** A line per time: a bar to the median, the band as numbers. */
function overTimeLines(
  { hospital, atSeconds }: Forecast,
  { words: said, figures, language }: ReportPage,
  screen: Screen,
): string[] {
  const words = rehearsalWords[language];
  const medians = hospital.taken.quantiles[middle];
  const most = Math.max(1, lastOf(hospital.taken.quantiles[bandLevels.length - 1]));
  const times = sharesShown.map((share) => medians.findIndex((median) => median >= lastOf(medians) * share));
  const lines = [...new Set([0, ...times, atSeconds.length - 1])].map((time) => {
    const [low, median, high] = [0, middle, bandLevels.length - 1].map(
      (level) => hospital.taken.quantiles[level][time],
    );
    const band = `${figures.count(median)} (${figures.count(low)} ${said.to} ${figures.count(high)})`;
    const when = time === 0 ? words.atStart : figures.duration(atSeconds[time]);
    return `  ${when.padEnd(12)} ${bar(median / most, screen)} ${band}`;
  });
  return [...title(words.overTime, screen), ...lines];
}

function bar(share: number, screen: Screen): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * barColumns);
  return paint("█".repeat(filled), ["red"], screen) + paint("·".repeat(barColumns - filled), ["dim"], screen);
}

function placeLines(forecast: Forecast, { figures, language }: ReportPage, screen: Screen): string[] {
  const words = rehearsalWords[language];
  const places = forecast.buildings.length > 1 ? forecast.buildings : forecast.segments;
  const hit = places.filter((place) => place.takenAtEnd.mean >= 0.05);
  const sorted = [...hit].sort((a, b) => b.takenAtEnd.mean - a.takenAtEnd.mean || (a.id < b.id ? -1 : 1));
  const width = Math.max(0, ...sorted.slice(0, placesShownMax).map(({ id }) => columnsOf(harmless(id))));
  const lineOf = (place: PlaceForecast): string => {
    const { mean } = place.takenAtEnd;
    const share = place.hostCount === 0 ? 0 : mean / place.hostCount;
    const of = words.ofHosts(figures.count(mean), figures.count(place.hostCount));
    return `  ${harmless(place.id).padEnd(width)} ${bar(share, screen)} ${of}`;
  };
  const lines = sorted.slice(0, placesShownMax).map(lineOf);
  const more = sorted.length - placesShownMax;
  if (more > 0) lines.push(`  ${words.more(more)}`);
  return lines.length === 0 ? [] : [...title(words.where, screen), ...lines];
}

function boundaryLines({ boundaries }: Forecast, { figures, language }: ReportPage, screen: Screen): string[] {
  const words = rehearsalWords[language];
  const crossed = boundaries
    .filter(({ crossedProbability }) => crossedProbability.mean > 0)
    .sort(
      (a, b) =>
        b.crossedProbability.mean - a.crossedProbability.mean ||
        (a.crossedSeconds?.[1] ?? Infinity) - (b.crossedSeconds?.[1] ?? Infinity) ||
        (a.boundary < b.boundary ? -1 : 1),
    );
  if (boundaries.length === 0) return [];
  const shown = crossed.slice(0, placesShownMax);
  const width = Math.max(0, ...shown.map(({ boundary }) => columnsOf(harmless(boundary))));
  const lines = shown.map(({ boundary, crossedProbability, crossedSeconds }) => {
    const when = crossedSeconds === null ? null : figures.duration(Math.round(crossedSeconds[1]));
    return `  ${harmless(boundary).padEnd(width)}  ${words.crossed(figures.percent(crossedProbability.mean), when)}`;
  });
  if (crossed.length > shown.length) lines.push(`  ${words.more(crossed.length - shown.length)}`);
  return [...title(words.boundaries, screen), ...(lines.length === 0 ? [`  ${words.neverCrossed}`] : lines)];
}

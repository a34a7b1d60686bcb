// A Forecast as a page for the terminal: how many, where, what it crossed, and how sure that is.

import { bandLevels, type Forecast, type PlaceForecast } from "../model/forecast.ts";
import { formatSpan } from "./render-time.ts";
import { columnsOf, harmless, paint, type Screen, title, wrap } from "./terminal.ts";
import { rehearsalWords as words } from "./words-rehearsal.ts";

const placesShownMax = 12;
const barColumns = 24;
const middle = bandLevels.indexOf(0.5);

/** Draws the page. @param orders what was ordered, in words */
export function renderForecast(forecast: Forecast, orders: readonly string[], screen: Screen): string {
  const blocks = [
    headLines(forecast, orders, screen),
    overTimeLines(forecast, screen),
    placeLines(forecast, screen),
    boundaryLines(forecast, screen),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function headLines(forecast: Forecast, orders: readonly string[], screen: Screen): string[] {
  const { hospital, runs, horizonSeconds, seed } = forecast;
  const [low, median, high] = [0, middle, bandLevels.length - 1].map((level) =>
    lastOf(hospital.taken.quantiles[level]),
  );
  const { mean, low: meanLow, high: meanHigh } = hospital.takenAtEnd;
  const names = [forecast.map, forecast.worm, forecast.defender].map(harmless);
  return [
    ...wrap(paint(words.rehearsal(names[0], names[1], names[2]), ["bold"], screen), screen.width),
    words.extent(runs, formatSpan(horizonSeconds * 1_000), seed),
    ...wrap(`${words.orders}: ${orders.length === 0 ? words.noOrders : orders.map(harmless).join("; ")}`, screen.width),
    "",
    ...wrap(paint(words.taken(median, low, high, hospital.hostCount), ["bold"], screen), screen.width),
    words.mean(mean, meanLow, meanHigh),
    words.ended(forecast.endedProbability.mean),
    ...wrap(forecast.isPrecise ? words.isPrecise : words.isNotPrecise, screen.width),
  ];
}

const lastOf = (numbers: readonly number[]): number => numbers[numbers.length - 1] ?? 0;

/** Shares of the median at the end whose first time is shown: what matters is how fast it went. */
const sharesShown = [0.1, 0.25, 0.5, 0.75, 0.9, 1] as const;

/** A line per time: a bar to the median, the band as numbers. */
function overTimeLines({ hospital, atSeconds }: Forecast, screen: Screen): string[] {
  const medians = hospital.taken.quantiles[middle];
  const most = Math.max(1, lastOf(hospital.taken.quantiles[bandLevels.length - 1]));
  const times = sharesShown.map((share) => medians.findIndex((median) => median >= lastOf(medians) * share));
  const lines = [...new Set([0, ...times, atSeconds.length - 1])].map((time) => {
    const [low, median, high] = [0, middle, bandLevels.length - 1].map(
      (level) => hospital.taken.quantiles[level][time],
    );
    const band = `${words.number(median)} (${words.number(low)} to ${words.number(high)})`;
    const when = time === 0 ? words.atStart : formatSpan(atSeconds[time] * 1_000);
    return `  ${when.padEnd(12)} ${bar(median / most, screen)} ${band}`;
  });
  return [...title(words.overTime, screen), ...lines];
}

function bar(share: number, screen: Screen): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * barColumns);
  return paint("█".repeat(filled), ["red"], screen) + paint("·".repeat(barColumns - filled), ["dim"], screen);
}

function placeLines(forecast: Forecast, screen: Screen): string[] {
  const places = forecast.buildings.length > 1 ? forecast.buildings : forecast.segments;
  const hit = places.filter((place) => place.takenAtEnd.mean >= 0.05);
  const sorted = [...hit].sort((a, b) => b.takenAtEnd.mean - a.takenAtEnd.mean || (a.id < b.id ? -1 : 1));
  const width = Math.max(0, ...sorted.slice(0, placesShownMax).map(({ id }) => columnsOf(harmless(id))));
  const lines = sorted.slice(0, placesShownMax).map((place) => placeLine(place, width, screen));
  const more = sorted.length - placesShownMax;
  if (more > 0) lines.push(`  … ${more} more`);
  return lines.length === 0 ? [] : [...title(words.where, screen), ...lines];
}

function placeLine(place: PlaceForecast, width: number, screen: Screen): string {
  const { mean } = place.takenAtEnd;
  const share = place.hostCount === 0 ? 0 : mean / place.hostCount;
  return `  ${harmless(place.id).padEnd(width)} ${bar(share, screen)} ${mean.toFixed(1)} of ${words.number(place.hostCount)}`;
}

function boundaryLines({ boundaries }: Forecast, screen: Screen): string[] {
  const crossed = boundaries
    .filter(({ crossedProbability }) => crossedProbability.mean > 0)
    .sort((a, b) => b.crossedProbability.mean - a.crossedProbability.mean || (a.boundary < b.boundary ? -1 : 1));
  if (boundaries.length === 0) return [];
  const shown = crossed.slice(0, placesShownMax);
  const width = Math.max(0, ...shown.map(({ boundary }) => columnsOf(harmless(boundary))));
  const lines = shown.map(({ boundary, crossedProbability, crossedSeconds }) => {
    const when = crossedSeconds === null ? null : formatSpan(Math.round(crossedSeconds[1]) * 1_000);
    return `  ${harmless(boundary).padEnd(width)}  ${words.crossed(crossedProbability.mean, when)}`;
  });
  if (crossed.length > shown.length) lines.push(`  … ${crossed.length - shown.length} more`);
  return [...title(words.boundaries, screen), ...(lines.length === 0 ? [`  ${words.neverCrossed}`] : lines)];
}

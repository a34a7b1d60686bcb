// Instants and spans as a person reads them. All in UTC: captures know no time zone, and a night of summer time change
// has one hour twice.

/** Writes instants of one result alike: with the date only when the days differ, with fractions only in a short span. */
export type ClockFace = (iso: string) => string;

const shortSpanMs = 20_000;

/** @param from,to  first and last instant that will be shown; null when there is none */
export function clockFace(from: string | null, to: string | null): ClockFace {
  if (from === null || to === null) return (iso) => `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
  const isOneDay = from.slice(0, 10) === to.slice(0, 10);
  const hasFractions = Date.parse(to) - Date.parse(from) < shortSpanMs;
  return (iso) => {
    const time = iso.slice(11, hasFractions ? 23 : 19);
    return isOneDay && iso.slice(0, 10) === from.slice(0, 10) ? time : `${iso.slice(0, 10)} ${time}`;
  };
}

/** `2026-03-12 02:00:00 to 03:00:00` */
export function formatPeriod(from: string, to: string): [from: string, to: string] {
  const isOneDay = from.slice(0, 10) === to.slice(0, 10);
  const digits = Date.parse(to) - Date.parse(from) < shortSpanMs ? 23 : 19;
  return [
    `${from.slice(0, 10)} ${from.slice(11, digits)}`,
    isOneDay ? to.slice(11, digits) : `${to.slice(0, 10)} ${to.slice(11, digits)}`,
  ];
}

/** `350 ms`, `12.3 s`, `4 min 5 s`, `30 min`, `2 h 3 min`, `3 d 4 h`. */
export function formatSpan(spanMs: number): string {
  const ms = Math.max(0, spanMs);
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  if (ms < 3_600_000) return twoUnits(Math.floor(ms / 60_000), "min", Math.floor((ms % 60_000) / 1_000), "s");
  if (ms < 86_400_000) return twoUnits(Math.floor(ms / 3_600_000), "h", Math.floor((ms % 3_600_000) / 60_000), "min");
  return twoUnits(Math.floor(ms / 86_400_000), "d", Math.floor((ms % 86_400_000) / 3_600_000), "h");
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** `97 %`; never `100 %` for less than certain, never `0 %` for more than nothing. */
export function formatPercent(probability: number): string {
  const percent = Math.round(probability * 100);
  if (percent >= 100) return probability >= 1 ? "100 %" : "over 99 %";
  if (percent <= 0) return probability > 0 ? "under 1 %" : "0 %";
  return `${percent} %`;
}

/** `9,900 to 1` from natural log-odds. Odds above a million are not told apart: no model is that good. */
export function formatOdds(logOdds: number): string {
  const odds = Math.exp(Math.abs(logOdds));
  const text = odds > 1e6 ? "over a million" : grouped(Number(odds.toPrecision(2)));
  return logOdds >= 0 ? `${text} to 1` : `1 to ${text}`;
}

function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

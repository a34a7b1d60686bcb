// What was ordered in a rehearsal: grouped by its time, each time with the letter that stands for it on the time axis.

import type { Forecast } from "../model/forecast.ts";
import type { TimedOrder } from "../model/rehearsal.ts";
import { type Html, html, noHtml } from "./html.ts";
import type { ReportPage } from "./report-names.ts";

/** Orders of one time told one by one; the rest are counted. */
const ordersTold = 12;

/** All that is ordered at one time. */
export interface OrderMark {
  /** A, B, …, Z, AA. */
  readonly letter: string;
  readonly atSeconds: number;
  readonly orders: readonly TimedOrder[];
}

/** The orders of a forecast by their time, earliest first. */
export function orderMarks({ orders = [] }: Forecast): OrderMark[] {
  const byTime = new Map<number, TimedOrder[]>();
  for (const order of orders) byTime.set(order.atSeconds, [...(byTime.get(order.atSeconds) ?? []), order]);
  return [...byTime]
    .sort(([a], [b]) => a - b)
    .map(([atSeconds, together], at) => ({ letter: letterOf(at), atSeconds, orders: together }));
}

function letterOf(at: number): string {
  const last = String.fromCharCode(65 + (at % 26));
  return at < 26 ? last : letterOf(Math.floor(at / 26) - 1) + last;
}

export function ordersSection(page: ReportPage, forecast: Forecast): Html {
  const { words, figures, names } = page;
  const marks = orderMarks(forecast);
  const heading = html`<h2>${words.ordersTitle}</h2>`;
  if (marks.length === 0) {
    const why = forecast.orders === undefined ? words.ordersUnknown : words.ordersNone;
    return html`<section class="whole">${heading}<p>${why}</p></section>`;
  }
  const rowOf = ({ letter, atSeconds, orders }: OrderMark): Html[] => {
    const told = orders.slice(0, ordersTold);
    const rest = orders.length - told.length;
    const rows = told.map((order, at) => {
      const [mark, time] = at === 0 ? [letter, figures.duration(atSeconds)] : ["", ""];
      const class_ = at === 0 ? html` class="first"` : noHtml;
      return html`<tr${class_}><td class="mark">${mark}</td><th scope="row">${time}</th><td data-name="${words.order}">${names.control(order.control)}</td><td data-name="${words.takesEffect}">${effectOf(page, order, forecast.horizonSeconds)}</td></tr>`;
    });
    return rest > 0 ? [...rows, html`<tr><td></td><th></th><td colspan="2">… ${words.more(rest)}</td></tr>`] : rows;
  };
  return html`<section>
${heading}
<p class="how">${words.ordersHow}</p>
<table class="orders">
<thead><tr>${[words.mark, words.at, words.order, words.takesEffect].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${marks.flatMap(rowOf)}</tbody>
</table>
</section>`;
}

function effectOf(
  { words, figures }: ReportPage,
  { atSeconds, failureProbability, liftSeconds }: TimedOrder,
  horizonSeconds: number,
): string {
  if (atSeconds >= horizonSeconds) return words.tooLate;
  const taken = failureProbability > 0 ? words.failsIn(figures.percent(failureProbability)) : words.surely;
  return liftSeconds === null ? taken : `${taken}; ${words.liftedAt(figures.duration(liftSeconds))}`;
}

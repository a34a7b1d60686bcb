// The part of the report that says what happens next: courses over time, buildings, boundaries.

import { bandLevels, type BoundaryForecast, type Forecast, type PlaceForecast } from "../model/forecast.ts";
import type { HospitalMap } from "../model/map.ts";
import { type Html, html, noHtml } from "./html.ts";
import { fanChart } from "./report-charts.ts";
import type { ReportPage } from "./report-names.ts";
import { orderMarks, ordersSection } from "./report-orders.ts";

/** Shares of the median at the end whose first time is a row of the table: what matters is how fast it went. */
const sharesTold = [0.1, 0.25, 0.5, 0.75, 0.9, 0.99];
/** Boundaries told one by one; the rest are counted. */
const boundariesTold = 20;
/** Shares from which a building's tile gets its next shade. */
const shadeFrom = [0.005, 0.05, 0.2, 0.5];

export function forecastSection(page: ReportPage, forecast: Forecast): Html {
  return html`${fanSection(page, forecast)}
${ordersSection(page, forecast)}
${placesSection(page, forecast)}
${boundariesSection(page, forecast)}`;
}

function fanSection({ words, figures }: ReportPage, forecast: Forecast): Html {
  const { quantiles } = forecast.hospital.taken;
  const last = forecast.atSeconds.length - 1;
  const medians = quantiles[bandLevels.indexOf(0.5)];
  const risen = sharesTold.map((share) => medians.findIndex((median) => median >= share * medians[last]));
  const rows = [...new Set([0, ...risen, last])].sort((a, b) => a - b);
  const ends = quantiles.map((line) => figures.count(line[last]));
  const horizon = figures.duration(forecast.horizonSeconds);
  return html`<section>
<h2>${words.fanTitle}</h2>
<p class="lead">${words.fanLead(ends[2], ends[0], ends[4], figures.count(forecast.hospital.hostCount), horizon)}</p>
<p class="how">${words.fanHow(figures.count(forecast.runs))} ${words.ends(figures.percent(forecast.endedProbability.mean))}</p>
<figure>
${fanChart(forecast, orderMarks(forecast), words, figures)}
<figcaption class="legend"><span class="key band-wide-key"></span> ${words.bandWide} <span class="key band-middle-key"></span> ${words.bandMiddle} <span class="key median-key"></span> ${words.median}</figcaption>
</figure>
<div class="scroll"><table class="figures whole">
<thead><tr><th scope="col">${words.time}</th>${bandLevels.map((level) => (level === 0.5 ? words.median : figures.percent(level))).map((level) => html`<th scope="col">${level}</th>`)}</tr></thead>
<tbody>
${rows.map((at) => html`<tr><th scope="row">${figures.duration(forecast.atSeconds[at])}</th>${quantiles.map((line) => html`<td>${figures.count(line[at])}</td>`)}</tr>`)}
</tbody>
</table></div>
</section>`;
}

/** Buildings by site; the segments of a hospital that has only one building. */
function placesSection(page: ReportPage, forecast: Forecast): Html {
  const { map, words, figures } = page;
  const horizon = figures.duration(forecast.horizonSeconds);
  if (forecast.buildings.length <= 1 && forecast.segments.length > 0) {
    return html`<section>
<h2>${words.segmentsTitle}</h2>
<p class="how">${words.segmentsHow(horizon)}</p>
<ul class="tiles">
${forecast.segments.map((segment) => tile(page, forecast, segment, "segment"))}
</ul>
</section>`;
  }
  if (forecast.buildings.length === 0) return noHtml;
  const sites = sitesOf(map, forecast.buildings);
  return html`<section>
<h2>${words.placesTitle}</h2>
<p class="how">${words.placesHow(horizon)}</p>
${sites.map(
  ({ name, buildings }) => html`<h3>${name ?? words.noSite}</h3>
<ul class="tiles">
${buildings.map((building) => tile(page, forecast, building, "building"))}
</ul>`,
)}
</section>`;
}

interface SiteOfForecast {
  readonly name: string | null;
  readonly buildings: readonly PlaceForecast[];
}

/** Buildings by site, in the order of the map; those of no site last. */
function sitesOf(map: HospitalMap, buildings: readonly PlaceForecast[]): SiteOfForecast[] {
  const siteOf = new Map(map.buildings.map((building) => [building.id, building.site]));
  const isKnown = (site: string | null | undefined): boolean => map.sites.some(({ id }) => id === site);
  const named = map.sites.map((site) => ({
    name: site.name ?? site.id,
    buildings: buildings.filter(({ id }) => siteOf.get(id) === site.id),
  }));
  const rest = { name: null, buildings: buildings.filter(({ id }) => !isKnown(siteOf.get(id))) };
  return [...named, rest].filter((site) => site.buildings.length > 0);
}

/** A place as a tile: its share as a figure, as a bar along its foot and as a shade. */
function tile(
  { words, figures, names }: ReportPage,
  forecast: Forecast,
  place: PlaceForecast,
  kind: "building" | "segment",
): Html {
  const taken = place.takenAtEnd.mean;
  const share = place.hostCount > 0 ? Math.min(1, taken / place.hostCount) : 0;
  const shade = shadeFrom.filter((from) => share >= from).length;
  const boundary = forecast.boundaries.find((each) => each.boundary === `${kind}:${place.id}`);
  const began = (place.taken.mean[0] ?? 0) > 0;
  const name = kind === "building" ? names.building(place.id) : names.care.segment(place.id);
  return html`<li class="tile shade-${shade}"><span class="name">${name}</span>
<span class="share">${figures.percent(share)}</span>
<span>${words.ofHosts(figures.count(taken), figures.count(place.hostCount))}</span>
${boundary === undefined && !began ? noHtml : html`<span class="reached">${began || boundary === undefined ? words.beganHere : reachedText(boundary, words, figures)}</span>`}
<span class="bar" style="width:${Math.round(share * 1000) / 10}%"></span></li>`;
}

function reachedText(
  { crossedProbability, crossedSeconds }: BoundaryForecast,
  words: ReportPage["words"],
  figures: ReportPage["figures"],
): string {
  const share = figures.percent(crossedProbability.mean);
  return crossedSeconds === null
    ? words.reached(share)
    : words.reachedAfter(share, figures.duration(crossedSeconds[1]));
}

/** The likeliest first, then the soonest. Buildings have their tiles. */
function boundariesSection({ words, figures, names }: ReportPage, forecast: Forecast): Html {
  const isTold = forecast.buildings.length > 1 ? /^building:/ : /^segment:/;
  const sorted = forecast.boundaries
    .filter(({ boundary }) => !isTold.test(boundary))
    .sort(
      (a, b) =>
        b.crossedProbability.mean - a.crossedProbability.mean ||
        (a.crossedSeconds?.[1] ?? Infinity) - (b.crossedSeconds?.[1] ?? Infinity),
    );
  const crossed = sorted.filter(
    ({ crossedProbability, crossedSeconds }) => crossedProbability.mean > 0 && crossedSeconds,
  );
  const told = crossed.slice(0, boundariesTold);
  const rest = sorted.slice(told.length);
  if (sorted.length === 0) return noHtml;
  return html`<section>
<h2>${words.boundariesTitle}</h2>
${
  told.length === 0
    ? noHtml
    : html`<p class="how">${words.crossedHow}</p>
<div class="scroll"><table class="figures">
<thead><tr><th scope="col">${words.boundary}</th><th scope="col">${words.crossed}</th><th scope="col">${words.crossedWhen}</th></tr></thead>
<tbody>
${told.map(({ boundary, crossedProbability: { mean, low, high }, crossedSeconds }) => {
  const interval = `${figures.percent(mean)} (${figures.percent(low)} ${words.to} ${figures.percent(high)})`;
  const when =
    crossedSeconds === null
      ? words.never
      : `${figures.duration(crossedSeconds[1])} (${figures.duration(crossedSeconds[0])} ${words.to} ${figures.duration(crossedSeconds[2])})`;
  return html`<tr><th scope="row">${names.place(boundary)}</th><td>${interval}</td><td>${when}</td></tr>`;
})}
</tbody>
</table></div>`
}
${rest.length === 0 ? noHtml : html`<p class="how">${words.rest(rest.length, crossed.length > told.length ? figures.percent(rest[0].crossedProbability.mean) : null)}</p>`}
</section>`;
}

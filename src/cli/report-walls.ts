// The part of the report that ranks walls: what to build first in a sentence, effort against harm averted as a picture,
// the ranking, and why the others come last.

import type { HospitalMap } from "../model/map.ts";
import type { Wall, Walls } from "../model/walls.ts";
import { type Html, html, noHtml } from "./html.ts";
import { wallsChart } from "./report-charts.ts";
import type { ReportPage } from "./report-names.ts";

const wallsRanked = 12;
const examplesTold = 5;

/** The ranked walls apart: those worth building, those that take something from care, those that avert nothing surely. */
export interface WallGroups {
  readonly worth: readonly Wall[];
  readonly breaking: readonly Wall[];
  readonly idle: readonly Wall[];
}

export function groupWalls({ walls }: Walls): WallGroups {
  const open = walls.filter(({ breaks }) => breaks.length === 0);
  return {
    worth: open.filter(({ harmSaved }) => harmSaved.low > 0),
    breaking: walls.filter(({ breaks }) => breaks.length > 0),
    idle: open.filter(({ harmSaved }) => harmSaved.low <= 0),
  };
}

export function wallsSection(page: ReportPage, walls: Walls): Html {
  const { words, figures, names } = page;
  const { worth } = groupWalls(walls);
  const ranked = worth.slice(0, wallsRanked);
  const fact = (name: string, value: string): Html => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  const lead =
    worth.length === 0
      ? words.wallsNone
      : words.wallsLead(names.wall(worth[0]), shareOf(page, walls, worth[0]), figures.count(worth[0].effort));
  return html`<section class="answer">
<h2>${words.wallsTitle}</h2>
<p class="lead">${lead}</p>
<dl class="facts">
${fact(words.harmNow, figures.estimate(walls.harmNow, words.to))}
${fact(words.wallsCount, figures.count(walls.walls.length))}
</dl>
</section>
${
  ranked.length === 0
    ? noHtml
    : html`<section class="whole">
<h2>${words.wallsPicture}</h2>
<p class="how">${words.wallsPictureHow}</p>
<figure>${wallsChart(ranked, ranked.map(names.wall), words, figures)}</figure>
</section>
<section>
<h2>${words.wallsRanking}</h2>
<p class="how">${words.wallsHow(walls.worms.map(names.worm).join("; "), figures.duration(walls.horizonSeconds))}</p>
<ol class="walls">
${ranked.map((wall) => ranking(page, walls, wall, ranked))}
</ol>
</section>`
}
${lastSection(page, walls, worth.length - ranked.length)}`;
}

/** Share of the harm of an outbreak that a wall averts. */
function shareOf({ figures }: ReportPage, { harmNow }: Walls, { harmSaved }: Wall): string {
  return figures.percent(harmNow.mean > 0 ? Math.max(0, Math.min(1, harmSaved.mean / harmNow.mean)) : 0);
}

function ranking(page: ReportPage, walls: Walls, wall: Wall, ranked: readonly Wall[]): Html {
  const { words, figures, names, map } = page;
  const top = Math.max(...ranked.map(({ harmSaved }) => harmSaved.high), 1e-9);
  const at = (harm: number): string => `${Math.round((1_000 * Math.max(0, harm)) / top) / 10}%`;
  const { mean, low, high } = wall.harmSaved;
  const points = wall.points.length === 0 ? null : wall.points.map(names.point).join(", ");
  const effort = words.effortOf(wall.segmentCount, points, wall.services.length, servicesOf(map, wall.services));
  const met = [...wall.byWorm].sort((a, b) => b.harmSaved.mean - a.harmSaved.mean);
  return html`<li>
<h3>${names.wall(wall)}</h3>
<svg class="harm-bar" width="100%" height="18" role="img" aria-label="${words.harmAverted}: ${figures.estimate(wall.harmSaved, words.to)}">
<rect class="averted" x="0" y="2" width="${at(mean)}" height="14"/><line class="whisker" x1="${at(low)}" x2="${at(high)}" y1="9" y2="9"/>
</svg>
<dl class="notes">
<dt>${words.harmAverted}</dt><dd>${figures.estimate(wall.harmSaved, words.to)} <span class="aside">(${words.ofHarm(shareOf(page, walls, wall))})</span></dd>
<dt>${words.hostsAverted}</dt><dd>${figures.estimate(wall.hostsSaved, words.to)}</dd>
<dt>${words.effort}</dt><dd>${figures.count(wall.effort)} <span class="aside">(${effort})</span></dd>
<dt>${words.against}</dt><dd>${met.map(({ worm, harmSaved }) => `${worm}\u00a0${figures.count(Math.max(0, harmSaved.mean))}`).join(" · ")}</dd>
</dl>
</li>`;
}

/** Who has to be asked before it is built; nobody by name when they are many. */
export function servicesOf(map: HospitalMap, ids: readonly string[]): string {
  return ids.length > examplesTold ? "" : serviceNames(map, ids);
}

function serviceNames(map: HospitalMap, ids: readonly string[]): string {
  return ids.map((id) => map.services.find((service) => service.id === id)?.name ?? id).join("; ");
}

function lastSection(page: ReportPage, walls: Walls, restCount: number): Html {
  const { words, figures, names, map } = page;
  const { breaking, idle } = groupWalls(walls);
  const parts: Html[] = [];
  if (breaking.length > 0) {
    parts.push(html`<p>${words.whyBreaks}</p>
<ul>${breaking.map((wall) => html`<li>${names.wall(wall)} <span class="aside">(${figures.estimate(wall.harmSaved, words.to)})</span>: <b>${serviceNames(map, wall.breaks)}</b></li>`)}</ul>`);
  }
  if (restCount > 0) parts.push(html`<p>${words.whyRest(restCount)}</p>`);
  if (idle.length > 0) {
    const examples = idle.slice(0, examplesTold).map(names.wall).join("; ");
    parts.push(
      html`<p>${words.whyNoGain(idle.length)} <span class="aside">${words.label(words.wallsForExample)} ${examples}.</span></p>`,
    );
  }
  if (parts.length === 0) return noHtml;
  return html`<section class="whole">
<h2>${words.whyLastTitle}</h2>
${parts}
</section>`;
}

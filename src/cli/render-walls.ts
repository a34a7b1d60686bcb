// Ranked walls as a page for the terminal: what to build first, what each averts, and why the others come last.

import type { Wall, Walls } from "../model/walls.ts";
import type { ReportPage } from "./report-names.ts";
import { groupWalls, servicesOf } from "./report-walls.ts";
import { harmless, paint, type Screen, title, wrap } from "./terminal.ts";
import { rehearsalWords } from "./words-rehearsal.ts";

const wallsShownMax = 10;
const examplesShown = 3;

/** Draws the page. */
export function renderWalls(result: Walls, page: ReportPage, screen: Screen): string {
  const { words: said, figures, names, language } = page;
  const words = rehearsalWords[language];
  const { worth, breaking, idle } = groupWalls(result);
  const shown = worth.slice(0, wallsShownMax);
  const basis = words.wallsBasis(result.worms.join(", "), figures.duration(result.horizonSeconds), result.seed);
  const lines = [
    ...wrap(paint(words.walls(harmless(result.map)), ["bold"], screen), screen.width),
    ...wrap(harmless(basis), screen.width),
    ...wrap(`${said.label(said.harmNow)} ${figures.estimate(result.harmNow, said.to)}`, screen.width),
    "",
    ...title(words.wallsTitle, screen),
    ...shown.flatMap((wall, at) => wallLines(wall, result, at + 1, page, screen)),
  ];
  if (shown.length === 0) lines.push(`  ${said.wallsNone}`);
  const reasons: string[] = [];
  if (worth.length > shown.length) reasons.push(said.whyRest(worth.length - shown.length));
  if (idle.length > 0) {
    const some = idle.slice(0, examplesShown).map(names.wall).join("; ");
    reasons.push(`${said.whyNoGain(idle.length)} ${said.label(said.wallsForExample)} ${some}.`);
  }
  for (const wall of breaking) {
    reasons.push(`${said.label(names.wall(wall))} ${words.wallBreaks(wall.breaks.map(names.care.service).join("; "))}`);
  }
  if (reasons.length > 0) {
    lines.push("", ...title(said.whyLastTitle, screen));
    lines.push(...reasons.flatMap((reason) => wrap(harmless(reason), screen.width, "  · ")));
  }
  return `${lines.join("\n")}\n`;
}

function wallLines(wall: Wall, { harmNow }: Walls, place: number, page: ReportPage, screen: Screen): string[] {
  const { words: said, figures, names, language } = page;
  const words = rehearsalWords[language];
  const share = figures.percent(harmNow.mean > 0 ? Math.min(1, wall.harmSaved.mean / harmNow.mean) : 0);
  const saves = words.wallSaves(
    figures.estimate(wall.harmSaved, said.to),
    share,
    figures.count(wall.hostsSaved.mean),
    figures.count(wall.effort),
  );
  const points = wall.points.length === 0 ? null : wall.points.map(names.point).join(", ");
  const effort = said.effortOf(wall.segmentCount, points, wall.services.length, servicesOf(page.map, wall.services));
  const worms = [...wall.byWorm]
    .sort((a, b) => b.harmSaved.mean - a.harmSaved.mean)
    .map(({ worm, harmSaved }) => `${worm} ${figures.count(Math.max(0, harmSaved.mean))}`);
  return [
    ...wrap(harmless(names.wall(wall)), screen.width, paint(`${String(place).padStart(3)}. `, ["bold"], screen)),
    ...wrap(harmless(`${saves} (${effort})`), screen.width, "     "),
    ...wrap(harmless(words.wallAgainst(worms.join(", "))), screen.width, "     "),
  ];
}

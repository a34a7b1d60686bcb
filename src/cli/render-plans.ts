// Plans compared, as a page for the terminal: the recommended one first in words, then all of them with their figures,
// the care they hit, the way back and what is not known.

import { reasonText } from "../care/assess.ts";
import { type Plan, type Plans, servicesHit } from "../model/plan.ts";
import type { ReportPage } from "./report-names.ts";
import { plansApart, shortList, twinOf, unknownsApart, whyRecommended } from "./report-plans.ts";
import { columnsOf, harmless, paint, type Screen, title, wrap } from "./terminal.ts";
import { rehearsalWords } from "./words-rehearsal.ts";

const servicesShownMax = 6;
const controlsShownMax = 8;

/** Draws the page. */
export function renderPlans(result: Plans, page: ReportPage, screen: Screen): string {
  const { figures, language } = page;
  const words = rehearsalWords[language];
  const chosen = result.plans.find((plan) => plan.id === result.recommended);
  const { objective, bound, isOptimal, seconds } = result.solver;
  const solver = isOptimal
    ? words.solver(figures.duration(seconds))
    : words.solverEarly(figures.count(Math.max(0, objective - bound)));
  const blocks = [
    [
      ...wrap(paint(words.plans(harmless(result.map)), ["bold"], screen), screen.width),
      words.extent(figures.count(result.runs), figures.duration(result.horizonSeconds), result.seed),
    ],
    chosen === undefined ? [] : chosenLines(chosen, result, page, screen),
    tableLines(result, page, screen),
    emptyLines(result, page, screen),
    chosen === undefined ? [] : careLines(chosen, page, screen),
    [
      ...wrap(solver, screen.width),
      ...(result.isPrecise ? [] : wrap(words.isWide(figures.percent(result.widestInterval)), screen.width)),
    ],
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function chosenLines(plan: Plan, plans: Plans, page: ReportPage, screen: Screen): string[] {
  const { words, figures, language } = page;
  const badge = paint(`▶ ${words.isRecommended}`, ["green", "bold"], screen);
  const line = (text: string): string[] => wrap(harmless(text), screen.width, "  ");
  return [
    ...wrap(harmless(plan.title[language]), screen.width, `${badge}  `, "  "),
    ...line(plan.explanation[language]),
    ...line(whyRecommended(plans, words, figures, language)),
    ...controlLines(plan, page, screen),
    ...line(`${words.label(words.wayBack)} ${plan.wayBack[language]}`),
    ...line(`${words.label(words.approval)} ${words.approvals[plan.approval]}`),
    ...plan.unknowns.flatMap((unknown) => line(`${words.label(words.unknowns)} ${unknown[language]}`)),
  ];
}

function controlLines({ controls }: Plan, { words, figures, names, language }: ReportPage, screen: Screen): string[] {
  const { leftOpen, more: moreOf } = rehearsalWords[language];
  const lines = controls.slice(0, controlsShownMax).flatMap(({ control, points, applySeconds }) => {
    const except = "except" in control ? control.except.length : 0;
    const open = except > 0 ? `; ${leftOpen(except)}` : "";
    const by = points.length === 0 ? words.nobody : points.map(names.point).join(", ");
    const bare = "except" in control ? { ...control, except: [] } : control;
    return wrap(
      harmless(`${names.control(bare)} (${by}; ${figures.duration(applySeconds)}${open})`),
      screen.width,
      "  · ",
      "    ",
    );
  });
  const more = controls.length - controlsShownMax;
  if (more > 0) lines.push(`  ${moreOf(more)}`);
  return lines;
}

function tableLines(result: Plans, page: ReportPage, screen: Screen): string[] {
  const { words, figures, language } = page;
  const { plansHead, compared: heading } = rehearsalWords[language];
  const { compared } = plansApart(result);
  const { common, own } = unknownsApart(result.plans, language);
  const rows = compared.map((plan) => [
    "",
    figures.estimate(plan.saved, words.to),
    figures.count(plan.taken.mean),
    figures.count(plan.consultationsLostPerHalfDay),
    String(servicesHit(plan).length),
    figures.count(plan.harm.mean),
    figures.duration(plan.applySeconds),
  ]);
  const table = [plansHead, ...rows];
  const widths = plansHead.map((_, column) => Math.max(...table.map((row) => columnsOf(row[column]))));
  const lineOf = (row: readonly string[]): string =>
    `  ${row
      .slice(1)
      .map((cell, column) => cell.padStart(widths[column + 1]))
      .join("  ")}`;
  const lines = rows.flatMap((row, at) => {
    const plan = compared[at];
    const first = plan.id === result.recommended ? "▶ " : "  ";
    return [
      "",
      ...wrap(paint(harmless(plan.title[language]), ["bold"], screen), screen.width, first),
      lineOf(row),
      ...noteLines(plan, compared, own(plan), page, screen),
    ];
  });
  const ofAll =
    common.length === 0
      ? []
      : ["", ...wrap(`${words.label(words.unknownsOfAll)} ${common.join(" ")}`, screen.width, "  ")];
  return [...title(heading, screen), lineOf(plansHead), ...lines, ...ofAll];
}

/** Under the figures of a plan: whose care it hits, who agrees, how it is taken back, what is not known. */
function noteLines(
  plan: Plan,
  compared: readonly Plan[],
  unknowns: readonly string[],
  page: ReportPage,
  screen: Screen,
): string[] {
  const { words, names, language } = page;
  const twin = twinOf(plan, compared);
  const line = (text: string): string[] => wrap(harmless(text), screen.width, "    ");
  if (twin !== null) return line(words.sameOrders(twin.title[language]));
  const hit = servicesHit(plan);
  const people = [...new Set(hit.flatMap((service) => service.people))].map((id) => names.person(id));
  const notes: (readonly [string, string])[] = [
    [
      words.services,
      hit.length === 0
        ? words.none
        : shortList(
            hit.map(({ name }) => name),
            words.more,
          ),
    ],
    ...(people.length === 0 ? [] : [[words.people, shortList(people, words.more)] as const]),
    [words.approval, words.approvals[plan.approval]],
    [words.wayBack, plan.wayBack[language]],
    ...(unknowns.length === 0 ? [] : [[words.unknowns, unknowns.join(" ")] as const]),
  ];
  return notes.flatMap(([name, text]) => line(`${words.label(name)} ${text}`));
}

/** Plans of which nothing is left to order, and why. */
function emptyLines(result: Plans, { words, language }: ReportPage, screen: Screen): string[] {
  const { empty } = plansApart(result);
  const { own } = unknownsApart(result.plans, language);
  if (empty.length === 0) return [];
  return [
    ...title(words.unableTitle, screen),
    ...wrap(words.unableHow, screen.width, "  "),
    ...empty.flatMap((plan) =>
      wrap(
        harmless([`${plan.title[language]}.`, plan.explanation[language], ...own(plan)].join(" ")),
        screen.width,
        "  · ",
      ),
    ),
  ];
}

function careLines(plan: Plan, page: ReportPage, screen: Screen): string[] {
  const { words, figures, names, language } = page;
  const { careUnder, careWhole, likely, more } = rehearsalWords[language];
  const hit = servicesHit(plan);
  if (hit.length === 0) return [...title(careUnder, screen), `  ${careWhole}`];
  const lines = hit.slice(0, servicesShownMax).flatMap(({ name, state, probability, reasons, people }) => {
    const certain = probability < 1 ? `, ${likely(figures.percent(probability))}` : "";
    const tell = people.length === 0 ? "" : ` (${people.map((id) => names.contact(id)).join("; ")})`;
    const why = reasons.length === 0 ? "" : ` ${reasonText(reasons[0], names.care, language)}`;
    return wrap(
      harmless(`${words.label(name)} ${words.states[state]}${certain}${tell}.${why}`),
      screen.width,
      "  ",
      "    ",
    );
  });
  if (hit.length > servicesShownMax) lines.push(`  ${more(hit.length - servicesShownMax)}`);
  return [...title(careUnder, screen), ...lines];
}

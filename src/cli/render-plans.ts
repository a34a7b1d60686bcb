// Plans compared, as a page for the terminal: the recommended one first in words, then all of them in a table.

import { controlText } from "../care/assess.ts";
import { type Plan, type Plans, servicesHit } from "../model/plan.ts";
import { formatSpan } from "./render-time.ts";
import { columnsOf, harmless, paint, type Screen, title, wrap } from "./terminal.ts";
import { rehearsalWords as words } from "./words-rehearsal.ts";

const servicesShownMax = 6;
const controlsShownMax = 8;

/** Draws the page. */
export function renderPlans(result: Plans, screen: Screen): string {
  const chosen = result.plans.find((plan) => plan.id === result.recommended);
  const { objective, bound, isOptimal, seconds } = result.solver;
  const blocks = [
    [
      ...wrap(paint(words.plans(harmless(result.map)), ["bold"], screen), screen.width),
      words.extent(result.runs, formatSpan(result.horizonSeconds * 1_000), result.seed),
    ],
    chosen === undefined ? [] : chosenLines(chosen, screen),
    tableLines(result, screen),
    chosen === undefined ? [] : careLines(chosen, screen),
    [
      ...wrap(words.solver(isOptimal, Math.max(0, objective - bound), seconds), screen.width),
      ...(result.isPrecise ? [] : wrap(words.isWide(result.widestInterval), screen.width)),
    ],
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function chosenLines(plan: Plan, screen: Screen): string[] {
  const badge = paint(`▶ ${words.recommended}`, ["green", "bold"], screen);
  return [
    ...wrap(harmless(plan.title.en), screen.width, `${badge}  `, "  "),
    ...wrap(harmless(plan.explanation.en), screen.width, "  "),
    ...controlLines(plan, screen),
    ...wrap(`${words.wayBack}: ${harmless(plan.wayBack.en)}`, screen.width, "  "),
    ...wrap(`${words.agreedBy}: ${words.approvals[plan.approval]}`, screen.width, "  "),
    ...plan.unknowns.flatMap((unknown) =>
      wrap(`${words.unknowns}: ${harmless(unknown.en)}`, screen.width, "  ", "    "),
    ),
  ];
}

function controlLines({ controls }: Plan, screen: Screen): string[] {
  const lines = controls.slice(0, controlsShownMax).flatMap(({ control, points, applySeconds }) => {
    const open = "except" in control && control.except.length > 0 ? `; ${words.leftOpen(control.except.length)}` : "";
    const by = points.length === 0 ? words.nobodyCan : points.join(", ");
    const text = `${controlText(control)} (${by}; ${formatSpan(applySeconds * 1_000)}${open})`;
    return wrap(harmless(text), screen.width, "  · ", "    ");
  });
  const more = controls.length - controlsShownMax;
  if (more > 0) lines.push(`  … ${more} more`);
  return lines;
}

function tableLines({ plans, recommended }: Plans, screen: Screen): string[] {
  const rows = plans.map((plan) => [
    plan.id === recommended ? "▶" : " ",
    `${plan.saved.mean.toFixed(1)} (${plan.saved.low.toFixed(1)} to ${plan.saved.high.toFixed(1)})`,
    words.number(plan.taken.mean),
    words.number(plan.consultationsLostPerHalfDay),
    String(servicesHit(plan).length),
    words.number(plan.harm.mean),
    formatSpan(plan.applySeconds * 1_000),
    words.approvals[plan.approval],
  ]);
  const table = [[...words.plansHead], ...rows];
  const widths = words.plansHead.map((_, column) => Math.max(...table.map((row) => columnsOf(row[column]))));
  const lineOf = (row: readonly string[]): string =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padStart(widths[column]))).join("  ");
  const lines = rows.flatMap((row, at) => [
    ...wrap(paint(harmless(plans[at].title.en), ["bold"], screen), screen.width, row[0] === "▶" ? "▶ " : "  "),
    lineOf([" ", ...row.slice(1)]),
  ]);
  return [...title(words.compared, screen), lineOf(table[0]), ...lines];
}

function careLines(plan: Plan, screen: Screen): string[] {
  const hit = servicesHit(plan);
  if (hit.length === 0) return [...title(words.careUnder, screen), `  ${words.careWhole}`];
  const lines = hit.slice(0, servicesShownMax).flatMap(({ name, state, probability, because, people }) => {
    const certain = probability < 1 ? `, ${words.chance(probability)}` : "";
    const tell = people.length === 0 ? "" : ` (${people.join(", ")})`;
    return wrap(harmless(`${name}: ${state}${certain}${tell}. ${because[0] ?? ""}`), screen.width, "  ", "    ");
  });
  if (hit.length > servicesShownMax) lines.push(`  … ${hit.length - servicesShownMax} more`);
  return [...title(words.careUnder, screen), ...lines];
}

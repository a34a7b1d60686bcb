// The part of the report that compares plans: the recommended one in a sentence, all of them side by side, then each in
// full: what is ordered, which care it hits, whom to tell, the way back, what nobody knows.

import { reasonText } from "../care/assess.ts";
import { serviceStates } from "../model/care.ts";
import { type Plan, type PlannedControl, type Plans, servicesHit } from "../model/plan.ts";
import { type Html, html, noHtml } from "./html.ts";
import { harmChart } from "./report-charts.ts";
import type { Figures } from "./report-figures.ts";
import type { ReportPage } from "./report-names.ts";
import { type ReportWords, stateSigns } from "./report-words.ts";

/** What opens the report: the answer, before any figure. */
export function recommendedSection(page: ReportPage, plans: Plans): Html {
  const { words, figures, language } = page;
  const plan = plans.plans.find((each) => each.id === plans.recommended);
  if (plan === undefined) return noHtml;
  const people = [...new Set(servicesHit(plan).flatMap((service) => service.people))];
  const fact = (name: string, value: string): Html => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  return html`<section class="answer">
<h2><span class="kicker">${words.recommended}</span> ${plan.title[language]}</h2>
<dl class="facts">
${fact(words.saved, figures.estimate(plan.saved, words.to))}
${fact(words.consultations, figures.count(plan.consultationsLostPerHalfDay))}
${fact(words.applyTime, figures.duration(plan.applySeconds))}
${fact(words.approval, words.approvals[plan.approval])}
</dl>
<p class="lead">${plan.explanation[language]}</p>
<p>${whyRecommended(plans, words, figures, language)}</p>
${
  people.length === 0
    ? noHtml
    : html`<h3>${words.tell}</h3>
<ul class="people">${people.map((id) => html`<li>${page.names.contact(id)}</li>`)}</ul>`
}
<h3>${words.inForce}</h3>
${controlList(page, plan.controls)}
<dl class="notes">
<dt>${words.services}</dt><dd>${servicesNamed(page, plan)}</dd>
<dt>${words.wayBack}</dt><dd>${plan.wayBack[language]}</dd>
<dt>${words.unknowns}</dt><dd>${unknownsOf(plan, page)}</dd>
</dl>
</section>`;
}

/** Why this plan and not another, in figures of harm; read at the terminal too. */
export function whyRecommended(
  { plans, recommended }: Plans,
  words: ReportWords,
  figures: Figures,
  language: ReportPage["language"],
): string {
  const [chosen, ...others] = [...plans].sort(
    (a, b) => Number(b.id === recommended) - Number(a.id === recommended) || a.harm.mean - b.harm.mean,
  );
  if (chosen === undefined) return "";
  const nothing = plans.find(({ id }) => id === "do-nothing") ?? plans[0];
  const harmOf = (plan: Plan): string => figures.estimate(plan.harm, words.to);
  const least =
    chosen.controls.length === 0 ? words.whyNothing(harmOf(chosen)) : words.whyChosen(harmOf(chosen), harmOf(nothing));
  const next = others.find(
    (plan) => !hasSameOrders(plan, chosen) && plan.id !== nothing.id && plan.controls.length > 0,
  );
  return next === undefined ? least : `${least} ${words.nextBest(next.title[language], harmOf(next))}`;
}

export function hasSameOrders(a: Plan, b: Plan): boolean {
  const idsOf = (plan: Plan): string =>
    plan.controls
      .map(({ id }) => id)
      .sort()
      .join();
  return idsOf(a) === idsOf(b);
}

/** Plans that order something, and doing nothing; apart from them those of which nothing is left to order. */
export function plansApart({ plans }: Plans): { readonly compared: readonly Plan[]; readonly empty: readonly Plan[] } {
  const isCompared = (plan: Plan, at: number): boolean => at === 0 || plan.controls.length > 0;
  return { compared: plans.filter(isCompared), empty: plans.filter((plan, at) => !isCompared(plan, at)) };
}

/** Of the plans before it, the one with the very same orders. */
export function twinOf(plan: Plan, plans: readonly Plan[]): Plan | null {
  if (plan.controls.length === 0) return null;
  return plans.slice(0, plans.indexOf(plan)).find((each) => hasSameOrders(each, plan)) ?? null;
}

/** What is not known of any plan, said once; `own` of a plan is what is left. */
export function unknownsApart(plans: readonly Plan[], language: ReportPage["language"]) {
  const textsOf = (plan: Plan): string[] => plan.unknowns.map((each) => each[language]);
  const [first, ...others] = plans;
  const isCommon = (text: string): boolean => others.every((plan) => textsOf(plan).includes(text));
  const common = first === undefined || others.length === 0 ? [] : textsOf(first).filter(isCommon);
  return { common, own: (plan: Plan): string[] => textsOf(plan).filter((text) => !common.includes(text)) };
}

const unknownsOf = (plan: Plan, { words, language }: ReportPage): string =>
  plan.unknowns.length === 0 ? words.none : plan.unknowns.map((each) => each[language]).join(" ");

export function plansSection(page: ReportPage, plans: Plans): Html {
  const { words, figures, language } = page;
  const { compared, empty } = plansApart(plans);
  const { common, own } = unknownsApart(plans.plans, language);
  return html`<section>
<h2>${words.plansTitle}</h2>
<p class="how">${words.plansHow}</p>
${common.length === 0 ? noHtml : html`<p class="how"><b>${words.label(words.unknownsOfAll)}</b> ${common.join(" ")}</p>`}
${comparison(page, plans, compared)}
${
  empty.length === 0
    ? noHtml
    : html`<div class="whole apart"><h3>${words.unableTitle}</h3>
<p class="how">${words.unableHow}</p>
<ul>${empty.map((plan) => html`<li><b>${plan.title[language]}</b>. <span class="aside">${[plan.explanation[language], ...own(plan)].join(" ")}</span></li>`)}</ul></div>`
}
</section>
<section class="whole">
<h2>${words.harmTitle}</h2>
<p class="how">${words.harmHow(figures.duration(plans.horizonSeconds))}</p>
${harmChart(
  compared,
  compared.map((plan) => plan.title[language]),
  words,
  figures,
)}
</section>`;
}

/** Each plan in full, after the figures that compare them. */
export function detailsSection(page: ReportPage, plans: Plans): Html {
  const { compared } = plansApart(plans);
  return html`<section>
<h2>${page.words.detailsTitle}</h2>
${compared.map((plan) => detail(page, plan, compared, plan.id === plans.recommended))}
</section>`;
}

function comparison(page: ReportPage, plans: Plans, compared: readonly Plan[]): Html {
  const { words, language } = page;
  const { own } = unknownsApart(plans.plans, language);
  const headings = [
    words.plan,
    words.taken,
    words.saved,
    words.services,
    words.consultations,
    words.harm,
    words.applyTime,
    words.approval,
  ];
  return html`<table class="compare">
<thead><tr>${headings.map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead>
${compared.map((plan) => comparedPlan(page, plan, own(plan), plan.id === plans.recommended, headings))}
</table>`;
}

/** A row of figures and, below it, what needs words. */
function comparedPlan(
  page: ReportPage,
  plan: Plan,
  unknowns: readonly string[],
  isRecommended: boolean,
  headings: readonly string[],
): Html {
  const { words, figures, language } = page;
  const cells = [
    figures.estimate(plan.taken, words.to),
    figures.estimate(plan.saved, words.to),
    hitCounts(plan, words.none),
    figures.count(plan.consultationsLostPerHalfDay),
    figures.estimate(plan.harm, words.to),
    figures.duration(plan.applySeconds),
    words.approvals[plan.approval],
  ];
  const hit = servicesHit(plan);
  const people = [...new Set(hit.flatMap((service) => service.people))].map((id) => page.names.person(id));
  const note = (name: string, value: string): Html =>
    html`<span class="note"><b>${words.label(name)}</b> ${value}</span>`;
  return html`<tbody${isRecommended ? html` class="chosen"` : noHtml}>
<tr><th scope="row">${plan.title[language]}${badge(isRecommended, words.isRecommended)}</th>
${cells.map((cell, at) => html`<td data-name="${headings[at + 1]}">${cell}</td>`)}</tr>
<tr class="more"><td colspan="${headings.length}">
${
  hit.length === 0
    ? noHtml
    : note(
        words.services,
        shortList(
          hit.map(({ name }) => name),
          words.more,
        ),
      )
}
${people.length === 0 ? noHtml : note(words.people, shortList(people, words.more))}
${note(words.wayBack, plan.wayBack[language])}
${unknowns.length === 0 ? noHtml : note(words.unknowns, unknowns.join(" "))}</td></tr>
</tbody>`;
}

/** The first few, and how many more. */
export function shortList(items: readonly string[], more: (count: number) => string, max = 5): string {
  const rest = items.length - max;
  return (rest > 1 ? [...items.slice(0, max), more(rest)] : items).join("; ");
}

function badge(isRecommended: boolean, text: string): Html {
  return isRecommended ? html` <span class="badge">★ ${text}</span>` : noHtml;
}

/** The services hit by name, worst first. */
function servicesNamed({ words, figures }: ReportPage, plan: Plan): Html {
  const worstFirst = [...serviceStates]
    .reverse()
    .flatMap((state) => servicesHit(plan).filter((each) => each.state === state));
  if (worstFirst.length === 0) return html`${words.careIsWhole}`;
  const chance = (probability: number): Html =>
    probability < 1 ? html` <span class="aside">(${figures.percent(probability)})</span>` : noHtml;
  return html`${worstFirst.map(({ name, state, probability }) => html`<span class="hit"><span class="state state-${state}">${stateSigns[state]}\u00a0${words.states[state]}</span>${name}${chance(probability)}</span>`)}`;
}

/** How many services are in each state: "■ 1 ⇄ 2 ▲ 3". */
function hitCounts(plan: Plan, none: string): Html {
  const counts = serviceStates.map((state) => servicesHit(plan).filter((service) => service.state === state).length);
  const hit = serviceStates.flatMap((state, at) =>
    state === "normal" || counts[at] === 0 ? [] : [{ state, count: counts[at] }],
  );
  if (hit.length === 0) return html`${none}`;
  const signs = hit
    .reverse()
    .map(({ state, count }) => html`<span class="state state-${state}">${stateSigns[state]}\u00a0${count}</span>`);
  return html`<span>${signs}</span>`;
}

function detail(page: ReportPage, plan: Plan, compared: readonly Plan[], isRecommended: boolean): Html {
  const { words, language } = page;
  const twin = twinOf(plan, compared);
  const heading = html`<h3>${plan.title[language]}${badge(isRecommended, words.isRecommended)}</h3>`;
  if (twin !== null) {
    return html`<article class="plan">${heading}<p>${words.sameOrders(twin.title[language])}</p></article>`;
  }
  return html`<article class="${isRecommended ? "plan chosen" : "plan"}">
${heading}
<p>${plan.explanation[language]}</p>
${plan.controls.length === 0 || isRecommended ? noHtml : html`<details><summary>${words.inForce} (${plan.controls.length})</summary>${controlList(page, plan.controls)}</details>`}
${impacts(page, plan, isRecommended)}
</article>`;
}

/** The recommended plan is open; of the others a reader opens what they want to see. */
function impacts(page: ReportPage, plan: Plan, isOpen: boolean): Html {
  const hit = servicesHit(plan);
  if (hit.length === 0) return html`<p>${page.words.careIsWhole}</p>`;
  return html`<details${isOpen ? html` open=""` : noHtml}><summary>${page.words.careOf(hit.length)}</summary>
${impactTable(page, plan)}</details>`;
}

function controlList({ words, figures, names }: ReportPage, controls: readonly PlannedControl[]): Html {
  if (controls.length === 0) return html`<p>${words.noControls}</p>`;
  return html`<ol class="controls${controls.length > 8 ? " many" : ""}">
${controls.map(({ control, points, applySeconds, failureProbability }) => {
  const who = points.length === 0 ? words.nobody : `${words.by} ${names.point(points[0])}`;
  const risk = failureProbability > 0 ? `, ${words.orFails(figures.percent(failureProbability))}` : "";
  return html`<li>${names.control(control)} <span class="aside">(${who}, ${figures.duration(applySeconds)}${risk})</span></li>`;
})}
</ol>`;
}

function impactTable({ words, figures, names, language }: ReportPage, plan: Plan): Html {
  const hit = servicesHit(plan);
  const unlikely = plan.services.filter(({ state }) => state !== "normal").length - hit.length;
  const cell = (name: string, value: Html | string): Html => html`<td data-name="${name}">${value}</td>`;
  return html`<table class="impacts">
<thead><tr>${[words.service, words.state, words.chance, words.cause, words.people].map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>
${hit.map(
  (service) => html`<tr><th scope="row">${service.name}
<span class="because">${service.reasons.map((reason) => reasonText(reason, names.care, language)).join(" ")}</span></th>
${cell(words.state, html`<span class="state state-${service.state}">${stateSigns[service.state]}\u00a0${words.states[service.state]}</span>`)}
${cell(words.chance, figures.percent(service.probability))}
${cell(words.cause, words.causes[service.becauseOf])}
${cell(words.people, service.people.map((id) => names.contact(id)).join("; "))}</tr>`,
)}
</tbody>
</table>
${unlikely === 0 ? noHtml : html`<p class="how">${words.unlikely(unlikely)}</p>`}`;
}

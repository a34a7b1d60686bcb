// The part of the report that compares plans: the recommended one in a sentence, all of them side by side, then each in
// full: what is ordered, which care it hits, whom to tell, the way back, what nobody knows.

import { serviceStates } from "../model/care.ts";
import { type Plan, type PlannedControl, type Plans, servicesHit } from "../model/plan.ts";
import { type Html, html, noHtml } from "./html.ts";
import { harmChart } from "./report-charts.ts";
import type { ReportPage } from "./report-names.ts";
import { stateSigns } from "./report-words.ts";

/** What opens the report: the answer, before any figure. */
export function recommendedSection(page: ReportPage, plans: Plans): Html {
  const { words, figures, language } = page;
  const plan = plans.plans.find((each) => each.id === plans.recommended);
  if (plan === undefined) return noHtml;
  const people = [...new Set(servicesHit(plan).flatMap((service) => service.people))];
  const fact = (name: string, value: string): Html => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  return html`<section class="answer">
<h2><span class="kicker">${words.recommended}</span> ${plan.title[language]}</h2>
<p class="lead">${plan.explanation[language]}</p>
<dl class="facts">
${fact(words.saved, figures.estimate(plan.saved, words.to))}
${fact(words.consultations, figures.count(plan.consultationsLostPerHalfDay))}
${fact(words.applyTime, figures.duration(plan.applySeconds))}
${fact(words.approval, words.approvals[plan.approval])}
</dl>
<dl class="notes">
<dt>${words.services}</dt><dd>${servicesNamed(page, plan)}</dd>
<dt>${words.wayBack}</dt><dd>${plan.wayBack[language]}</dd>
</dl>
<h3>${words.inForce}</h3>
${controlList(page, plan.controls)}
${
  people.length === 0
    ? noHtml
    : html`<h3>${words.tell}</h3>
<ul class="people">${people.map((id) => html`<li>${page.names.contact(id)}</li>`)}</ul>`
}
</section>`;
}

export function plansSection(page: ReportPage, plans: Plans): Html {
  const { words, figures, language } = page;
  const titles = plans.plans.map((plan) => plan.title[language]);
  return html`<section>
<h2>${words.plansTitle}</h2>
<p class="how">${words.plansHow}</p>
${comparison(page, plans)}
</section>
<section class="whole">
<h2>${words.harmTitle}</h2>
<p class="how">${words.harmHow(figures.duration(plans.horizonSeconds))}</p>
${harmChart(plans.plans, titles, words, figures)}
</section>`;
}

/** Each plan in full, after the figures that compare them. */
export function detailsSection(page: ReportPage, plans: Plans): Html {
  return html`<section>
<h2>${page.words.detailsTitle}</h2>
${plans.plans.map((plan) => detail(page, plan, plan.id === plans.recommended))}
</section>`;
}

function comparison(page: ReportPage, plans: Plans): Html {
  const { words } = page;
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
${plans.plans.map((plan) => comparedPlan(page, plan, plan.id === plans.recommended, headings))}
</table>`;
}

/** A row of figures and, below it, what needs words. */
function comparedPlan(page: ReportPage, plan: Plan, isRecommended: boolean, headings: readonly string[]): Html {
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
  const unknowns = plan.unknowns.length === 0 ? words.none : plan.unknowns.map((each) => each[language]).join(" ");
  return html`<tbody${isRecommended ? html` class="chosen"` : noHtml}>
<tr><th scope="row">${plan.title[language]}${badge(isRecommended, words.isRecommended)}</th>
${cells.map((cell, at) => html`<td data-name="${headings[at + 1]}">${cell}</td>`)}</tr>
<tr class="more"><td colspan="${headings.length}"><b>${words.label(words.wayBack)}</b> ${plan.wayBack[language]}
<b>${words.label(words.unknowns)}</b> ${unknowns}</td></tr>
</tbody>`;
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

function detail(page: ReportPage, plan: Plan, isRecommended: boolean): Html {
  const { words, language } = page;
  return html`<article class="${isRecommended ? "plan chosen" : "plan"}">
<h3>${plan.title[language]}${badge(isRecommended, words.isRecommended)}</h3>
<p>${plan.explanation[language]}</p>
${plan.controls.length === 0 ? noHtml : controlList(page, plan.controls)}
${impactTable(page, plan)}
</article>`;
}

function controlList({ words, figures, names }: ReportPage, controls: readonly PlannedControl[]): Html {
  if (controls.length === 0) return html`<p>${words.noControls}</p>`;
  return html`<ol class="controls">
${controls.map(({ control, points, applySeconds, failureProbability }) => {
  const who = points.length === 0 ? words.nobody : `${words.by} ${names.point(points[0])}`;
  const risk = failureProbability > 0 ? `, ${words.orFails(figures.percent(failureProbability))}` : "";
  return html`<li>${names.control(control)} <span class="aside">(${who}, ${figures.duration(applySeconds)}${risk})</span></li>`;
})}
</ol>`;
}

function impactTable({ words, figures, names, language }: ReportPage, plan: Plan): Html {
  const hit = plan.services.filter((service) => service.state !== "normal");
  if (hit.length === 0) return html`<p>${words.careIsWhole}</p>`;
  // Reasons come in English only, and say so to whoever reads the page aloud.
  const reasonsLanguage = language === "en" ? noHtml : html` lang="en"`;
  const cell = (name: string, value: Html | string): Html => html`<td data-name="${name}">${value}</td>`;
  return html`<table class="impacts">
<thead><tr>${[words.service, words.state, words.chance, words.cause, words.people].map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>
${hit.map(
  (service) => html`<tr><th scope="row">${service.name}
<span class="because"${reasonsLanguage}>${service.because.join(" ")}</span></th>
${cell(words.state, html`<span class="state state-${service.state}">${stateSigns[service.state]}\u00a0${words.states[service.state]}</span>`)}
${cell(words.chance, figures.percent(service.probability))}
${cell(words.cause, words.causes[service.becauseOf])}
${cell(words.people, service.people.map((id) => names.contact(id)).join("; "))}</tr>`,
)}
</tbody>
</table>`;
}

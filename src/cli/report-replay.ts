// The part of the report for a crisis that happened: what was published beside what the model says, what happened when,
// care at the end, and what cannot be known.

import type { Scenario, ScenarioTexts } from "../model/scenario.ts";
import { endOf, type Replay } from "../replay.ts";
import { reasonText } from "../care/assess.ts";
import { type Html, html } from "./html.ts";
import type { ReportPage } from "./report-names.ts";
import { stateSigns } from "./report-words.ts";

/** A replay and the case it is of. */
export interface ReplayedCase {
  readonly scenario: Scenario;
  readonly result: Replay;
}

/** The texts of a case in the language of the page; those of the file where it has none. */
export function textsOf(scenario: Scenario, language: ReportPage["language"]): ScenarioTexts {
  if (language === "fr" && scenario.inFrench !== null) return scenario.inFrench;
  return {
    title: scenario.title,
    summary: scenario.summary,
    events: scenario.events.map(({ what }) => what),
    published: scenario.published.map(({ what, unit }) => ({ what, unit })),
    unknown: scenario.unknown,
    tuned: scenario.tuned,
  };
}

export function replaySection(page: ReportPage, { scenario, result }: ReplayedCase): Html {
  const { words, figures, language } = page;
  const texts = textsOf(scenario, language);
  const end = result.withoutCuts === null ? null : endOf(result.withoutCuts);
  const [middle, low, high] =
    end === null ? ["", "", ""] : [end.middle, end.low, end.high].map((hosts) => figures.count(hosts));
  return html`<section class="answer">
<h2>${words.replayTitle}</h2>
<p class="lead">${texts.summary}</p>
${comparedTable(page, result, texts)}
<p>${end === null ? words.nothingGotIn : words.withoutCuts(middle, low, high)}</p>
</section>
<section class="whole">
<h2>${words.eventsTitle}</h2>
<dl class="notes">${scenario.events.map(({ atMinutes }, at) => html`<dt>${figures.duration(atMinutes * 60)}</dt><dd>${texts.events[at]}</dd>`)}</dl>
</section>`;
}

function comparedTable({ words, figures }: ReportPage, result: Replay, texts: ScenarioTexts): Html {
  return html`<table class="impacts">
<thead><tr>${[words.replayWhat, words.published, words.modelled].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${result.compared.map(({ value, modelled, sources }, at) => {
  const { what, unit } = texts.published[at];
  const published = value === null ? words.noFigure : `${figures.count(value)}\u00a0${unit}`;
  const model =
    modelled === null
      ? words.knowsNothing
      : figures.estimate({ mean: modelled.middle, low: modelled.low, high: modelled.high }, words.to);
  return html`<tr><th scope="row">${what} <span class="aside">[${sources.join(", ")}]</span></th><td data-name="${words.published}">${published}</td><td data-name="${words.modelled}">${model}</td></tr>`;
})}
</tbody></table>`;
}

/** What comes after the forecast: care, limits, sources. */
export function afterReplaySection(page: ReportPage, { scenario, result }: ReplayedCase): Html {
  const { words, names, language } = page;
  const texts = textsOf(scenario, language);
  const list = (heading: string, items: readonly string[]): Html =>
    html`<section class="whole"><h2>${heading}</h2><ul>${items.map((item) => html`<li>${item}</li>`)}</ul></section>`;
  const services = result.services.map(
    ({ name, state, reasons }) => html`<tr><th scope="row">${name}
<span class="because">${reasons.map((reason) => reasonText(reason, names.care, language)).join(" ")}</span></th>
<td data-name="${words.state}"><span class="state state-${state}">${stateSigns[state]}\u00a0${words.states[state]}</span></td></tr>`,
  );
  return html`<section><h2>${words.careAtEnd}</h2>
${services.length === 0 ? html`<p>${words.careIsWhole}</p>` : html`<table class="impacts"><thead><tr><th scope="col">${words.service}</th><th scope="col">${words.state}</th></tr></thead><tbody>${services}</tbody></table>`}
</section>
${list(words.cannotKnow, texts.unknown)}
${texts.tuned.length === 0 ? html`<p>${words.notTuned}</p>` : list(words.tuned, texts.tuned)}
${list(
  words.sources,
  result.sources.map(({ id, title }) => `[${id}] ${title}`),
)}`;
}

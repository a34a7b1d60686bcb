// `cordon simulate --scenario`: a crisis that happened, played again, as a page or as JSON.

import { reasonText } from "../care/assess.ts";
import { endOf, type Replay, replay } from "../replay.ts";
import type { Scenario } from "../model/scenario.ts";
import type { SimulateOptions } from "../simulation/simulate.ts";
import type { Answer } from "./answer.ts";
import { defenderOf, type RehearsalFlags, wormOf, writeReportFile } from "./rehearsal-settings.ts";
import { renderForecast } from "./render-forecast.ts";
import { pageFor, type ReportPage } from "./report-names.ts";
import { textsOf } from "./report-replay.ts";
import { harmless, paint, type Screen, title, wrap } from "./terminal.ts";
import { rehearsalWords } from "./words-rehearsal.ts";

const servicesShownMax = 8;

/** Plays the scenario. @throws `Cannot …` */
export async function answerReplay(
  scenario: Scenario,
  flags: RehearsalFlags,
  options: SimulateOptions,
): Promise<Answer> {
  const [worm, defender] = [await wormOf(scenario.worm), defenderOf(scenario.defender)];
  const result = await replay(scenario, { ...options, seed: flags.seed, worm, defender });
  await writeReportFile(flags, scenario.map, { replayed: { scenario, result } });
  return { result, render: (screen) => renderReplay(result, scenario, pageFor(scenario.map, flags.lang), screen) };
}

function renderReplay(result: Replay, scenario: Scenario, page: ReportPage, screen: Screen): string {
  const { words: said, figures, names, language } = page;
  const words = rehearsalWords[language];
  const texts = textsOf(scenario, language);
  const lines = [
    ...wrap(paint(`${harmless(texts.title)} (${result.date})`, ["bold"], screen), screen.width),
    ...wrap(harmless(texts.summary), screen.width),
    "",
    ...title(said.replayTitle, screen),
    ...comparedLines(result, texts.published, page, screen),
  ];
  if (result.withoutCuts !== null) {
    const { low, middle, high } = endOf(result.withoutCuts);
    const [median, least, most] = [middle, low, high].map((hosts) => figures.count(hosts));
    lines.push(...wrap(said.withoutCuts(median, least, most), screen.width));
  }
  if (result.services.length > 0) {
    lines.push("", ...title(said.careAtEnd, screen));
    for (const { name, state, reasons } of result.services.slice(0, servicesShownMax)) {
      const why = reasons.length === 0 ? "" : ` ${reasonText(reasons[0], names.care, language)}`;
      const text = harmless(`${said.label(name)} ${said.states[state]}.${why}`);
      lines.push(...wrap(text, screen.width, "  ", "    "));
    }
    const more = result.services.length - servicesShownMax;
    if (more > 0) lines.push(`  ${words.more(more)}`);
  }
  const list = (heading: string, items: readonly string[]): void => {
    lines.push("", ...title(heading, screen), ...items.flatMap((item) => wrap(harmless(item), screen.width, "  · ")));
  };
  list(said.cannotKnow, texts.unknown);
  list(said.tuned, texts.tuned.length === 0 ? [said.notTuned] : texts.tuned);
  list(
    said.sources,
    result.sources.map((source) => `${source.id}: ${source.title}`),
  );
  const text = `${lines.join("\n")}\n`;
  return result.asItWas === null ? text : `${text}\n${renderForecast(result.asItWas, page, screen)}`;
}

function comparedLines(
  result: Replay,
  published: readonly { readonly what: string; readonly unit: string }[],
  { words: said, figures, language }: ReportPage,
  screen: Screen,
): string[] {
  const words = rehearsalWords[language];
  return result.compared.flatMap(({ value, modelled, sources }, at) => {
    const { what, unit } = published[at];
    const figure = value === null ? said.noFigure : `${figures.count(value)} ${unit}`;
    const [low, middle, high] =
      modelled === null ? [] : [modelled.low, modelled.middle, modelled.high].map((each) => figures.count(each));
    const model = modelled === null ? said.knowsNothing : low === high ? middle : words.between(middle, low, high);
    return [
      ...wrap(harmless(`${what} [${sources.join(", ")}]`), screen.width, "  · "),
      ...wrap(words.beside(harmless(figure), model), screen.width, "      "),
    ];
  });
}

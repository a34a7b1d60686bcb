// `cordon simulate --scenario`: a crisis that happened, played again, as a page or as JSON.

import { endOf, ordersOf, type Replay, replay } from "../replay.ts";
import type { Scenario } from "../model/scenario.ts";
import type { SimulateOptions } from "../simulation/simulate.ts";
import type { Answer } from "./answer.ts";
import { defenderOf, ordersAsWords, type RehearsalFlags, wormOf, writeReportFile } from "./rehearsal-settings.ts";
import { renderForecast } from "./render-forecast.ts";
import { harmless, paint, type Screen, title, wrap } from "./terminal.ts";
import { rehearsalWords as words } from "./words-rehearsal.ts";

const ordersShownMax = 6;
const servicesShownMax = 8;

/** Plays the scenario. @throws `Cannot …` */
export async function answerReplay(
  scenario: Scenario,
  flags: RehearsalFlags,
  options: SimulateOptions,
): Promise<Answer> {
  const [worm, defender] = [await wormOf(scenario.worm), defenderOf(scenario.defender)];
  const result = await replay(scenario, { ...options, seed: flags.seed, worm, defender });
  await writeReportFile(flags, scenario.map, result.asItWas, null);
  return { result, render: (screen) => renderReplay(result, scenario, screen) };
}

function renderReplay(result: Replay, scenario: Scenario, screen: Screen): string {
  const lines = [
    ...wrap(paint(`${harmless(result.title)} (${result.date})`, ["bold"], screen), screen.width),
    ...wrap(harmless(scenario.summary), screen.width),
    "",
    ...title(words.replay, screen),
    ...comparedLines(result, screen),
  ];
  if (result.withoutCuts !== null) {
    const { low, middle, high } = endOf(result.withoutCuts);
    lines.push(...wrap(words.withoutCuts(low, middle, high), screen.width));
  }
  if (result.services.length > 0) {
    lines.push("", ...title(words.careAtEnd, screen));
    for (const { name, state, because } of result.services.slice(0, servicesShownMax))
      lines.push(...wrap(`${harmless(name)}: ${state}. ${harmless(because)}`, screen.width, "  ", "    "));
    const more = result.services.length - servicesShownMax;
    if (more > 0) lines.push(`  … ${more} more`);
  }
  const list = (heading: string, items: readonly string[]): void => {
    lines.push("", ...title(heading, screen), ...items.flatMap((item) => wrap(harmless(item), screen.width, "  · ")));
  };
  list(words.unknown, result.unknown);
  list(words.tuned, result.tuned.length === 0 ? [words.notTuned] : result.tuned);
  list(
    words.sources,
    result.sources.map((source) => `${source.id}: ${source.title}`),
  );
  const page = `${lines.join("\n")}\n`;
  if (result.asItWas === null) return page;
  const orders = ordersAsWords(ordersOf(scenario));
  const more = orders.length - ordersShownMax;
  const shown = more > 0 ? [...orders.slice(0, ordersShownMax), `${more} more`] : orders;
  return `${page}\n${renderForecast(result.asItWas, shown, screen)}`;
}

function comparedLines(result: Replay, screen: Screen): string[] {
  return result.compared.flatMap(({ what, value, unit, modelled, sources }) => {
    const published = value === null ? words.noFigure : `${words.number(value)} ${unit}`;
    const model =
      modelled === null
        ? words.knowsNothing
        : modelled.low === modelled.high
          ? words.number(modelled.middle)
          : words.between(modelled.middle, modelled.low, modelled.high);
    return [
      ...wrap(harmless(`${what} [${sources.join(", ")}]`), screen.width, "  · "),
      ...wrap(words.beside(harmless(published), model), screen.width, "      "),
    ];
  });
}

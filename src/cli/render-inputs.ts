// What each input was, what was left out of it and why, and what such an input can not show: the part of the page that
// keeps "nothing found" from being read as "nothing there".

import type { InspectInput } from "../inspect-result.ts";
import { harmless, paint, type Screen, title, wrap } from "./terminal.ts";
import type { Words } from "./words.ts";

const inputsShownMax = 12;

/** The lines of the section. Inputs with an error come first when not all can be shown. */
export function renderInputs(inputs: readonly InspectInput[], screen: Screen, words: Words): string[] {
  const shown = inputs.length <= inputsShownMax ? inputs : inputs.toSorted(erroneousFirst).slice(0, inputsShownMax);
  const lines = title(words.whatWasRead, screen);
  for (const input of shown) lines.push(...renderInput(input, screen, words));
  if (inputs.length > shown.length) lines.push(words.more(inputs.length - shown.length));
  return lines;
}

function erroneousFirst(a: InspectInput, b: InspectInput): number {
  return Number(b.error !== null) - Number(a.error !== null);
}

function renderInput(input: InspectInput, screen: Screen, words: Words): string[] {
  const facts = [input.format === null ? words.unreadFormat : words.formats[input.format]];
  const carried = (input.carries ?? []).map((format) => words.formats[format]);
  if (carried.length > 0) facts.push(words.carries(carried.join(", ")));
  if (input.format !== null) facts.push(words.flows(input.flows));
  if (input.records !== undefined && input.records > 0) facts.push(words.records(input.records));
  const mark = input.error === null ? paint("✓", ["green"], screen) : paint("✗", ["red"], screen);
  const lines = wrap(`${harmless(input.path)}: ${facts.join(", ")}`, screen.width, `${mark} `);
  const detail = (text: string): void => {
    lines.push(...wrap(text, screen.width, "    ", "      "));
  };
  if (input.error !== null) detail(harmless(input.error));
  const skipped = Object.entries(input.skipped)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${words.number(count)} ${words.skipReason(reason)}`);
  if (skipped.length > 0) detail(words.skipped(skipped.join(", ")));
  for (const remark of input.remarks ?? []) detail(harmless(remark));
  if (input.notVisible.length > 0) detail(words.invisible(input.notVisible.map(words.notVisible).join(", ")));
  return lines;
}

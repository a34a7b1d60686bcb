// The result of an inspection as a page a person can read at three in the morning: what is happening, how it spread, who
// was first, why, what was read, what to do next. Result in, text out; no clock, no terminal, no machine-made colour words.

import type { InspectNotable, InspectOutbreak, InspectResult, InspectSuspect } from "../inspect-result.ts";
import { renderInputs } from "./render-inputs.ts";
import { type ClockFace, clockFace, formatOdds, formatPercent, formatPeriod, formatSpan } from "./render-time.ts";
import { renderTree } from "./render-tree.ts";
import { harmless, type Paint, paint, type Screen, title, wrap } from "./terminal.ts";
import { en, type Words } from "./words.ts";

const outbreaksShownMax = 5;
const suspectsShownMax = 8;
const notablesShownMax = 6;
const reasonsShownMax = 4;

/** A status: shape, word and colour always go together. */
interface Status {
  readonly shape: string;
  readonly word: string;
  readonly paint: Paint;
}

/** Draws the whole page, with a line feed at its end. */
export function renderInspect(result: InspectResult, screen: Screen, words: Words = en): string {
  const face = clockFace(result.from, result.to);
  const blocks = [
    renderHeadlines(result, screen, words, face),
    ...result.outbreaks
      .slice(0, outbreaksShownMax)
      // A lone suspect is no tree: its headline says all there is.
      .filter((each) => each.phase === "confirmed" || each.hosts.length > 1 || each.rivals.length > 0)
      .map((each) => renderOutbreak(each, result, screen, words, face)),
    renderSuspects(result.suspects, screen, words, face),
    renderNotables(result.notable, screen, words, face),
    renderInputs(result.inputs, screen, words),
    renderNext(result, screen, words),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function renderHeadlines(result: InspectResult, screen: Screen, words: Words, face: ClockFace): string[] {
  const lines: string[] = [];
  const say = (status: Status, sentence: string): void => {
    const badge = paint(`${status.shape} ${status.word}`, [status.paint, "bold"], screen);
    lines.push(...wrap(sentence, screen.width, `${badge}  `, "  "));
  };
  const onsets = onsetsOf(result.suspects);
  for (const each of result.outbreaks.slice(0, outbreaksShownMax)) {
    const at = each.patientZero === null ? undefined : onsets.get(each.patientZero);
    const first = each.patientZero;
    const clock = at === undefined ? null : face(at);
    if (each.phase === "confirmed") {
      say(
        { shape: "■", word: words.confirmed, paint: "red" },
        words.spreading(each.port, each.hosts.length, first, clock),
      );
    } else {
      say({ shape: "◆", word: words.suspected, paint: "yellow" }, words.mayBeSpreading(each.port, first, clock));
    }
  }
  if (result.outbreaks.length > outbreaksShownMax) lines.push(words.more(result.outbreaks.length - outbreaksShownMax));
  if (result.outbreaks.length === 0) {
    const [status, sentence] = calmHeadline(result, words);
    say(status, sentence);
  }
  if (result.from !== null && result.to !== null) {
    lines.push(...wrap(words.period(...formatPeriod(result.from, result.to)), screen.width, "  "));
  }
  if (result.flows > 0)
    lines.push(...wrap(words.volume(result.flows, result.hosts, result.inputs.length), screen.width, "  "));
  const omitted = Object.entries(result.omitted ?? {}).filter(([, count]) => count > 0);
  const list = omitted.map(([what, count]) => `${words.number(count)} ${what}`).join(", ");
  if (list !== "") lines.push(...wrap(words.omitted(list), screen.width, "  "));
  return lines;
}

/** What to say when there is no outbreak. Never "safe": only what was seen. */
function calmHeadline(result: InspectResult, words: Words): [Status, string] {
  const isUnread = result.inputs.every((input) => input.error !== null && input.flows === 0);
  if (isUnread && result.suspects.length === 0 && result.notable.length === 0) {
    return [{ shape: "✗", word: words.unread, paint: "red" }, words.nothingRead];
  }
  if (result.suspects.length > 0) {
    return [{ shape: "▲", word: words.suspect, paint: "yellow" }, words.suspectsOnly(result.suspects.length)];
  }
  if (result.notable.some((each) => each.kind !== "known-talker")) {
    const thingCount = result.notable.filter((each) => each.kind !== "known-talker").length;
    return [{ shape: "○", word: words.notable, paint: "cyan" }, words.notablesOnly(thingCount)];
  }
  return [{ shape: "✓", word: words.quiet, paint: "green" }, result.flows === 0 ? words.noFlows : words.allQuiet];
}

function renderOutbreak(
  outbreak: InspectOutbreak,
  result: InspectResult,
  screen: Screen,
  words: Words,
  face: ClockFace,
): string[] {
  const name =
    result.outbreaks.length > 1
      ? `${words.howItSpread} (${harmless(outbreak.id)}, ${outbreak.port})`
      : words.howItSpread;
  const tree = renderTree(outbreak, { screen, words, face, onsets: onsetsOf(result.suspects) });
  return [...title(name, screen), ...tree, "", ...renderFirst(outbreak, screen, words)];
}

function renderFirst(outbreak: InspectOutbreak, screen: Screen, words: Words): string[] {
  const lines = title(words.whoWasFirst, screen);
  if (outbreak.patientZero === null) lines.push(...wrap(words.patientZeroUnknown, screen.width));
  else {
    const rest = outbreak.rivals.reduce((sum, rival) => sum + rival.probability, 0);
    const percent = outbreak.rivals.length === 0 ? null : formatPercent(Math.max(0, 1 - rest));
    lines.push(...wrap(words.patientZeroIs(outbreak.patientZero, percent), screen.width));
  }
  const rivals = outbreak.rivals.slice(0, 5).map((rival) => `${rival.address} (${formatPercent(rival.probability)})`);
  if (outbreak.rivals.length > rivals.length) rivals.push(words.more(outbreak.rivals.length - rivals.length));
  if (rivals.length > 0) lines.push(...wrap(words.rivals(rivals.join(", ")), screen.width));
  else if (outbreak.patientZero !== null) lines.push(words.noRivals);
  return lines;
}

function renderSuspects(suspects: readonly InspectSuspect[], screen: Screen, words: Words, face: ClockFace): string[] {
  if (suspects.length === 0) return [];
  const lines = title(words.suspects, screen);
  for (const each of suspects.slice(0, suspectsShownMax)) {
    const badge = paint("▲", ["yellow"], screen);
    const lag = formatSpan(Date.parse(each.flagged) - Date.parse(each.onset));
    const told = [
      words.onset(face(each.onset), face(each.flagged), lag),
      words.contacts(each.contactsToFlag),
      words.odds(formatOdds(each.logOdds)),
    ].join(", ");
    const lead = `${badge} ${paint(each.address, ["bold"], screen)}  ${each.port}  `;
    lines.push(...wrap(told, screen.width, lead, "    "), ...renderReasons(each.because, screen, words));
  }
  if (suspects.length > suspectsShownMax) lines.push(words.moreSuspects(suspects.length - suspectsShownMax));
  return lines;
}

function renderReasons(because: readonly string[], screen: Screen, words: Words): string[] {
  const lines = because
    .slice(0, reasonsShownMax)
    .flatMap((text) => wrap(harmless(text), screen.width, "    · ", "      "));
  if (because.length > reasonsShownMax) lines.push(`      ${words.more(because.length - reasonsShownMax)}`);
  return lines;
}

function renderNotables(notables: readonly InspectNotable[], screen: Screen, words: Words, face: ClockFace): string[] {
  if (notables.length === 0) return [];
  const lines = title(words.worthALook, screen);
  for (const kind of Object.keys(words.notableKinds) as InspectNotable["kind"][]) {
    const ofKind = notables.filter((each) => each.kind === kind);
    if (ofKind.length === 0) continue;
    lines.push(`${paint("○", ["cyan"], screen)} ${words.notableKinds[kind]}`);
    for (const each of ofKind.slice(0, notablesShownMax)) {
      const at = each.at === null ? "" : `${face(each.at)}  `;
      const lead = `    ${paint(each.address, ["bold"], screen)}  ${at}`;
      const reasons = each.because.slice(0, reasonsShownMax).map(harmless);
      lines.push(...wrap(reasons.join(" · "), screen.width, lead, "      "));
    }
    if (ofKind.length > notablesShownMax) lines.push(`      ${words.more(ofKind.length - notablesShownMax)}`);
  }
  return lines;
}

/** At most five things to do, the most urgent first. */
function renderNext(result: InspectResult, screen: Screen, words: Words): string[] {
  const steps: string[] = [];
  const zero = result.outbreaks.find((each) => each.patientZero !== null);
  const spreading = result.outbreaks.find((each) => each.phase === "confirmed");
  const first = zero?.patientZero ?? result.suspects[0]?.address;
  if (first !== undefined) steps.push(words.nextWatch(first));
  if (spreading !== undefined) steps.push(words.nextClosePort(spreading.port));
  const signs = result.notable.filter((each) => each.kind === "indicator" || each.kind === "brute-force");
  const marked = [...new Set(signs.map((each) => each.address))].filter((address) => address !== first);
  if (marked.length > 0) steps.push(words.nextLook(marked[0], marked.length - 1));
  if (result.inputs.some((input) => input.notVisible.includes("payload") && input.error === null))
    steps.push(words.nextPayload);
  if (result.suspects.length + result.notable.length > 0) steps.push(words.nextBaseline, words.nextMap);
  if (result.inputs.some((input) => (input.sensors ?? []).some((one) => (one.lostRecords ?? 0) > 0))) {
    steps.push(words.nextDoctor);
  }
  if (result.inputs.length === 1 && first === undefined) steps.push(words.nextMoreInputs);
  steps.push(words.nextJson);
  const lines = title(words.whatNext, screen);
  return [...lines, ...steps.slice(0, 5).flatMap((step) => wrap(step, screen.width, "→ ", "  "))];
}

function onsetsOf(suspects: readonly InspectSuspect[]): ReadonlyMap<string, string> {
  return new Map(suspects.map((each) => [each.address, each.onset]));
}

// What the terminal can do, and the one line at its bottom that shows progress. Colours are off when the output is not
// a terminal, with NO_COLOR, with --no-color or with TERM=dumb; nothing is ever said by colour alone.

export type Paint = "red" | "yellow" | "green" | "cyan" | "bold" | "dim";

const codes: Readonly<Record<Paint, readonly [number, number]>> = {
  red: [31, 39],
  yellow: [33, 39],
  green: [32, 39],
  cyan: [36, 39],
  bold: [1, 22],
  dim: [2, 22],
};

/** What a page is drawn for. */
export interface Screen {
  /** Columns a line may have. */
  readonly width: number;
  readonly hasColour: boolean;
}

const widthDefault = 80;
const widthMin = 40;
const widthMax = 120;

/** The output a screen is made from: process.stdout fits. */
export interface Output {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Decides width and colour. @param wantsColour false after --no-color */
export function screenOf(
  output: Output,
  environment: Readonly<Record<string, string | undefined>>,
  wantsColour: boolean,
): Screen {
  const isTerminal = output.isTTY === true;
  const isRefused = (environment.NO_COLOR ?? "") !== "" || environment.TERM === "dumb";
  const columns = isTerminal ? (output.columns ?? widthDefault) : widthDefault;
  return {
    width: Math.min(widthMax, Math.max(widthMin, columns)),
    hasColour: isTerminal && wantsColour && !isRefused,
  };
}

export function paint(text: string, paints: readonly Paint[], screen: Screen): string {
  if (!screen.hasColour) return text;
  return paints.reduce((inner, name) => `\u001b[${codes[name][0]}m${inner}\u001b[${codes[name][1]}m`, text);
}

/**
 * Makes text from outside (paths, signatures, names in a log) harmless to a terminal: control characters, which could
 * move the cursor or change colours, are shown as `\xNN`; so are the marks that turn the writing direction round.
 */
export function harmless(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.charCodeAt(0);
    return code > 255 ? `\\u${code.toString(16)}` : `\\x${code.toString(16).padStart(2, "0")}`;
  });
}

// oxlint-disable-next-line no-control-regex -- the escape character begins every colour code
const escapeCodes = /\u001b\[\d+m/g;

/** A section's title with a rule under it. */
export function title(text: string, screen: Screen): string[] {
  return [paint(text, ["bold"], screen), paint("─".repeat(columnsOf(text)), ["dim"], screen)];
}

/** Columns a text takes: colour codes take none; every character is taken for one column wide. */
export function columnsOf(text: string): number {
  return text.replace(escapeCodes, "").length;
}

/**
 * Breaks text at spaces into lines of at most `width` columns; a word longer than a line is cut.
 * @param first  what the first line begins with
 * @param rest   what the other lines begin with
 */
export function wrap(text: string, width: number, first = "", rest = " ".repeat(columnsOf(first))): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const whole of text.split(" ")) {
    let word = whole;
    for (;;) {
      const room = width - columnsOf(line) - (isEmpty ? 0 : 1);
      if (columnsOf(word) <= room) break;
      if (!isEmpty) {
        lines.push(line);
        line = rest;
        isEmpty = true;
        continue;
      }
      if (room < 1) break;
      lines.push(line + word.slice(0, room));
      word = word.slice(room);
      line = rest;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  lines.push(line);
  return lines;
}

/** One line that says how far the work is. */
export interface StatusLine {
  update(text: string, share: number | null): void;
  /** Wipes the line, so that what follows starts on a clean one. */
  done(): void;
}

const barColumns = 24;
const redrawMs = 80;
const plainLineMs = 5_000;

/**
 * On a terminal one line that is redrawn in place, with a bar; elsewhere a plain line now and then, none in the first
 * seconds, so that logs stay short.
 */
export function createStatusLine(output: Output, nowMs: () => number): StatusLine {
  const isTerminal = output.isTTY === true;
  let nextMs = nowMs() + (isTerminal ? redrawMs : plainLineMs);
  let isDrawn = false;
  return {
    update(text, share) {
      const now = nowMs();
      if (now < nextMs) return;
      nextMs = now + (isTerminal ? redrawMs : plainLineMs);
      if (!isTerminal) {
        output.write(`${text}\n`);
        return;
      }
      const filled = share === null ? 0 : Math.round(Math.min(1, Math.max(0, share)) * barColumns);
      const bar = share === null ? "" : `${"█".repeat(filled)}${"░".repeat(barColumns - filled)} `;
      const room = Math.max(8, (output.columns ?? widthDefault) - bar.length - 1);
      output.write(`\r\u001b[2K${bar}${text.length > room ? `${text.slice(0, room - 1)}…` : text}`);
      isDrawn = true;
    },
    done() {
      if (isDrawn) output.write("\r\u001b[2K");
      isDrawn = false;
    },
  };
}

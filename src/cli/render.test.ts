import { describe, expect, it } from "vitest";
import { samples } from "../../test/golden/samples.ts";
import type { InspectResult } from "../inspect-result.ts";
import { renderInspect } from "./render.ts";
import { clockFace, formatOdds, formatPercent, formatSpan } from "./render-time.ts";
import { renderTree } from "./render-tree.ts";
import { columnsOf, createStatusLine, harmless, screenOf, wrap } from "./terminal.ts";
import { en } from "./words.ts";

const plain = { width: 80, hasColour: false };
const colourful = { width: 80, hasColour: true };
const colourCodes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, "g");

describe("renderInspect()", () => {
  for (const [name, sample] of Object.entries(samples)) {
    it(`draws ${name} as in its golden page`, async () => {
      await expect(renderInspect(sample, plain)).toMatchFileSnapshot(`../../test/golden/inspect/${name}.txt`);
    });

    it.each([40, 60, 80, 120])(`keeps ${name} within %i columns`, (width) => {
      for (const line of renderInspect(sample, { width, hasColour: false }).split("\n")) {
        expect(columnsOf(line)).toBeLessThanOrEqual(Math.max(width, 60));
      }
    });

    it(`says nothing of ${name} by colour alone`, () => {
      const page = renderInspect(sample, colourful);
      expect(page).toMatch(colourCodes);
      expect(page.replace(colourCodes, "")).toBe(renderInspect(sample, plain));
    });
  }

  it("shows control characters and turning marks of a log instead of obeying them", () => {
    const page = renderInspect(samples.scanner, plain);
    expect(page).toContain("\\x1b[2J");
    expect(page).toContain("\\u202e");
  });

  it("names patient zero, the port and the number of hosts in the first line", () => {
    const [line] = renderInspect(samples["small-outbreak"], { width: 120, hasColour: false }).split("\n");
    expect(line).toContain("OUTBREAK");
    expect(line).toContain("tcp/445: 14 hosts, first 10.1.0.0 at 02:14:07");
  });
});

describe("renderTree()", () => {
  const face = clockFace("2026-03-12T02:00:00.000Z", "2026-03-12T03:00:00.000Z");
  const style = { screen: plain, words: en, face, onsets: new Map<string, string>() };
  const outbreak = (edges: readonly (readonly [string, string])[], hosts: readonly string[], zero: string | null) => ({
    ...samples["small-outbreak"].outbreaks[0],
    patientZero: zero,
    hosts: [...hosts],
    edges: edges.map(([from, to]) => ({ from, to, at: "2026-03-12T02:01:00.000Z", probability: 1 })),
  });
  /** Hosts of a drawing: those with a line of their own and those that are folded. */
  const counted = (lines: readonly string[]): number =>
    lines.reduce((sum, line) => sum + Number(/… and ([\d,]+) more/.exec(line)?.[1].replace(",", "") ?? 1), 0);

  it.each([1, 2, 14, 60, 400])("accounts for every one of %i hosts, drawn or folded", (hostCount) => {
    const result: InspectResult = samples["large-outbreak"];
    const hosts = result.outbreaks[0].hosts.slice(0, hostCount);
    const edges = result.outbreaks[0].edges.filter((edge) => hosts.includes(edge.to));
    const lines = renderTree({ ...result.outbreaks[0], hosts, edges }, style);
    expect(counted(lines)).toBe(hostCount);
    expect(lines.length).toBeLessThan(80);
  });

  it("draws edges that run in a loop without looping", () => {
    const lines = renderTree(
      outbreak(
        [
          ["a", "b"],
          ["b", "c"],
          ["c", "b"],
        ],
        ["a", "b", "c"],
        null,
      ),
      style,
    );
    expect(counted(lines)).toBe(3);
  });

  it("draws a chain of 5,000 hosts without a stack overflow", () => {
    const hosts = Array.from({ length: 5_000 }, (_, host) => `h${host}`);
    const edges = hosts.slice(1).map((to, at) => [hosts[at], to] as const);
    expect(counted(renderTree(outbreak(edges, hosts, "h0"), style))).toBe(5_000);
  });

  it("puts a host with two explanations under the likelier one", () => {
    const base = outbreak([], ["a", "b", "c"], "a");
    const at = "2026-03-12T02:01:00.000Z";
    const edges = [
      { from: "a", to: "c", at, probability: 0.3 },
      { from: "a", to: "b", at, probability: 1 },
      { from: "b", to: "c", at, probability: 0.7 },
    ];
    expect(renderTree({ ...base, edges }, style)).toEqual([
      "a  patient zero",
      "└─ b  02:01:00",
      "   └─ c  02:01:00  70 % likely",
    ]);
  });
});

describe("words about numbers", () => {
  it("never rounds a doubt away", () => {
    expect(formatPercent(0.9999)).toBe("over 99 %");
    expect(formatPercent(1)).toBe("100 %");
    expect(formatPercent(0.0001)).toBe("under 1 %");
  });
  it("gives odds in words and caps them", () => {
    expect(formatOdds(Math.log(99))).toBe("99 to 1");
    expect(formatOdds(Math.log(12_345))).toBe("12,000 to 1");
    expect(formatOdds(-Math.log(20))).toBe("1 to 20");
    expect(formatOdds(40)).toBe("over a million to 1");
  });
  it("gives spans in the two largest units", () => {
    expect([0, 999, 1_240, 59_999, 61_000, 3_661_000, 90_000_000].map(formatSpan)).toEqual([
      "0 ms",
      "999 ms",
      "1.2 s",
      "59.9 s",
      "1 min 1 s",
      "1 h 1 min",
      "1 d 1 h",
    ]);
  });
});

describe("the terminal", () => {
  it("gives colours only to a terminal that wants them", () => {
    const terminal = { isTTY: true, columns: 100, write: () => true };
    expect(screenOf(terminal, {}, true)).toEqual({ width: 100, hasColour: true });
    expect(screenOf(terminal, { NO_COLOR: "1" }, true).hasColour).toBe(false);
    expect(screenOf(terminal, { TERM: "dumb" }, true).hasColour).toBe(false);
    expect(screenOf(terminal, {}, false).hasColour).toBe(false);
    expect(screenOf({ write: () => true }, {}, true)).toEqual({ width: 80, hasColour: false });
  });
  it("wraps at spaces, cuts long words and loses no letter", () => {
    const text = "one two three aVeryLongWordThatFitsNowhere four";
    const lines = wrap(text, 12, "* ");
    expect(Math.max(...lines.map(columnsOf))).toBeLessThanOrEqual(12);
    expect(lines.join("").replaceAll(/[* ]/g, "")).toBe(text.replaceAll(" ", ""));
  });
  it("leaves ordinary text as it is", () => {
    expect(harmless("Réanimation / bloc 3 — été")).toBe("Réanimation / bloc 3 — été");
  });
  it("redraws one line on a terminal and wipes it at the end", () => {
    let written = "";
    let now = 0;
    const status = createStatusLine({ isTTY: true, columns: 60, write: (text) => (written += text) }, () => now);
    status.update("early", 0);
    expect(written).toBe("");
    now = 1_000;
    status.update("half", 0.5);
    expect(written).toContain(`${"█".repeat(12)}${"░".repeat(12)} half`);
    status.done();
    expect(written.endsWith("\r\u001b[2K")).toBe(true);
  });
  it("writes few plain lines when there is no terminal", () => {
    const lines: string[] = [];
    let now = 0;
    const status = createStatusLine({ write: (text) => lines.push(text) }, () => now);
    for (; now < 12_000; now += 10) status.update(`at ${now}`, null);
    status.done();
    expect(lines).toEqual(["at 5000\n", "at 10000\n"]);
  });
});

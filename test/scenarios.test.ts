// Every drawing in test/scenarios/, told in five ways: the verdicts it expects must come out of each.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readDrawing } from "./scenarios/drawing.ts";
import { faultOf, runDrawing, tellings } from "./scenarios/run-drawing.ts";

const folder = new URL("scenarios/", import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith(".txt"));

describe.each(names)("the drawing %s", (name) => {
  const drawing = readDrawing(readFileSync(new URL(name, folder), "utf8"));

  it("says what to expect", () => {
    expect(drawing.expected.length + drawing.gaps.length).toBeGreaterThan(0);
    expect(drawing.title).not.toBe("");
  });

  it.each(tellings)("holds, told %s", (telling) => {
    const got = runDrawing(drawing, telling);
    const isTimed = telling !== "two phases";
    const standing = drawing.gaps.includes("counted") ? [] : ["counted"];
    const faults = [...drawing.expected, ...standing].map((verdict) => faultOf(verdict, drawing, got, isTimed));
    expect(faults.filter((fault) => fault !== null)).toEqual([]);
  });

  if (drawing.gaps.length > 0) {
    it("still has the gaps it names: a verdict that holds in every telling belongs under expect", () => {
      for (const verdict of drawing.gaps) {
        const faults = tellings.map((telling) => faultOf(verdict, drawing, runDrawing(drawing, telling), false));
        expect(faults.filter((fault) => fault !== null).length, verdict).toBeGreaterThan(0);
      }
    });
  }
});

import { describe, expect, it } from "vitest";
import { readDrawing } from "../../test/scenarios/drawing.ts";
import { runDrawing } from "../../test/scenarios/run-drawing.ts";

/** An update server u pushes to its clients; w3 is called by it and calls on, and so does what w3 called. */
const pushes = `role workstation x1,y1
earlier  w1..w15 >u/8530
pace     u >w1*900k,w2*900k,w3*900k,w4*900k,w5*900k,w6*900k,w7*900k,w8*900k,w9*900k every 2
pace     w3 >x1*900k every 1 from 30
pace     x1 >y1*900k every 1 from 60`;

describe("flags that stand", () => {
  it("fall with the flag of a talker they rested on, one after the other", () => {
    const drawing = readDrawing(pushes);
    const { detection, hosts } = runDrawing(drawing, "whole");
    expect(detection.suspects.map((suspect) => suspect.address)).toEqual([]);
    expect(detection.outbreaks).toEqual([]);
    const lines = detection.notables.map((notable) => `${hosts.format(notable.host)} ${notable.because.join("; ")}`);
    const told = (name: string): string => lines.find((line) => line.startsWith(`${drawing.addressOf(name)} `)) ?? "";
    expect(told("u")).toContain("behaves like a software distribution server");
    expect(told("w3")).toContain(`only because of calls by ${drawing.addressOf("u")}`);
    expect(told("x1")).toContain(`only because of calls by ${drawing.addressOf("w3")}`);
  });

  it("leave nobody listed as reached by a suspect that is none", () => {
    const { detection } = runDrawing(readDrawing(pushes), "whole");
    expect(detection.notables.filter((notable) => notable.kind === "exposed")).toEqual([]);
  });

  it("stay when the evidence is enough without the talker's calls", () => {
    const drawing = readDrawing(`silent d1..d20\n${pushes}\npace w3 >d1..d20 every 1 from 100`);
    const { detection } = runDrawing(drawing, "whole");
    expect(detection.suspects.map((suspect) => suspect.address)).toContain(drawing.addressOf("w3"));
  });
});

import { describe, expect, it } from "vitest";
import { readDrawing } from "../../test/scenarios/drawing.ts";
import { runDrawing } from "../../test/scenarios/run-drawing.ts";
import { type BaselineFile, decodeWords, encodeWords, readBaseline, TALKER_VALID_MS } from "./baseline.ts";
import { contactKey } from "./contact-memory.ts";
import { Detector } from "./detect.ts";
import { HostTable } from "../model/host-table.ts";

/** A file as an empty night leaves it, with some fields changed. */
function fileWith(changes: Partial<BaselineFile> = {}): BaselineFile {
  const detector = new Detector({ hosts: new HostTable() });
  return { ...detector.baseline(), learnedFromMs: 0, learnedToMs: 0, ...changes };
}

function suspectNames(text: string): string[] {
  const drawing = readDrawing(text);
  const { detection } = runDrawing(drawing, "whole");
  const names = new Set(drawing.contacts.map(({ source }) => source));
  return [...names].filter((name) => detection.suspects.some(({ address }) => address === drawing.addressOf(name)));
}

describe("encodeWords() and decodeWords()", () => {
  it("bring back every word, the largest too", () => {
    const words = Uint32Array.of(0, 1, 0x7fffffff, 0x80000000, 0xffffffff);
    expect(decodeWords(encodeWords(words))).toEqual(words);
    expect(decodeWords(encodeWords(words.subarray(2, 4)))).toEqual(words.slice(2, 4));
    expect(decodeWords("")).toEqual(new Uint32Array(0));
  });
});

describe("readBaseline()", () => {
  it("knows the contacts of the file, and no others", () => {
    const keys = [contactKey(1, 2, 6, 445), contactKey(1, 3, 6, 445)].map((key) => key >>> 0);
    const baseline = readBaseline(
      JSON.stringify(fileWith({ contacts: encodeWords(Uint32Array.from(keys)) })),
      "b.json",
    );
    expect(baseline.knows(contactKey(1, 2, 6, 445))).toBe(true);
    expect(baseline.knows(contactKey(1, 3, 6, 445))).toBe(true);
    expect(baseline.knows(contactKey(2, 1, 6, 445))).toBe(false);
    expect(baseline.knows(contactKey(1, 2, 6, 139))).toBe(false);
  });

  it("cannot tell who is active when the file lists nobody", () => {
    expect(readBaseline(JSON.stringify(fileWith({ activeHosts: "" })), "b.json").isActive(7)).toBe(null);
    const some = fileWith({ activeHosts: encodeWords(Uint32Array.of(7)) });
    expect(readBaseline(JSON.stringify(some), "b.json").isActive(7)).toBe(true);
    expect(readBaseline(JSON.stringify(some), "b.json").isActive(8)).toBe(false);
  });

  it("gives each talker its date", () => {
    const talkers = [{ addressHash: 5, kind: "backup", untilMs: TALKER_VALID_MS }];
    const baseline = readBaseline(JSON.stringify(fileWith({ talkers })), "b.json");
    expect(baseline.talkerUntilMs(5)).toBe(TALKER_VALID_MS);
    expect(baseline.talkerUntilMs(6)).toBe(null);
  });

  it.each([
    ["nothing", ""],
    ["half a file", JSON.stringify(fileWith()).slice(0, 60)],
    ["another schema", JSON.stringify({ ...fileWith(), schema: "cordon.baseline/2" })],
    ["a number", "7"],
    ["a null", "null"],
    ["a list", "[]"],
    ["no contacts", JSON.stringify({ ...fileWith(), contacts: undefined })],
    ["talkers that are no list", JSON.stringify({ ...fileWith(), talkers: {} })],
  ])("says in one sentence what is wrong with %s", (_, text) => {
    expect(() => readBaseline(text, "b.json")).toThrow(/^Cannot read the baseline b\.json: .+ must be .+, got .+[^.]$/);
  });
});

describe("a baseline in use", () => {
  const sweep = "silent d1..d9\npace a >d1..d9 every 1";

  it("keeps quiet about contacts that were usual, however many", () => {
    expect(suspectNames(sweep)).toEqual(["a"]);
    expect(suspectNames(`before a >d1..d9\n${sweep}`)).toEqual([]);
  });

  it("does not excuse new targets of the same host", () => {
    expect(suspectNames(`before a >f1..f3 every 28800\n${sweep}`)).toEqual(["a"]);
  });

  it("does not excuse one host for what another did", () => {
    expect(suspectNames(`before b >d1..d9\n${sweep}`)).toEqual(["a"]);
  });

  it("lets the habit of a talker end on its date", () => {
    const drawing = readDrawing(`before m >t1..t12 every 4 rounds 8\nsilent n1..n12\npace m >n1..n12 every 2`);
    const learned = (untilMs: number): boolean => {
      const hosts = new HostTable();
      const first = runDrawing(drawing, "whole");
      expect(first.detection.suspects).toEqual([]); // within its date
      const file = fileWith({
        talkers: [{ addressHash: addressHashOf(hosts, drawing.addressOf("m")), kind: "monitoring", untilMs }],
      });
      const got = runDrawing(drawing, "whole", readBaseline(JSON.stringify(file), "b.json"));
      return got.detection.suspects.length === 0;
    };
    expect(learned(drawing.contacts[0].atMs + 1)).toBe(true);
    expect(learned(drawing.contacts[0].atMs - 1)).toBe(false);
  });
});

function addressHashOf(hosts: HostTable, address: string): number {
  const [a, b, c, d] = address.split(".").map(Number);
  return hosts.hash[hosts.intern4(((a << 24) | (b << 16) | (c << 8) | d) >>> 0)];
}

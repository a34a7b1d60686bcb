import { expect, it } from "vitest";
import { readWorm } from "./worm-file.ts";

const text = [
  "schema: cordon.worm/1",
  "id: mine",
  "title: Mine",
  "port: tcp/139",
  "localTriesPerSecond: 2",
  "remoteTriesPerSecond: 0",
  "knowsHosts: true",
  "takeProbability: 0.5",
  "dormancy: { meanSeconds: 3, kind: fixed }",
  "vulnerableShare: { workstation: 1, server: 0, medical: 0, other: 0 }",
].join("\n");

it("a worm of one's own is read, and says that its figures are its author's", () => {
  const read = readWorm(text, "mine.yaml");
  expect(read.ok && [read.worm.port, read.worm.activeSeconds, read.worm.claims[0].source]).toEqual([
    "tcp/139",
    null,
    "stated by the user",
  ]);
});

it("every fault of a worm file is told, each with where it stands", () => {
  const faulty = readWorm(`${text}\nlocalTriesPerSecnd: 3`.replace("tcp/139", "wormhole"), "mine.yaml");
  const faults = faulty.ok ? [] : faulty.faults;
  expect(faults).toHaveLength(2);
  expect(faults.join("\n")).toMatch(
    /mine\.yaml: Cannot read the worm: port must be a port like tcp\/445, got "wormhole"/,
  );
});

it("slots are given whole or not at all", () => {
  const both = readWorm(`${text}\ntakesAtOnce: 10\ntakeSeconds: 45`, "mine.yaml");
  expect(both.ok && [both.worm.takesAtOnce, both.worm.takeSeconds]).toEqual([10, 45]);
  const none = readWorm(text, "mine.yaml");
  expect(none.ok && [none.worm.takesAtOnce, none.worm.takeSeconds]).toEqual([null, null]);
  for (const line of ["takesAtOnce: 10", "takeSeconds: 45"]) {
    expect(readWorm(`${text}\n${line}`, "mine.yaml")).toMatchObject({
      faults: [expect.stringMatching(/takeSeconds must be given with takesAtOnce, or neither of them/)],
    });
  }
  for (const line of ["takesAtOnce: 0", "takesAtOnce: 1.5", "takeSeconds: 0", "takeSeconds: -1"]) {
    expect(readWorm(`${text}\n${line}`, "mine.yaml").ok).toBe(false);
  }
});

it("a damaged worm file is refused, never thrown at", () => {
  expect(readWorm(": : :", "mine.yaml").ok).toBe(false);
  for (let at = 0; at < text.length; at += 3) {
    expect(() => readWorm(text.slice(0, at), "cut.yaml")).not.toThrow();
    expect(() => readWorm(`${text.slice(0, at)}\u0000{${text.slice(at + 2)}`, "hurt.yaml")).not.toThrow();
  }
});

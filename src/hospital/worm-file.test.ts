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

it("a damaged worm file is refused, never thrown at", () => {
  expect(readWorm(": : :", "mine.yaml").ok).toBe(false);
  for (let at = 0; at < text.length; at += 3) {
    expect(() => readWorm(text.slice(0, at), "cut.yaml")).not.toThrow();
    expect(() => readWorm(`${text.slice(0, at)}\u0000{${text.slice(at + 2)}`, "hurt.yaml")).not.toThrow();
  }
});

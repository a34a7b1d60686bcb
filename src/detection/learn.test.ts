import { describe, expect, it } from "vitest";
import { readDrawing } from "../../test/scenarios/drawing.ts";
import { baselineFileOf } from "../../test/scenarios/run-drawing.ts";
import { parseAddress } from "../model/address.ts";
import { HostTable } from "../model/host-table.ts";
import { decodeWords } from "./baseline.ts";

/** What a quiet day teaches, and the hash of a drawn name. */
function learn(text: string): { file: ReturnType<typeof baselineFileOf>; hashOf: (name: string) => number } {
  const drawing = readDrawing(text);
  const hosts = new HostTable();
  const hashOf = (name: string): number => {
    const address = parseAddress(drawing.addressOf(name));
    if (address === null) throw new Error(`No address for ${name}`);
    return hosts.hash[hosts.intern(address)];
  };
  return { file: baselineFileOf(drawing), hashOf };
}

describe("learnBaseline()", () => {
  it("states its time and host-days", () => {
    const { file } = learn("before a,b,c >f every 21600 rounds 5"); // 24 hours and a little
    expect((file.learnedToMs - file.learnedFromMs) / 3_600_000).toBeCloseTo(24, 1);
    expect(file.hostDays).toBeCloseTo(3, 1);
  });

  it("lists each contact once, both its hosts' pair too", () => {
    const once = decodeWords(learn("before a >f rounds 1").file.contacts);
    const often = decodeWords(learn("before a >f rounds 9").file.contacts);
    expect(often).toEqual(once);
    expect(often.length).toBe(2); // the contact and the pair
  });

  it("lists hosts that were at work, inside ones only, sorted", () => {
    const { file, hashOf } = learn("outside o\nbefore a >f,o/443\nbefore b >f\nbefore o >b/443");
    const active = decodeWords(file.activeHosts);
    expect([...active]).toEqual([...active].sort((x, y) => x - y));
    expect(active).toContain(hashOf("a") >>> 0);
    expect(active).toContain(hashOf("b") >>> 0);
    expect(active).not.toContain(hashOf("o") >>> 0);
  });

  it("knows a server from two clients on, by the number of its clients", () => {
    const servers = decodeWords(learn("before a,b,c >f\nbefore a >g").file.servers);
    expect(servers.length).toBe(2);
    expect(servers[1]).toBe(3);
  });

  it("takes a host whose work is to touch many for a talker, by its kind and for thirty days", () => {
    const { file, hashOf } = learn("before m >t1..t15 every 4 rounds 8\nbefore a >f");
    expect(file.talkers.map(({ addressHash, kind }) => [addressHash, kind])).toEqual([[hashOf("m"), "monitoring"]]);
    expect(file.talkers[0].untilMs).toBe(file.learnedToMs + 30 * 24 * 3_600_000);
  });

  it("takes nobody for a talker who only opens a few shares", () => {
    expect(learn("before w1..w9 >f1..f3 every 3600 rounds 8").file.talkers).toEqual([]);
  });

  it("counts at least one scored contact a day, so that a quiet network does not lower the threshold without end", () => {
    expect(learn("before a >f/443 every 43200 rounds 3").file.scoredContactsPerDay).toBe(1);
  });

  it("gives the same file for the same day", () => {
    const text = "before w1..w9 >f1..f3 every 600 rounds 3\nbefore m >t1..t15 every 4 rounds 8";
    expect(learn(text).file).toEqual(learn(text).file);
  });
});

import { describe, expect, it } from "vitest";
import { readDrawing } from "../../test/scenarios/drawing.ts";
import { runDrawing } from "../../test/scenarios/run-drawing.ts";

/** `name kind` of every notable of a drawn case, sorted. */
function kindsIn(text: string): string[] {
  const drawing = readDrawing(text);
  const { detection, hosts } = runDrawing(drawing, "whole");
  const names = new Set(drawing.contacts.flatMap(({ source, target }) => [source, target]));
  const nameOf = new Map([...names].map((name) => [drawing.addressOf(name), name]));
  return detection.notables.map(({ host, kind }) => `${nameOf.get(hosts.format(host))} ${kind}`).sort();
}

describe("notables", () => {
  it("are none where each host does one thing", () => {
    expect(kindsIn("w1..w5 >f")).toEqual([]);
  });

  it("name a sweep by ARP from sixteen addresses on", () => {
    expect(kindsIn("pace a >x1..x15/arp? every 1")).toEqual([]);
    expect(kindsIn("pace a >x1..x40/arp? every 1")).toEqual(["a scanner"]);
  });

  it("name a slow sweep by ping as well", () => {
    expect(kindsIn("pace a >x1..x40/ping! every 20")).toEqual(["a scanner"]);
  });

  it("name a small fast fan-out as unusual, without an accusation", () => {
    expect(kindsIn("a >b,c,d")).toEqual(["a unusual"]);
  });

  it("name the outside host that scans, and no inside host for being scanned by few", () => {
    expect(kindsIn("outside o\npace o >d1..d40! every 1")).toEqual(["o inbound-scan"]);
  });

  it("name the inside host that many outside hosts call", () => {
    expect(kindsIn("outside o1..o30\no1..o30 >w/22x")).toEqual(["w inbound-scan"]);
  });

  it("name those whom a suspect reached, but not those who never answered", () => {
    const kinds = kindsIn("silent d1..d8\npace a >d1..d4,b,c,d5..d8 every 1");
    expect(kinds).toEqual(["b exposed", "c exposed"]);
  });

  it("name a host that tries many ports of one machine", () => {
    const ports = Array.from({ length: 40 }, (_, nth) => `>t/${1_000 + nth * 13}!`).join(" ");
    expect(kindsIn(`earlier w >f\npace a ${ports} every 1`)).toContain("a scanner");
  });
});

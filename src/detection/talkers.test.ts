import { describe, expect, it } from "vitest";
import { readDrawing } from "../../test/scenarios/drawing.ts";
import { runDrawing } from "../../test/scenarios/run-drawing.ts";

/** Notables of a host in a drawn case, as `kind: sentence`, and the names that are suspects. */
function toldOf(text: string, name: string): { readonly lines: string[]; readonly suspects: string[] } {
  const drawing = readDrawing(text);
  const { detection, hosts } = runDrawing(drawing, "whole");
  const address = drawing.addressOf(name);
  return {
    lines: detection.notables
      .filter((notable) => hosts.format(notable.host) === address)
      .map((notable) => `${notable.kind}: ${notable.because.join("; ")}`),
    suspects: detection.suspects.map((suspect) => suspect.address),
  };
}

const pages = Array.from({ length: 500 }, (_, nth) => `>p${nth + 1}/443`).join(" ");
const rounds = (count: number, outcome: string): string => `pace m >t1..t15${outcome} every 4 rounds ${count}`;

describe("a known talker", () => {
  it("is a monitor when it comes back to the same machines", () => {
    expect(toldOf(rounds(6, ""), "m").lines.join()).toMatch(
      /known-talker: behaves like a monitoring server: comes back/,
    );
  });

  it("is no monitor on its first round: it is not told from a worm yet", () => {
    expect(toldOf(rounds(1, "!"), "m").suspects.length).toBe(1);
  });

  it("is no monitor when nobody is where it calls, however often", () => {
    expect(toldOf(rounds(8, "!"), "m").suspects.length).toBe(1);
  });

  it("is a backup when it fetches much from each machine", () => {
    const told = toldOf("pace m >t1..t15<30000k every 60", "m");
    expect(told.lines.join()).toMatch(/behaves like a backup server: fetches about 30 MB from each of 15 targets/);
    expect(told.suspects).toEqual([]);
    expect(toldOf("pace m >t1..t15 every 60", "m").suspects.length).toBe(1); // 3 kB from each is no backup
  });

  it("is an update server when its clients fetch from it and it calls them back", () => {
    const fetched = "earlier w1..w15 >u/8530\npace u >w1..w15 every 2";
    expect(toldOf(fetched, "u").lines.join()).toMatch(
      /known-talker: behaves like a software distribution server: distributes software: 15/,
    );
  });

  it("is no update server when those it calls are not there", () => {
    expect(toldOf("earlier w1..w15 >u/8530\npace u >d1..d40! every 2", "u").suspects.length).toBe(1);
  });

  it("is a scanner of holes when it tries a dozen ports of each machine, and not when it tries two", () => {
    const ports = [21, 22, 80, 110, 135, 139, 143, 443, 445, 1433, 3306, 3389];
    const round = (tried: readonly number[]): string =>
      `pace v ${tried.map((port) => `>t1..t8/${port}${port === 445 ? "" : "!"}`).join(" ")} every 1`;
    expect(toldOf(round(ports), "v").lines.join()).toMatch(/known-talker: behaves like a vulnerability scanner/);
    expect(toldOf(round([139, 3389]), "v").suspects.length).toBe(1);
  });

  it("is no scanner's round when only two machines are tried", () => {
    const ports = [21, 22, 80, 110, 135, 139, 143, 443, 445, 1433, 3306, 3389];
    const text = `pace v ${ports.map((port) => `>t1,t2/${port}!`.replace("t1,t2", "t1..t2")).join(" ")} every 1`;
    expect(toldOf(text, "v").lines.join()).not.toContain("vulnerability scanner");
  });

  it("is a print server when it prints for others, and not when it only prints", () => {
    const jobs = "pace s >q1..q6/9100 every 30";
    expect(toldOf(`earlier w1..w8 >s\n${jobs}`, "s").lines.join()).toMatch(
      /a print server: sends print jobs to 6 printers for 8 clients/,
    );
    expect(toldOf(jobs, "s").lines).toEqual([]);
  });

  it("is a domain controller by those who log on to it, though it calls nobody else", () => {
    const logons = "earlier w1..w8 >c/88\npace c >x/135 every 600";
    expect(toldOf(logons, "c").lines.join()).toMatch(/a domain controller: 8 clients log on/);
  });

  it("is an image archive when several send to it and it sends to several, and a modality is not", () => {
    const images = "earlier m1..m4 >i/104\npace i >r1..r3/104 every 60";
    expect(toldOf(images, "i").lines.join()).toMatch(/an image archive: takes images from 4 machines and sends to 3/);
    expect(toldOf(images, "m1").lines).toEqual([]);
  });

  it("is a gateway by its web contacts", () => {
    expect(toldOf(`outside p1..p500\npace g ${pages} every 1`, "g").lines.join()).toMatch(
      /a gateway of several users: 500 web contacts/,
    );
  });

  it("is not excused when a suspect reached it before it began to call", () => {
    const taken = `earlier w1..w15 >u/8530
silent d1..d9
         0    1    2    3    4
a        >d1  >d2  >d3  >d4  >u*900k
pace u >w1..w15 every 2 from 20`;
    const drawing = readDrawing(taken);
    expect(toldOf(taken, "u").suspects).toContain(drawing.addressOf("u"));
  });
});

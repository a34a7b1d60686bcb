import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newMap, newSegment } from "../hospital/load.ts";
import { type Control, closingOf, controlId, parseControl, placeOfInternet } from "./control.ts";
import type { HospitalMap } from "./map.ts";
import { PROTOCOL_TCP } from "./flow.ts";
import { reachOf, reachUnder } from "./reach.ts";

/** Two buildings: b1 with care and servers, b2 with lab. */
const map: HospitalMap = {
  ...newMap("two buildings"),
  sites: [{ id: "s", name: null, aliases: [] }],
  buildings: ["b1", "b2"].map((id) => ({ id, name: null, site: "s", aliases: [] })),
  segments: [
    { ...newSegment("care", "workstations"), building: "b1", cidrs: ["10.0.1.0/24"] },
    { ...newSegment("servers", "servers"), building: "b1", cidrs: ["10.0.2.0/24"] },
    { ...newSegment("lab", "workstations"), building: "b2", cidrs: ["10.0.3.0/24"], isPeerIsolated: true },
  ],
  crossingDefault: "open-within-building",
  crossings: [
    { from: "lab", to: "servers", ports: ["tcp/443", "tcp/445"], because: null },
    { from: "all", to: "internet", ports: ["tcp/443"], because: null },
  ],
};
const [care, servers, lab, internet] = [0, 1, 2, placeOfInternet(map)];

/** `care>servers` and so on: what is open on a port. */
function open(port: string, controls: readonly Control[] = []): string[] {
  const names = ["care", "servers", "lab", "internet"];
  const { allows, placeCount } = reachUnder(map, reachOf(map, port), controls);
  return names.flatMap((from, a) =>
    names.flatMap((to, b) => (allows[a * placeCount + b] === 1 && from !== "internet" ? [`${from}>${to}`] : [])),
  );
}

const everywhere = ["care>care", "care>servers", "servers>care", "servers>servers", "lab>servers"];

describe("reach", () => {
  it("is what the crossings say, within a segment unless its hosts are kept apart", () => {
    expect(open("tcp/445")).toEqual(everywhere);
    expect(open("tcp/443")).toEqual([
      "care>care",
      "care>servers",
      "care>internet",
      "servers>care",
      "servers>servers",
      "servers>internet",
      "lab>servers",
      "lab>internet",
    ]);
    expect(() => reachOf(map, "445")).toThrow("the port must be like tcp/445, got 445");
  });
});

describe("controls", () => {
  const closed = (control: string, port = "tcp/445"): string[] => {
    const parsed = parseControl(control);
    if (parsed === null) throw new Error(`no control: ${control}`);
    const left = open(port, [parsed]);
    return open(port).filter((each) => !left.includes(each));
  };

  it.each([
    ["close-port-within/care/tcp/445", ["care>care"]],
    ["close-port-within/building:b1/tcp/445", ["care>care", "servers>care"]],
    ["close-port-within/servers/tcp/445", ["servers>servers"]],
    ["close-port-within/all/tcp/443", []],
    ["close-port/building:b1/tcp/445", ["lab>servers"]],
    ["close-port/care/tcp/445", ["care>servers", "servers>care"]],
    ["isolate-host/10.0.1.7", []],
    ["isolate-segment/servers", ["care>servers", "servers>care", "lab>servers"]],
    ["isolate-segment/servers+lab>servers:tcp/445", ["care>servers", "servers>care"]],
    ["isolate-building/b1", ["lab>servers"]],
    ["isolate-building/b1+lab>servers:any", []],
    ["isolate-site/s", []],
    ["cut-internet", []],
  ])("%s closes %j", (control, expected) => {
    expect(closed(control)).toEqual(expected);
  });

  it("of the internet close both ways, for a site or for all", () => {
    expect(closed("cut-internet", "tcp/443")).toEqual(["care>internet", "servers>internet", "lab>internet"]);
    expect(closed("cut-internet/site:s", "tcp/443")).toEqual(["care>internet", "servers>internet", "lab>internet"]);
    const closing = closingOf(map, { kind: "cut-internet", site: null });
    expect([closing(internet, lab, PROTOCOL_TCP, 443), closing(care, servers, PROTOCOL_TCP, 443)]).toEqual([
      true,
      false,
    ]);
  });

  it("are read as they are written", () => {
    const id = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
    const port = fc.nat(65_535).map((number) => `tcp/${number}`);
    const except = fc.array(fc.record({ from: id, to: id, port }), { maxLength: 2 });
    const scope = fc.oneof(
      id,
      id.map((name) => `building:${name}`),
    );
    const control: fc.Arbitrary<Control> = fc.oneof(
      fc.record({ kind: fc.constant("close-port-within" as const), within: scope, port }),
      fc.record({ kind: fc.constant("close-port" as const), around: scope, port }),
      fc.record({ kind: fc.constant("isolate-host" as const), host: id }),
      fc.record({ kind: fc.constant("isolate-segment" as const), segment: id, except }),
      fc.record({ kind: fc.constant("isolate-building" as const), building: id, except }),
      fc.record({ kind: fc.constant("isolate-site" as const), site: id, except }),
      fc.record({ kind: fc.constant("cut-internet" as const), site: fc.option(id) }),
    );
    fc.assert(
      fc.property(control, (each) => {
        expect(parseControl(controlId(each))).toEqual(each);
      }),
    );
  });

  it.each(["", "isolate-building", "close-port/care", "close-port/care/tcp", "burn/everything", "isolate-segment/a+b"])(
    "%j is none",
    (text) => expect(parseControl(text)).toBeNull(),
  );
});

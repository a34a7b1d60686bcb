import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadMap } from "../hospital/load.ts";
import { closingOf, type Control } from "../model/control.ts";
import type { HospitalMap } from "../model/map.ts";
import { candidatesOf, plannedOf } from "./candidates.ts";
import { groundOf } from "./ground.ts";

function mapOf(name: string): HospitalMap {
  const path = new URL(`../../examples/${name}/hospital.yaml`, import.meta.url);
  const loaded = loadMap(readFileSync(path, "utf8"), name);
  if (!("map" in loaded) || loaded.map === null) throw new Error("the example loads");
  return loaded.map;
}
const chu = groundOf(mapOf("chu"));
const clinic = groundOf(mapOf("clinic"));
const state = {
  port: "tcp/445",
  segments: [{ segment: "jetty-ws", infected: 3, isolated: 0, hiddenMean: 1 }],
  hosts: ["10.21.1.50"],
};

describe("candidatesOf()", () => {
  const { able, unable } = candidatesOf(chu, state);

  it("offers every rung that a point accepts and guards, and keeps aside what nobody can do", () => {
    expect(new Set(able.map(({ control }) => control.kind))).toEqual(
      new Set([
        "close-port-within",
        "close-port",
        "isolate-host",
        "isolate-segment",
        "isolate-building",
        "isolate-site",
        "cut-internet",
      ]),
    );
    expect(able.every(({ points }) => points.length > 0)).toBe(true);
    expect(unable.map(({ id }) => id)).toContain("close-port-within/site:cedar/tcp/445");
    expect(unable.every(({ points, failureProbability }) => points.length === 0 && failureProbability === 1)).toBe(
      true,
    );
  });

  it("names the quickest point first, with its time and its failures", () => {
    const building = able.find(({ control }) => control.kind === "isolate-building" && control.building === "jetty");
    expect(building?.points).toEqual(["fw-cedar", "sw-jetty", "hands-cedar"]);
    expect(building).toMatchObject({ applySeconds: 0.5, failureProbability: 0.01 });
  });

  it("leaves open across an isolation what services need, but never the worm's port", () => {
    const building = able.find(({ control }) => control.kind === "isolate-building" && control.building === "jetty");
    const control = building?.control as Control;
    const closes = closingOf(chu.map, control);
    const across = chu.care.conversations.filter(({ from }) => chu.map.segments[from].id === "jetty-ws");
    expect(across.length).toBeGreaterThan(2);
    expect(across.some(({ from, to, protocol, port }) => closes(from, to, protocol, port))).toBe(false);
    expect(closes(across[0].from, across[0].to, 6, 445)).toBe(true);
  });
});

describe("approvals", () => {
  const approvalOf = (control: Control) => plannedOf(clinic, control).approval;

  it("follow the ladder", () => {
    expect(approvalOf({ kind: "close-port-within", within: "care", port: "tcp/445" })).toBe("one-person");
    expect(approvalOf({ kind: "isolate-host", host: "10.90.1.40" })).toBe("one-person");
    expect(approvalOf({ kind: "isolate-segment", segment: "care", except: [] })).toBe("two-people");
    expect(approvalOf({ kind: "isolate-building", building: "main", except: [] })).toBe("network-lead-and-care-lead");
    expect(approvalOf({ kind: "cut-internet", site: null })).toBe("network-lead-and-care-lead");
  });

  it("ask both leads for anything that touches a protected item, exceptions or not", () => {
    expect(approvalOf({ kind: "isolate-host", host: "phones-1" })).toBe("network-lead-and-care-lead");
    const except = [{ from: "care", to: "servers", port: "tcp/443" }];
    expect(approvalOf({ kind: "isolate-segment", segment: "servers", except })).toBe("network-lead-and-care-lead");
  });
});

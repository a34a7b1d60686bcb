// The compiled form against a twin that reads the map anew for every question, on drawn-by-lot hospitals; and what must
// hold for any hospital: nothing lost is nothing hit, and more cuts or losses never help.

import { describe, expect, test } from "vitest";
import { drawControl, drawMap } from "../../test/drawn-care.ts";
import { createRandom, type Random } from "../kit/random.ts";
import { type LostHosts, serviceStates } from "../model/care.ts";
import { closingOf, type Control, placeOfInternet } from "../model/control.ts";
import type { CareService, HospitalMap, NeedOption } from "../model/map.ts";
import { kindOfRole } from "../model/places.ts";
import { parsePort } from "../model/port.ts";
import { compileCare } from "./assess.ts";

const seeds = Array.from({ length: 150 }, (_, at) => 1_000 + at);
const moments = [0, 7, 15, 30, 90];

interface Case {
  readonly map: HospitalMap;
  readonly controls: readonly Control[];
  readonly chosen: Uint8Array;
  readonly lost: LostHosts;
}

const segmentNames = ["s0", "s1", "s2", "s3", "s4"];
const hostNames = ["h0", "h1", "h2", "h3", "h4", "h5"];

function drawByLot(random: Random): Case {
  const uses = ["workstations", "servers", "medical-devices", "guests", "mixed", "management"];
  const segment = (id: string): string => `${id}:${random.pick(uses)}*${2 + random.below(9)}`;
  const hosts = hostNames.map(
    (id) => `${id}@${random.pick(segmentNames)}:${random.pick(["server", "medical-device", "backup", "workstation"])}`,
  );
  const ports = ["tcp/443", "tcp/104"];
  const option = (serviceCount: number): string => {
    const path = `${random.pick(segmentNames)}>${random.pick(hostNames)} ${random.pick(ports)}`;
    const others = ["internet", `host ${random.pick(hostNames)}`, `host ${random.pick(hostNames)}`];
    if (serviceCount > 0) others.push(`service v${random.below(serviceCount)}`);
    return random.chance(0.5) ? path : random.pick(others);
  };
  const services = Array.from({ length: 6 }, (_, at) => {
    const needs = Array.from({ length: 1 + random.below(3) }, (_, nth) => {
      const options = Array.from({ length: 1 + random.below(3) }, () => option(at));
      return `n${nth} = ${options.join(" | ")}`;
    });
    const place = random.chance(0.7) ? `@${random.pick(["a", "b"])}` : "";
    const standIns = Array.from({ length: random.below(3) }, () => {
      return `\nstand-in v${at} paper ${random.below(10) / 10} after ${5 * random.below(12)}`;
    });
    const tolerated = 10 * random.below(4);
    return `service v${at}${place} harm ${1 + random.below(50)} after ${tolerated}: ${needs.join(" ; ")}${standIns.join("")}`;
  });
  const drawing = drawMap(`
    building a: ${segment("s0")} ${segment("s1")} ${segment("s2")}
    building b: ${segment("s3")} ${segment("s4")}
    host ${hosts.join(" ")}
    ${services.join("\n")}`);
  // Some hosts say on which port they serve.
  const map = {
    ...drawing,
    hosts: drawing.hosts.map((host) => ({ ...host, ports: random.chance(0.4) ? ["tcp/443"] : [] })),
  };
  const except = (): string =>
    random.chance(0.4)
      ? `+${random.pick([...segmentNames, "all"])}>${random.pick([...segmentNames, "all"])}:${random.pick([...ports, "any"])}`
      : "";
  const controls = Array.from({ length: 8 }, () =>
    drawControl(
      random.pick([
        `segment:${random.pick(segmentNames)}${except()}`,
        `building:${random.pick(["a", "b"])}${except()}`,
        "site:here",
        `port:${random.pick(ports)}@${random.pick([...segmentNames, "building:a", "internet"])}`,
        `within:tcp/443@${random.pick([...segmentNames, "building:b"])}`,
        "internet",
        `host:10.0.0.${10 + random.below(5)}`,
      ]),
    ),
  );
  for (const id of hostNames.slice(0, 2)) controls.push(drawControl(`host:${id}`));
  return {
    map,
    controls,
    chosen: Uint8Array.from(controls, () => Number(random.chance(0.2))),
    lost: loseByLot(random),
  };
}

function loseByLot(random: Random): LostHosts {
  const hosts = [...hostNames, "10.0.1.77", "10.0.2.78"].filter(() => random.chance(0.15));
  const shares = segmentNames.flatMap((id): [string, number][] =>
    random.chance(0.25) ? [[id, random.pick([0.2, 0.5, 1])]] : [],
  );
  return { hosts: new Set(hosts), shareBySegment: new Map(shares) };
}

/** Care as its page says it, with nothing prepared: every question goes back to the map. */
function twin({ map, controls, chosen, lost }: Case): (service: string, minutes: number) => number {
  const inForce = controls.filter((_, at) => chosen[at] === 1);
  const closings = inForce.map((control) => closingOf(map, control));
  const isOpen = (from: number, to: number, port: string): boolean => {
    const { protocol, port: number } = parsePort(port) ?? { protocol: 6, port: 0 };
    return !closings.some((closes) => closes(from, to, protocol, number));
  };
  const isolated = [...new Set(inForce.flatMap((control) => (control.kind === "isolate-host" ? control.host : [])))];
  const segmentAt = (id: string): number => map.segments.findIndex((segment) => segment.id === id);
  const segmentOf = (name: string): number => {
    const host = map.hosts.find((each) => each.id === name);
    return host?.segment ? segmentAt(host.segment) : Number(name.split(".")[2]);
  };
  const shareOf = (segment: number): number => {
    const { id, hostCount } = map.segments[segment];
    const named = map.hosts.filter((host) => host.segment === id).length;
    const count = Math.max(named, hostCount ?? 30);
    const countIn = (names: Iterable<string>): number =>
      [...names].filter((name) => segmentOf(name) === segment).length;
    // Equal controls that isolate the same host count twice in the compiled form; so here.
    const gone = inForce.filter((control) => control.kind === "isolate-host" && segmentOf(control.host) === segment);
    return Math.min(1, Math.max(lost.shareBySegment.get(id) ?? 0, countIn(lost.hosts) / count, gone.length / count));
  };
  const isDown = (id: string): boolean => {
    const segment = segmentOf(id);
    const stated = lost.shareBySegment.get(map.segments[segment].id) ?? 0;
    return lost.hosts.has(id) || isolated.includes(id) || stated >= 1 || allLost(segment);
  };
  const allLost = (segment: number): boolean => {
    const { id, hostCount } = map.segments[segment];
    const count = Math.max(map.hosts.filter((host) => host.segment === id).length, hostCount ?? 30);
    return [...lost.hosts].filter((name) => segmentOf(name) === segment).length >= count;
  };
  const callers = (service: CareService): number[] => {
    const uses = ["workstations", "medical-devices", "mixed"];
    const used = map.segments.flatMap((segment, at) => (uses.includes(segment.use) ? [at] : []));
    const own = used.filter((at) => map.segments[at].building === service.building);
    const all = map.segments.map((_, at) => at);
    return own.length > 0 ? own : used.length > 0 ? used : all;
  };
  const holds = (service: CareService, option: NeedOption, minutes: number): number => {
    switch (option.kind) {
      case "service":
        return keeps(option.service, minutes);
      case "internet":
        return Number(callers(service).some((from) => isOpen(from, placeOfInternet(map), "tcp/443")));
      case "path":
        if (isDown(option.to) || !isOpen(segmentAt(option.from), segmentOf(option.to), option.port)) return 0;
        return 1 - shareOf(segmentAt(option.from));
      case "host": {
        const host = map.hosts.find((each) => each.id === option.host);
        if (host === undefined || isDown(host.id)) return 0;
        if (kindOfRole(host.role) !== "server") return 1;
        const to = segmentOf(host.id);
        const others = callers(service).filter((from) => from !== to);
        const from = others.length > 0 ? others : callers(service);
        const ports = host.ports.length > 0 ? host.ports : ["none"];
        return Number(from.some((each) => ports.some((port) => isOpen(each, to, port))));
      }
    }
  };
  const keeps = (id: string, minutes: number): number => {
    const service = map.services.find((each) => each.id === id) as CareService;
    const share = Math.min(
      1,
      ...service.needs.map((need) => Math.max(...need.anyOf.map((option) => holds(service, option, minutes)))),
    );
    const standIns = service.standIns.filter((use) => use.takeUpMinutes <= minutes).map((use) => use.shareKept);
    return share + (1 - share) * Math.max(0, ...standIns);
  };
  return keeps;
}

describe.each(seeds.filter((seed) => seed % 10 === 0))("the compiled form, seeds from %i", (first) => {
  const cases = seeds.filter((seed) => seed >= first && seed < first + 10).map((seed) => drawByLot(createRandom(seed)));

  test("agrees with the twin", () => {
    for (const each of cases) {
      const care = compileCare(each.map).under(each.controls);
      const loss = care.lossOf(each.lost);
      const keeps = twin(each);
      for (const minutes of moments) {
        const kept = [...care.keptOf(each.chosen, loss, minutes)];
        each.map.services.forEach((service, at) => expect(kept[at]).toBeCloseTo(keeps(service.id, minutes), 12));
      }
    }
  });

  test("with nothing chosen and nothing lost everything is normal", () => {
    for (const { map, controls } of cases) {
      const care = compileCare(map).under(controls);
      const nothing = new Uint8Array(controls.length);
      expect(new Set(care.statesOf(nothing, care.noLoss, 0))).toEqual(new Set(["normal"]));
      expect(care.harmOver(nothing, care.noLoss, 600)).toBe(0);
    }
  });

  test("one more cut or loss never helps, nor does time harm", () => {
    const random = createRandom(first);
    for (const { map, controls, chosen, lost } of cases) {
      const care = compileCare(map).under(controls);
      const more = Uint8Array.from(chosen);
      more[random.below(more.length)] = 1;
      const { hosts, shareBySegment } = loseByLot(random);
      const shares = new Map(lost.shareBySegment);
      for (const [id, share] of shareBySegment) shares.set(id, Math.max(share, shares.get(id) ?? 0));
      const worse = care.lossOf({ hosts: new Set([...lost.hosts, ...hosts]), shareBySegment: shares });
      const rank = (minutes: number, set: Uint8Array, loss: typeof worse): number[] =>
        care.statesOf(set, loss, minutes).map((state) => serviceStates.indexOf(state));
      for (const minutes of moments) {
        const before = [...care.keptOf(chosen, care.lossOf(lost), minutes)];
        const after = [...care.keptOf(more, worse, minutes)];
        const later = [...care.keptOf(more, worse, minutes + 20)];
        const [ranksBefore, ranksAfter] = [rank(minutes, chosen, care.lossOf(lost)), rank(minutes, more, worse)];
        map.services.forEach((_, at) => {
          expect(after[at]).toBeLessThanOrEqual(before[at] + 1e-12);
          expect(later[at]).toBeGreaterThanOrEqual(after[at] - 1e-12);
          expect(ranksAfter[at]).toBeGreaterThanOrEqual(ranksBefore[at]);
        });
      }
    }
  });

  test("the harm over a time is the sum of its minutes", () => {
    for (const { map, controls, chosen, lost } of cases.slice(0, 3)) {
      const care = compileCare(map).under(controls);
      const loss = care.lossOf(lost);
      let sum = 0;
      for (let minute = 0; minute < 100; minute++) sum += care.harmPerHour(chosen, loss, minute) / 60;
      expect(care.harmOver(chosen, loss, 100)).toBeCloseTo(sum, 9);
      expect(care.harmOver(chosen, loss, 0)).toBe(0);
    }
  });
});

test("the table of needs says which control breaks which option, and which host", () => {
  const map = drawMap(`
    building a: care*20 desks*10
    building b: rooms:servers other:servers
    host ehr@rooms ehr2@other pbx@rooms
    service ward@a: records = care>ehr | care>ehr2 ; telephone = host pbx
  `);
  const controls = ["segment:care", "host:ehr", "building:b", "segment:rooms", "segment:desks", "port:tcp/445@rooms"];
  const care = compileCare(map).under(controls.map(drawControl));
  expect(care.hosts.map((host) => host.id)).toEqual(["ehr", "ehr2", "pbx"]);
  const option = { client: null, service: null };
  expect(care.needs[0].needs).toEqual([
    {
      name: "records",
      options: [
        { ...option, rank: 0, host: 0, client: 0, controls: [0, 1, 2, 3] },
        { ...option, rank: 1, host: 1, client: 0, controls: [0, 2] },
      ],
    },
    {
      name: "telephone",
      options: [
        { ...option, rank: 0, host: 2, controls: [0, 2, 3] },
        { ...option, rank: 0, host: 2, controls: [2, 3, 4] },
      ],
    },
  ]);
});

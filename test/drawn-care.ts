// Small hospitals, controls and losses drawn as text, for tests of care. A drawing:
//   building a: care*20 devices:medical-devices*5     segments of a building, with their use and how many hosts
//   host ehr@rooms ct@devices:medical-device          hosts with their segment and role (a server unless said)
//   cross care>rooms tcp/443                          without any such line the map is open
//   service stroke@a harm 10 after 30: records = care>ehr | care>ehr2 ; scanner = host ct ; link = internet
//   stand-in stroke paper 0.5 after 20
//   consult stroke 40 30                              each weekday: morning, afternoon

import { newHost, newMap, newSegment } from "../src/hospital/load.ts";
import type { LostHosts } from "../src/model/care.ts";
import type { AllowedPath, Control } from "../src/model/control.ts";
import type {
  Building,
  CareService,
  Crossing,
  Host,
  HospitalMap,
  NeedOption,
  Segment,
  SegmentUse,
  StandInUse,
} from "../src/model/map.ts";
import type { HostRole } from "../src/model/terrain.ts";

export function drawMap(drawing: string): HospitalMap {
  const buildings: Building[] = [];
  const segments: Segment[] = [];
  const hosts: Host[] = [];
  const crossings: Crossing[] = [];
  const services = new Map<string, CareService>();
  for (const line of drawing.split("\n").map((each) => each.trim())) {
    const [word, name] = line.split(/[\s:@]+/);
    const rest = line.slice(word.length).trim();
    if (word === "building") {
      buildings.push({ id: name, name: null, site: "here", aliases: [] });
      for (const text of words(rest.slice(rest.indexOf(":") + 1)))
        segments.push(segmentOf(text, name, segments.length));
    } else if (word === "host") {
      for (const text of words(rest)) hosts.push(hostOf(text));
    } else if (word === "cross") {
      const [path, ...ports] = words(rest);
      const [from, to] = path.split(">");
      crossings.push({ from, to, ports, because: null });
    } else if (word === "service") {
      const service = serviceOf(rest);
      services.set(service.id, service);
    } else if (word === "stand-in") {
      const [service, standIn, shareKept, , minutes] = words(rest);
      const use: StandInUse = { standIn, shareKept: Number(shareKept), takeUpMinutes: Number(minutes ?? 0) };
      update(services, service, (each) => ({ standIns: [...each.standIns, use] }));
    } else if (word === "consult") {
      const [service, morning, afternoon] = words(rest);
      const day = [Number(morning), Number(afternoon)] as const;
      const none = [0, 0] as const;
      const week = { monday: day, tuesday: day, wednesday: day, thursday: day, friday: day };
      update(services, service, () => ({ consultations: { ...week, saturday: none, sunday: none } }));
    } else if (line !== "") throw new Error(`not a line of a drawing: ${line}`);
  }
  return {
    ...newMap("drawn"),
    sites: [{ id: "here", name: null, aliases: [] }],
    buildings,
    segments,
    hosts,
    crossings,
    crossingDefault: crossings.length > 0 ? "closed" : "open",
    services: [...services.values()],
    standIns: [{ id: "paper", name: "Paper forms", kind: "paper", contact: null }],
  };
}

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

function update(
  services: Map<string, CareService>,
  id: string,
  change: (service: CareService) => Partial<CareService>,
): void {
  const service = services.get(id);
  if (service === undefined) throw new Error(`no service ${id} in the drawing`);
  services.set(id, { ...service, ...change(service) });
}

function segmentOf(text: string, building: string, at: number): Segment {
  const [, id, use, count] = /^([^:*]+)(?::([^*]+))?(?:\*(\d+))?$/.exec(text) ?? [];
  return {
    ...newSegment(id, (use ?? "workstations") as SegmentUse),
    building,
    cidrs: [`10.0.${at}.0/24`],
    hostCount: count === undefined ? null : Number(count),
  };
}

function hostOf(text: string): Host {
  const [id, segment, role] = text.split(/[@:]/);
  return { ...newHost(id), segment, role: (role ?? "server") as HostRole };
}

function serviceOf(text: string): CareService {
  const colon = text.indexOf(": ");
  const [head, needs] = colon < 0 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 2)];
  const [place, ...rest] = words(head);
  const [id, building] = place.split("@");
  const figure = (word: string): number => Number(rest[rest.indexOf(word) + 1]);
  return {
    id,
    name: id,
    kind: "consultations",
    site: null,
    building: building ?? null,
    needs: needs
      .split(";")
      .filter((need) => need.includes("="))
      .map((need) => {
        const [name, options] = need.split("=").map((part) => part.trim());
        return { name, anyOf: options.split("|").map((option) => optionOf(option.trim())) };
      }),
    standIns: [],
    consultations: null,
    harmPerHour: rest.includes("harm") ? figure("harm") : 1,
    toleratedMinutes: rest.includes("after") ? figure("after") : 0,
    seats: 0,
    contact: null,
  };
}

function optionOf(text: string): NeedOption {
  if (text === "internet") return { kind: "internet", what: "partner link" };
  const [word, name] = text.split(" ");
  if (word === "host") return { kind: "host", host: name };
  if (word === "service") return { kind: "service", service: name };
  const [from, to, port] = text.split(/[> ]/);
  return { kind: "path", from, to, port: port ?? "tcp/443" };
}

/** `segment:care`, `building:a+care>rooms:tcp/443`, `host:ehr`, `internet`, `port:tcp/443@rooms`, `within:tcp/445@care`. */
export function drawControl(text: string): Control {
  const [what, ...exceptions] = text.split("+");
  const except = exceptions.map((path): AllowedPath => {
    const [, from, to, port] = /^(.+)>(.+):([a-z]+(?:\/\d+)?)$/.exec(path) ?? [];
    return { from, to, port };
  });
  const name = what.slice(what.indexOf(":") + 1);
  const [port, scope] = name.split("@");
  switch (what.split(":")[0]) {
    case "segment":
      return { kind: "isolate-segment", segment: name, except };
    case "building":
      return { kind: "isolate-building", building: name, except };
    case "site":
      return { kind: "isolate-site", site: name, except };
    case "host":
      return { kind: "isolate-host", host: name };
    case "internet":
      return { kind: "cut-internet", site: what === "internet" ? null : name };
    case "port":
      return { kind: "close-port", around: scope, port };
    case "within":
      return { kind: "close-port-within", within: scope, port };
    default:
      throw new Error(`not a control of a drawing: ${text}`);
  }
}

/** `ehr care=0.3`: lost hosts, and lost shares of segments. */
export function drawLoss(text: string): LostHosts {
  const parts = words(text);
  return {
    hosts: new Set(parts.filter((part) => !part.includes("="))),
    shareBySegment: new Map(
      parts.filter((part) => part.includes("=")).map((part) => [part.split("=")[0], Number(part.split("=")[1])]),
    ),
  };
}

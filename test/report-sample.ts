// A forecast and plans written by hand, for tests of the report: plausible figures of the example hospitals, worked out
// by nobody.

import { type Band, bandLevels, type Estimate, type Forecast, type PlaceForecast } from "../src/model/forecast.ts";
import type { HospitalMap } from "../src/model/map.ts";
import type { Plan, Plans, ServiceImpact } from "../src/model/plan.ts";

const atSeconds = Array.from({ length: 41 }, (_, at) => at * 180);
const horizonSeconds = 7_200;

const estimate = (mean: number, spread = 0.15): Estimate => ({
  mean,
  low: mean * (1 - spread),
  high: mean * (1 + spread),
});

/** A logistic course, as worms in a segment take; wider where it is steep. */
function band(end: number): Band {
  const course = (second: number, factor: number): number =>
    Math.round((end * factor) / (1 + Math.exp(-(second - 3_600 / factor) / 700)));
  const factors = [0.45, 0.75, 1, 1.2, 1.45];
  return {
    mean: atSeconds.map((second) => course(second, 1)),
    quantiles: bandLevels.map((_, level) => atSeconds.map((second) => course(second, factors[level]))),
  };
}

export function sampleForecast(map: HospitalMap): Forecast {
  const countIn = (building: string): number =>
    map.segments
      .filter((segment) => segment.building === building)
      .reduce((sum, segment) => sum + (segment.hostCount ?? 30), 0);
  const shares = [0.62, 0.31, 0.11, 0.03, 0.004, 0, 0, 0];
  const place = (id: string, hostCount: number, taken: number): PlaceForecast => ({
    id,
    hostCount,
    taken: band(taken),
    takenAtEnd: estimate(taken, 0.4),
  });
  const buildings = map.buildings.map(({ id }, at) => place(id, countIn(id), countIn(id) * shares[(at * 3) % 8]));
  return {
    schema: "cordon.forecast/1",
    map: map.name,
    worm: "smb-sweep",
    defender: "night, one person on call",
    seed: 20_270_302,
    runs: 400,
    isPrecise: true,
    horizonSeconds,
    atSeconds,
    hospital: place("hospital", 20_000, 640),
    buildings,
    segments: [],
    boundaries: [
      ...map.buildings.map(({ id }, at) => {
        const probability = Math.max(0, 0.93 - at * 0.09);
        return {
          boundary: `building:${id}`,
          crossedProbability: estimate(probability, 0.05),
          crossedSeconds: probability === 0 ? null : ([300 + at * 90, 900 + at * 200, 1_800 + at * 400] as const),
        };
      }),
      { boundary: "internet", crossedProbability: estimate(0.006), crossedSeconds: [4_000, 5_000, 6_000] },
    ],
    endedProbability: estimate(0.07),
  };
}

export function samplePlans(map: HospitalMap): Plans {
  const [building] = map.buildings;
  const [segment] = map.segments.filter((each) => each.building === building.id);
  const services = map.services.filter((service) => service.building === building.id);
  const [point] = map.enforcementPoints;
  const impact = (at: number, state: ServiceImpact["state"], becauseOf: ServiceImpact["becauseOf"]): ServiceImpact => {
    const service = services[at % services.length] ?? map.services[0];
    return {
      service: service.id,
      name: service.name,
      state,
      becauseOf,
      probability: becauseOf === "cut" ? 1 : 0.64,
      because: [
        `Patient records: The path from ${segment.id} to records on tcp/443 is cut off by the isolation of building ${building.id}.`,
        "Stand-in in 15 minutes: Paper forms, which will keep 50 % of what is lost.",
      ],
      reasons: [
        {
          kind: "cut-off",
          needs: ["patient records"],
          option: { kind: "path", from: segment.id, to: map.hosts[0].id, port: "tcp/443" },
          cuts: [{ kind: "isolate-building", place: `building:${building.id}`, port: null }],
          more: 0,
        },
        { kind: "stand-in", needs: [], standIn: map.standIns[0].id, inMinutes: 15, share: 0.5 },
        { kind: "infection", needs: [], probability: 0.64, share: 0.2 },
      ],
      people: map.contacts.slice(0, 2).map((contact) => contact.id),
    };
  };
  const plan = (id: string, en: string, fr: string, figures: Partial<Plan>): Plan => ({
    id,
    title: { en, fr },
    controls: [],
    taken: estimate(640),
    saved: { mean: 0, low: 0, high: 0 },
    harm: estimate(420, 0.3),
    harmOfCut: 0,
    services: [impact(0, "stopped", "infection"), impact(1, "degraded", "infection")],
    consultationsLostPerHalfDay: 310,
    applySeconds: 0,
    wayBack: { en: "There is nothing to take back.", fr: "Il n’y a rien à défaire." },
    approval: "one-person",
    explanation: {
      en: "Nothing is ordered; hosts are still isolated one by one as they are flagged.",
      fr: "Rien n’est ordonné ; les machines repérées sont toujours isolées une à une.",
    },
    unknowns: [],
    ...figures,
  });
  const control = (kind: "building" | "ports", applySeconds: number): Plan["controls"][number] => ({
    id: kind,
    control:
      kind === "building"
        ? {
            kind: "isolate-building",
            building: building.id,
            except: [{ from: segment.id, to: "use:servers", port: "tcp/443" }],
          }
        : { kind: "close-port-within", within: `building:${building.id}`, port: "tcp/445" },
    points: [point.id],
    applySeconds,
    failureProbability: 0.01,
    approval: kind === "building" ? "network-lead-and-care-lead" : "one-person",
  });
  const unknown = {
    en: "Two segments are not seen by any sensor.",
    fr: "Deux segments ne sont vus par aucun capteur.",
  };
  return {
    schema: "cordon.plans/1",
    map: map.name,
    worm: "smb-sweep",
    seed: 20_270_302,
    runs: 200,
    isPrecise: true,
    widestInterval: 0.04,
    horizonSeconds,
    recommended: "balanced",
    plans: [
      plan("nothing", "Do nothing", "Ne rien faire", {}),
      plan("surgical", "Close file sharing between workstations", "Fermer le partage de fichiers entre postes", {
        controls: [control("ports", 2)],
        taken: estimate(310, 0.3),
        saved: estimate(330, 0.25),
        harm: estimate(205, 0.35),
        services: [impact(1, "degraded", "infection")],
        consultationsLostPerHalfDay: 92,
        applySeconds: 2,
        wayBack: { en: "Open the port again: 2 s at each switch.", fr: "Rouvrir le port : 2 s par commutateur." },
        unknowns: [unknown],
      }),
      plan("balanced", "Close the building, keep its care paths", "Fermer le bâtiment, garder ses chemins de soins", {
        controls: [control("ports", 2), control("building", 0.5)],
        taken: estimate(96),
        saved: estimate(544, 0.08),
        harm: estimate(88, 0.3),
        harmOfCut: 31,
        services: [impact(0, "stand-in", "cut"), impact(1, "degraded", "both")],
        consultationsLostPerHalfDay: 41,
        applySeconds: 2,
        wayBack: {
          en: "Lift the isolation at the site firewall once the building is quiet: 1 s, rehearsed first.",
          fr: "Lever l’isolement au pare-feu du site une fois le bâtiment calme : 1 s, après répétition.",
        },
        approval: "network-lead-and-care-lead",
        explanation: {
          en: `Cut ${building.name ?? building.id} off, but let its workstations reach the servers over the web: most of what would be taken lies behind this one boundary, and the services inside keep their records.`,
          fr: `Couper ${building.name ?? building.id}, en laissant ses postes joindre les serveurs par le web : l’essentiel de ce qui serait pris se trouve derrière cette seule frontière, et les activités gardent leurs dossiers.`,
        },
        unknowns: [unknown],
      }),
      plan("everything", "Cut everything", "Tout couper", {
        controls: [
          control("building", 0.5),
          { ...control("building", 900), id: "net", control: { kind: "cut-internet", site: null }, points: [] },
        ],
        taken: estimate(41),
        saved: estimate(599, 0.06),
        harm: estimate(390, 0.1),
        harmOfCut: 372,
        services: [impact(0, "stopped", "cut"), impact(1, "stopped", "cut"), impact(2, "stand-in", "cut")],
        consultationsLostPerHalfDay: 1_230,
        applySeconds: 900,
        approval: "network-lead-and-care-lead",
      }),
    ],
    solver: { objective: 88.2, bound: 88.2, isOptimal: true, seconds: 0.21 },
  };
}

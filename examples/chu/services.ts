// The care of the generated hospital: 26 services with what they need and what they fall back to. Consultations add up
// to 2,200 on a full working day.

import type { CareService, Consultations, Need, NeedOption, ServiceKind, StandInUse } from "../../src/model/map.ts";

const path = (from: string, to: string, port = "tcp/443"): NeedOption => ({ kind: "path", from, to, port });
const host = (id: string): NeedOption => ({ kind: "host", host: id });
const other = (service: string): NeedOption => ({ kind: "service", service });
const need = (name: string, ...anyOf: NeedOption[]): Need => ({ name, anyOf });
const fallBack = (standIn: string, shareKept: number, takeUpMinutes: number): StandInUse => ({
  standIn,
  shareKept,
  takeUpMinutes,
});

const logOn = (from: string): Need => need("log-on", path(from, "dc-1", "tcp/88"), path(from, "dc-2", "tcp/88"));
const records = (from: string): Need => need("patient records", path(from, "ehr-1"), path(from, "ehr-2"));

interface Stated {
  readonly site?: string;
  readonly building?: string;
  readonly needs: readonly Need[];
  readonly standIns: readonly StandInUse[];
  readonly harmPerHour: number;
  readonly toleratedMinutes?: number;
  readonly consultations?: Consultations;
  readonly seats?: number;
  readonly contact?: string;
}

function service(id: string, name: string, kind: ServiceKind, stated: Stated): CareService {
  return {
    id,
    name,
    kind,
    site: stated.site ?? null,
    building: stated.building ?? null,
    needs: stated.needs,
    standIns: stated.standIns,
    consultations: stated.consultations ?? null,
    harmPerHour: stated.harmPerHour,
    toleratedMinutes: stated.toleratedMinutes ?? 0,
    seats: stated.seats ?? 0,
    contact: stated.contact ?? "care-lead",
  };
}

/** A week from the counts of a full half-day. Wednesday and Friday are lighter; weekends are closed. */
function week(morning: number, afternoon: number): Consultations {
  const full: readonly [number, number] = [morning, afternoon];
  return {
    monday: full,
    tuesday: full,
    wednesday: [Math.round(morning * 0.9), Math.round(afternoon * 0.6)],
    thursday: full,
    friday: [morning, Math.round(afternoon * 0.7)],
    saturday: [0, 0],
    sunday: [0, 0],
  };
}

export function chuServices(): readonly CareService[] {
  return [
    ...emergencyServices(),
    ...technicalServices(),
    ...wardServices(),
    ...consultationServices(),
    ...supportServices(),
  ];
}

function emergencyServices(): readonly CareService[] {
  return [
    service("emergency-calls", "Emergency calls (call-taking and regulation)", "emergency-calls", {
      building: "plaza",
      needs: [
        need("call software", path("calls", "calls-1"), path("calls", "calls-2")),
        need("telephone exchange", host("phones-2"), host("phones-1")),
        need(
          "links with other call centres",
          { kind: "internet", what: "lines to neighbouring call centres" },
          { kind: "host", host: "phones-1" },
        ),
      ],
      standIns: [fallBack("neighbour-calls", 0.8, 15), fallBack("mobile-phones", 0.5, 20)],
      harmPerHour: 200,
    }),
    service("emergency-reception", "Emergency patients, adults", "emergency-reception", {
      building: "atrium",
      needs: [
        records("atrium-ws"),
        need("admission", path("atrium-ws", "identity-1")),
        need("images", path("atrium-ws", "pacs-1"), path("atrium-ws", "pacs-2")),
        need("laboratory results", path("atrium-ws", "lis-1")),
        need("telephone", host("phones-1"), host("phones-2")),
      ],
      standIns: [fallBack("clinics", 0.6, 60), fallBack("paper", 0.4, 20)],
      harmPerHour: 120,
      toleratedMinutes: 15,
      seats: 20,
    }),
    service("stroke", "Stroke pathway", "emergency-reception", {
      building: "jetty",
      needs: [
        need("scanner", host("ct-1-cedar"), host("ct-2-cedar"), host("mri-1-cedar")),
        need("images", path("jetty-ws", "pacs-1"), path("jetty-ws", "pacs-2")),
        records("jetty-ws"),
      ],
      standIns: [fallBack("console-reading", 0.6, 10), fallBack("clinics", 0.3, 45)],
      harmPerHour: 110,
      toleratedMinutes: 10,
      seats: 8,
    }),
    service("emergency-children", "Emergency patients, children", "emergency-reception", {
      building: "quarry",
      needs: [
        records("quarry-ws"),
        need("laboratory results", path("quarry-ws", "lis-1")),
        need("telephone", host("phones-1"), host("phones-2")),
      ],
      standIns: [fallBack("paper", 0.5, 20)],
      harmPerHour: 90,
      toleratedMinutes: 20,
      seats: 8,
    }),
  ];
}

function technicalServices(): readonly CareService[] {
  return [
    service("imaging-emergency", "Imaging for emergencies", "imaging", {
      building: "atrium",
      needs: [
        need("scanner", host("ct-1-birch"), host("ct-2-birch")),
        need("archive", path("imaging-birch", "pacs-1", "tcp/104"), path("imaging-birch", "pacs-2", "tcp/104")),
        need("orders", path("atrium-ws", "ris-1")),
      ],
      standIns: [fallBack("console-reading", 0.5, 15)],
      harmPerHour: 70,
      toleratedMinutes: 15,
    }),
    service("laboratory", "Laboratory", "laboratory", {
      building: "cairn",
      needs: [
        need("laboratory system", path("lab-birch", "lis-1", "tcp/2575")),
        need("results to wards", path("cairn-ws", "lis-1")),
      ],
      standIns: [fallBack("runners", 0.35, 30)],
      harmPerHour: 60,
      toleratedMinutes: 30,
      seats: 10,
    }),
    service("transfusion", "Transfusion and blood bank", "transfusion", {
      building: "cairn",
      needs: [need("blood bank", path("cairn-ws", "blood-bank-1"))],
      standIns: [fallBack("blood-neighbour", 0.5, 45), fallBack("paper", 0.3, 15)],
      harmPerHour: 100,
      toleratedMinutes: 15,
      seats: 2,
    }),
    service("pharmacy", "Prescriptions and pharmacy", "pharmacy", {
      building: "delta",
      needs: [need("prescriptions", path("delta-ws", "pharmacy-1")), records("delta-ws")],
      standIns: [fallBack("paper", 0.5, 30)],
      harmPerHour: 40,
      toleratedMinutes: 120,
      seats: 12,
    }),
    service("chemotherapy", "Chemotherapy preparation", "pharmacy", {
      building: "brook",
      needs: [need("protocols", path("brook-ws", "chemo-1"))],
      standIns: [fallBack("paper", 0.3, 90)],
      harmPerHour: 25,
      toleratedMinutes: 240,
      seats: 4,
    }),
    service("theatres", "Operating theatres", "operating-theatres", {
      building: "beacon",
      needs: [
        need("planning", path("beacon-ws", "theatre-1")),
        need("images", path("beacon-ws", "pacs-1"), path("beacon-ws", "pacs-2")),
        need("sterile instruments", other("sterilisation")),
      ],
      standIns: [fallBack("paper", 0.5, 30)],
      harmPerHour: 70,
      toleratedMinutes: 30,
      seats: 16,
    }),
    service("sterilisation", "Sterilisation", "sterilisation", {
      building: "harbour",
      needs: [need("tracing", path("harbour-ws", "sterile-1"))],
      standIns: [fallBack("paper", 0.6, 30)],
      harmPerHour: 20,
      toleratedMinutes: 240,
      seats: 4,
    }),
    service("radiotherapy", "Radiotherapy", "radiotherapy", {
      building: "brook",
      needs: [
        need("record and verify", path("radiotherapy", "radio-1")),
        need("machine", host("linac-1"), host("linac-2")),
      ],
      standIns: [fallBack("clinics", 0.2, 1_440)],
      harmPerHour: 15,
      toleratedMinutes: 1_440,
    }),
  ];
}

function wardServices(): readonly CareService[] {
  const intensive = (site: string, building: string, harmPerHour: number): CareService =>
    service(`intensive-${site}`, `Intensive care, ${site}`, "intensive-care", {
      building,
      needs: [need("central screen", host(`central-${site}-1`)), records(`${building}-ws`)],
      standIns: [fallBack("bedside", 0.7, 5)],
      harmPerHour,
      seats: 6,
    });
  return [
    intensive("birch", "atrium", 90),
    intensive("cedar", "jetty", 80),
    intensive("maple", "quarry", 80),
    intensive("willow", "arbour", 90),
    service("maternity", "Births", "maternity", {
      building: "reef",
      needs: [need("maternity record", path("reef-ws", "birth-1")), need("central screen", host("central-maple-2"))],
      standIns: [fallBack("bedside", 0.7, 5), fallBack("paper", 0.5, 15)],
      harmPerHour: 70,
      seats: 6,
    }),
    service("dialysis", "Dialysis", "dialysis", {
      building: "ember",
      needs: [need("dialysis records", path("ember-med", "dialysis-1"))],
      standIns: [fallBack("paper", 0.8, 30)],
      harmPerHour: 20,
      toleratedMinutes: 180,
    }),
  ];
}

function consultationServices(): readonly CareService[] {
  const consultations = (
    site: string,
    building: string,
    morning: number,
    afternoon: number,
    seats: number,
  ): CareService =>
    service(`consultations-${site}`, `Consultations, ${site}`, "consultations", {
      building,
      needs: [
        logOn(`${building}-ws`),
        records(`${building}-ws`),
        need("appointments", path(`${building}-ws`, "schedule-1")),
      ],
      standIns: [fallBack("laptops", 0.5, 60), fallBack("paper", 0.4, 20)],
      harmPerHour: 12,
      toleratedMinutes: 30,
      consultations: week(morning, afternoon),
      seats,
    });
  return [
    consultations("birch", "fjord", 350, 290, 60),
    consultations("cedar", "kiln", 260, 200, 44),
    consultations("maple", "terrace", 230, 180, 40),
    consultations("willow", "cove", 210, 160, 34),
    consultations("juniper", "garden", 90, 70, 16),
    consultations("olive", "ledge", 90, 70, 14),
  ];
}

function supportServices(): readonly CareService[] {
  return [
    service("identity", "Admissions and identity", "identity", {
      building: "atrium",
      needs: [need("admissions", path("atrium-ws-2", "identity-1")), logOn("atrium-ws-2")],
      standIns: [fallBack("paper", 0.4, 20)],
      harmPerHour: 30,
      toleratedMinutes: 60,
      seats: 12,
    }),
    service("logistics", "Meals, porters, stocks", "support", {
      building: "ridge",
      needs: [
        need("meals", path("ridge-ws", "kitchen-1")),
        need("porters", path("ridge-ws", "transport-1")),
        need("stocks", path("ridge-ws", "stock-1")),
      ],
      standIns: [fallBack("mobile-phones", 0.5, 30), fallBack("paper", 0.5, 30)],
      harmPerHour: 10,
      toleratedMinutes: 240,
      seats: 10,
    }),
  ];
}

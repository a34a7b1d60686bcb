// The map: the hospital as Cordon knows it, as readonly objects. Made by hospital/load.ts from hospital.yaml, read by
// every stage. Ids are the words of the file; a SegmentIndex is a position in `segments`.

import type { HostRole } from "./terrain.ts";

/** What a segment is for. `mixed` and `unknown` say that hosts of several kinds share it, or that nobody knows. */
export const segmentUses = [
  "workstations",
  "servers",
  "medical-devices",
  "telephony",
  "printers",
  "building-systems",
  "guests",
  "management",
  "transit",
  "mixed",
  "unknown",
] as const;
export type SegmentUse = (typeof segmentUses)[number];

/** Every role, with how it is shown. */
export const roleLabels: Readonly<Record<HostRole, string>> = {
  unknown: "unknown",
  workstation: "workstation",
  server: "server",
  "domain-controller": "domain controller",
  infrastructure: "infrastructure",
  printer: "printer",
  "medical-device": "medical device",
  telephone: "telephone",
  "network-device": "network device",
  "vulnerability-scanner": "vulnerability scanner",
  monitoring: "monitoring",
  management: "management",
  backup: "backup",
  "print-server": "print server",
  "nat-gateway": "NAT gateway",
};
export const hostRoles = Object.keys(roleLabels) as readonly HostRole[];

/** What could be ordered, cheapest rung first. `close-port-within` closes it between the hosts of a segment. */
export const controlKinds = [
  "close-port-within",
  "close-port",
  "isolate-host",
  "isolate-segment",
  "isolate-building",
  "isolate-site",
  "cut-internet",
] as const;
export type ControlKind = (typeof controlKinds)[number];

export const pointKinds = [
  "firewall",
  "router",
  "switch",
  "wireless",
  "nac",
  "block-list",
  "host-agent",
  "person",
] as const;
export type PointKind = (typeof pointKinds)[number];

export const serviceKinds = [
  "emergency-calls",
  "emergency-reception",
  "intensive-care",
  "imaging",
  "laboratory",
  "transfusion",
  "pharmacy",
  "operating-theatres",
  "sterilisation",
  "radiotherapy",
  "maternity",
  "dialysis",
  "identity",
  "records",
  "telephony",
  "consultations",
  "wards",
  "support",
] as const;
export type ServiceKind = (typeof serviceKinds)[number];

export const contactRoles = [
  "crisis-director",
  "care-lead",
  "network-lead",
  "network-on-call",
  "security-lead",
  "data-protection",
  "biomedical",
  "telephony",
  "facility",
  "neighbour",
  "authority",
  "vendor",
  "other",
] as const;
export type ContactRole = (typeof contactRoles)[number];

export const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
export type Weekday = (typeof weekdays)[number];

/**
 * A part of the map, as text: a segment id, `building:ID`, `site:ID`, `use:USE`, `internet`, or `all` (every segment).
 * `internet` is no segment: it resolves to an empty list and is asked for by name.
 */
export type Scope = string;

export interface Site {
  readonly id: string;
  readonly name: string | null;
  /** How it is written in inventories, when that differs: used by imports. */
  readonly aliases: readonly string[];
}

export interface Building {
  readonly id: string;
  readonly name: string | null;
  readonly site: string | null;
  readonly aliases: readonly string[];
}

export interface Segment {
  readonly id: string;
  readonly name: string | null;
  readonly building: string | null;
  /** Only for segments of no single building; otherwise the building tells. */
  readonly site: string | null;
  readonly use: SegmentUse;
  /** IPv4 and IPv6 blocks. */
  readonly cidrs: readonly string[];
  readonly vlan: number | null;
  /** The segment whose blocks contain these; the only way two segments may overlap. */
  readonly parent: string | null;
  /** Its router addresses: never dark. */
  readonly gateways: readonly string[];
  /** How many hosts are expected, named ones included; null when nobody knows. */
  readonly hostCount: number | null;
  /** Care stops at once without it. */
  readonly isEssential: boolean;
  /** All its hosts are listed, so every other address in it is dark. */
  readonly isListed: boolean;
  /** Its hosts cannot reach one another (private VLAN, client isolation). */
  readonly isPeerIsolated: boolean;
  /** Share of its hosts that a worm on a spreading port would take, 0..1; null for the profile's own figure. */
  readonly vulnerableShare: number | null;
}

export interface Host {
  readonly id: string;
  readonly name: string | null;
  readonly addresses: readonly string[];
  /** Lower case with colons; wired and wireless together, since they move together. */
  readonly macs: readonly string[];
  readonly role: HostRole;
  /** What it does, in words: "pacs", "ehr", "central monitoring". */
  readonly does: readonly string[];
  readonly building: string | null;
  /** Null when its addresses tell. */
  readonly segment: string | null;
  readonly room: string | null;
  readonly switchPort: string | null;
  /** Ports it offers: `tcp/104`. */
  readonly ports: readonly string[];
  /** Never cut silently. */
  readonly isProtected: boolean;
  readonly serial: string | null;
  readonly assetTag: string | null;
}

/** Conversations that are allowed to begin in `from` and reach `to`. */
export interface Crossing {
  readonly from: Scope;
  readonly to: Scope;
  /** `tcp/443`, `udp/5000-5010`, or `any`. */
  readonly ports: readonly string[];
  readonly because: string | null;
}

/** What holds between segments that no crossing names. */
export const crossingDefaults = ["closed", "open-within-building", "open-within-site", "open"] as const;
export type CrossingDefault = (typeof crossingDefaults)[number];

/** A line around parts of the map. Every segment, building, site and the internet has one without being listed. */
export interface Boundary {
  readonly id: string;
  readonly name: string | null;
  readonly around: readonly Scope[];
}

export interface EnforcementPoint {
  readonly id: string;
  readonly name: string | null;
  readonly kind: PointKind;
  readonly site: string | null;
  readonly building: string | null;
  readonly driver: string;
  /** The driver's own settings. Secrets are named (`passwordFile`, `tokenEnv`), never written here. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Boundary ids and scopes. */
  readonly guards: readonly string[];
  readonly accepts: readonly ControlKind[];
  /** 1: a data plane we own (milliseconds). 2: access ports (a second). 3: polled lists and people (minutes). */
  readonly ring: 1 | 2 | 3;
  readonly applySeconds: number;
  /** Chance that an order does not take, 0..1. */
  readonly failureProbability: number;
  /** Where Cordon talks to it; null for a person. */
  readonly managementAddress: string | null;
  readonly contact: string | null;
}

/** A host whose many contacts are expected, until a date. */
export interface Talker {
  readonly host: string;
  /** Ports it is expected on; empty for all. */
  readonly ports: readonly string[];
  /** `2027-06-30` (to the end of that day, UTC) or a full ISO instant. */
  readonly until: string;
  readonly because: string;
}

/** One way to meet a need. A path is a client segment reaching a host on a port. */
export type NeedOption =
  | { readonly kind: "path"; readonly from: string; readonly to: string; readonly port: string }
  | { readonly kind: "host"; readonly host: string }
  | { readonly kind: "service"; readonly service: string }
  | { readonly kind: "internet"; readonly what: string };

/** Met when any of its options is. */
export interface Need {
  readonly name: string;
  readonly anyOf: readonly NeedOption[];
}

/** What a service falls back to. */
export interface StandIn {
  readonly id: string;
  readonly name: string;
  readonly kind: "paper" | "laptops" | "neighbour" | "telephone" | "other";
  readonly contact: string | null;
}

export interface StandInUse {
  readonly standIn: string;
  /** Share of the service it keeps, 0..1. */
  readonly shareKept: number;
  readonly takeUpMinutes: number;
}

/** Consultations of the morning and of the afternoon, by weekday. */
export type Consultations = Readonly<Record<Weekday, readonly [morning: number, afternoon: number]>>;

/** A service of care. It needs all of `needs`, each of them by any of its options. */
export interface CareService {
  readonly id: string;
  readonly name: string;
  readonly kind: ServiceKind;
  readonly site: string | null;
  readonly building: string | null;
  readonly needs: readonly Need[];
  readonly standIns: readonly StandInUse[];
  readonly consultations: Consultations | null;
  /** Harm of an hour without it, relative: the plan's unit of care lost. */
  readonly harmPerHour: number;
  /** How long it may be away before harm begins. */
  readonly toleratedMinutes: number;
  /** Workplaces that spare laptops could serve. */
  readonly seats: number;
  readonly contact: string | null;
}

/** What rides on the internet link besides the needs of services. */
export interface InternetUse {
  readonly name: string;
  readonly services: readonly string[];
  readonly because: string | null;
}

/** Never cut silently. `with-stand-in`: may be cut once the stand-in runs. */
export interface ProtectedItem {
  /** A scope, `host:ID`, `service:ID` or `boundary:ID`. */
  readonly item: string;
  readonly rule: "never" | "with-stand-in";
  readonly because: string;
}

/** Spare laptops at one place. */
export interface LaptopPool {
  readonly id: string;
  readonly building: string;
  readonly count: number;
  readonly readyMinutes: number;
  readonly network: "wired" | "wireless" | "mobile" | "none";
  readonly contact: string | null;
}

/** A person of the staff or a partner, reached without mail, directory or IP phones where possible. */
export interface Contact {
  readonly id: string;
  readonly role: ContactRole;
  readonly name: string | null;
  readonly phone: string;
  readonly otherPhone: string | null;
  readonly isOnIpPhone: boolean;
}

/** A flow exporter or capture point and what it is meant to see. */
export interface MapSensor {
  readonly id: string;
  readonly kind: "netflow" | "ipfix" | "sflow" | "mirror" | "zeek" | "suricata" | "other";
  readonly address: string | null;
  readonly sees: readonly Scope[];
}

export interface Calendar {
  /** `08:00-13:00`, local time. */
  readonly morning: string;
  readonly afternoon: string;
  /** Days without consultations: `2027-01-01`. */
  readonly closedOn: readonly string[];
}

export interface HospitalMap {
  readonly schema: "cordon.map/1";
  readonly name: string;
  /** IANA name: `Europe/Paris`. */
  readonly timeZone: string;
  readonly calendar: Calendar;
  /** Blocks that are the hospital's though no segment holds them. */
  readonly inside: readonly string[];
  /** Blocks that are not the hospital's though they look private: partners. */
  readonly outside: readonly string[];
  /** Where Cordon itself runs: orders never cut these off from enforcement points. */
  readonly cordonAddresses: readonly string[];
  readonly sites: readonly Site[];
  readonly buildings: readonly Building[];
  readonly segments: readonly Segment[];
  readonly hosts: readonly Host[];
  readonly crossingDefault: CrossingDefault;
  readonly crossings: readonly Crossing[];
  readonly boundaries: readonly Boundary[];
  readonly enforcementPoints: readonly EnforcementPoint[];
  readonly sensors: readonly MapSensor[];
  readonly talkers: readonly Talker[];
  readonly services: readonly CareService[];
  readonly standIns: readonly StandIn[];
  readonly internetUses: readonly InternetUse[];
  readonly protected: readonly ProtectedItem[];
  readonly laptops: readonly LaptopPool[];
  readonly contacts: readonly Contact[];
}

// A map on the terminal: as a tree (site, building, segment, hosts), as a table of segments, and the preview of an
// import. Everything that comes from files is made harmless before it is shown.

import { type Finding, type Inventory, terrainOf, type Upsert } from "../hospital/load.ts";
import { parseAddress } from "../model/address.ts";
import { type HospitalMap, roleLabels, type Segment } from "../model/map.ts";
import { siteOfSegment } from "../model/scope.ts";
import { harmless, paint, type Screen, title } from "./terminal.ts";

/** Site ⊃ building ⊃ segment ⊃ named hosts, then care and what can be ordered. */
export function mapTree(map: HospitalMap, screen: Screen): string[] {
  const lines = [paint(harmless(map.name), ["bold"], screen), paint(mapTotals(map), ["dim"], screen), ""];
  const hostsOf = hostsBySegment(map);
  const segmentLines = (segments: readonly Segment[], indent: string): void => {
    for (const [index, segment] of segments.entries()) {
      const isLast = index === segments.length - 1;
      lines.push(`${indent}${isLast ? "└─ " : "├─ "}${segmentLine(segment, screen)}`);
      const named = hostsOf.get(segment.id) ?? [];
      for (const [at, line] of hostLines(named, screen).entries()) {
        const mark = at === hostLines(named, screen).length - 1 ? "└─ " : "├─ ";
        lines.push(`${indent}${isLast ? "   " : "│  "}${mark}${line}`);
      }
    }
  };
  for (const site of map.sites) {
    lines.push(paint(`${harmless(site.id)}${nameOf(site)}`, ["bold", "cyan"], screen));
    for (const building of map.buildings.filter((each) => each.site === site.id)) {
      lines.push(`  ${paint(harmless(building.id), ["bold"], screen)}${nameOf(building)}`);
      segmentLines(
        map.segments.filter((segment) => segment.building === building.id),
        "  ",
      );
    }
    segmentLines(
      map.segments.filter((segment) => segment.building === null && siteOfSegment(map, segment) === site.id),
      "",
    );
  }
  const homeless = map.buildings.filter((building) => building.site === null);
  for (const building of homeless) {
    lines.push(
      `${paint(harmless(building.id), ["bold"], screen)}${nameOf(building)} ${paint("(on no site)", ["yellow"], screen)}`,
    );
    segmentLines(
      map.segments.filter((segment) => segment.building === building.id),
      "",
    );
  }
  const placeless = map.segments.filter((segment) => segment.building === null && segment.site === null);
  if (placeless.length > 0) {
    lines.push(paint("Segments in no building", ["yellow"], screen));
    segmentLines(placeless, "");
  }
  const lost = hostsOf.get("") ?? [];
  if (lost.length > 0) {
    lines.push(paint("Hosts in no segment", ["yellow"], screen), ...hostLines(lost, screen).map((line) => `  ${line}`));
  }
  lines.push(...careLines(map, screen));
  return lines;
}

const hostsShownMax = 12;

function hostLines(hosts: HospitalMap["hosts"], screen: Screen): string[] {
  const lines = hosts.slice(0, hostsShownMax).map((host) => {
    const what = [roleLabels[host.role], ...host.does].join(", ");
    const mark = host.isProtected ? paint(" protected", ["green"], screen) : "";
    return `${harmless(host.id)} ${paint(host.addresses.join(" "), ["dim"], screen)} ${harmless(what)}${mark}`;
  });
  if (hosts.length > hostsShownMax) lines.push(`… and ${hosts.length - hostsShownMax} more`);
  return lines;
}

function segmentLine(segment: Segment, screen: Screen): string {
  const marks = [
    segment.vlan === null ? "" : `VLAN ${segment.vlan}`,
    segment.hostCount === null ? "" : `${segment.hostCount} hosts`,
    segment.isEssential ? "essential" : "",
    segment.isListed ? "all listed" : "",
    segment.isPeerIsolated ? "peers isolated" : "",
  ].filter(Boolean);
  const head = `${harmless(segment.id)} ${paint(segment.cidrs.join(" "), ["dim"], screen)}`;
  return `${head} ${segment.use}${marks.length > 0 ? ` · ${marks.join(" · ")}` : ""}`;
}

function careLines(map: HospitalMap, screen: Screen): string[] {
  const lines: string[] = [];
  if (map.services.length > 0) lines.push("", ...title("Care", screen));
  for (const service of map.services) {
    const standIns = service.standIns.map((use) => `${use.standIn} keeps ${Math.round(use.shareKept * 100)} %`);
    const needs = `${service.needs.length} needs`;
    const fallback = standIns.length > 0 ? standIns.join(", ") : paint("no stand-in", ["yellow"], screen);
    lines.push(`${harmless(service.id)} (${service.kind}): ${needs}; ${fallback}`);
  }
  if (map.enforcementPoints.length > 0) lines.push("", ...title("What can be ordered", screen));
  for (const point of map.enforcementPoints) {
    const guards = point.guards.length > 4 ? `${point.guards.slice(0, 4).join(", ")}, …` : point.guards.join(", ");
    lines.push(`${harmless(point.id)} (${point.kind}, ring ${point.ring}, ${point.applySeconds} s): ${guards}`);
  }
  return lines;
}

/** Segments as a table. */
export function mapTable(map: HospitalMap, screen: Screen): string[] {
  const hostsOf = hostsBySegment(map);
  const rows = map.segments.map((segment) => [
    harmless(segment.id),
    siteOfSegment(map, segment) ?? "-",
    segment.building ?? "-",
    segment.use,
    segment.cidrs.join(" ") || "-",
    String(segment.vlan ?? "-"),
    String(segment.hostCount ?? "-"),
    String(hostsOf.get(segment.id)?.length ?? 0),
  ]);
  return table(["segment", "site", "building", "use", "blocks", "vlan", "hosts", "named"], rows, screen);
}

export function table(headings: readonly string[], rows: readonly (readonly string[])[], screen: Screen): string[] {
  const widths = headings.map((heading, column) => Math.max(heading.length, ...rows.map((row) => row[column].length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]))
      .join("  ")
      .trimEnd();
  return [paint(line(headings), ["bold"], screen), ...rows.map(line)];
}

export function findingLines(findings: readonly Finding[], screen: Screen): string[] {
  return findings.map(
    (each) =>
      `${paint("note", ["yellow"], screen)} line ${each.line}: ${harmless(each.message)} ${paint(`[${each.kind}]`, ["dim"], screen)}`,
  );
}

const changesShownMax = 200;

/** What an import would do. */
export function previewLines(inventory: Inventory, upsert: Upsert, screen: Screen): string[] {
  const { added, changed, unchanged, vanished, conflicts } = upsert;
  const lines: string[] = [];
  for (const { section, id, row } of added.slice(0, changesShownMax)) {
    lines.push(`${paint("+", ["green"], screen)} ${section} ${harmless(id)} (row ${row})`);
  }
  for (const { section, id, row, fields } of changed.slice(0, changesShownMax)) {
    const what = fields.map(({ field, from, to }) => `${field} ${shown(from)} → ${shown(to)}`).join("; ");
    lines.push(`${paint("~", ["yellow"], screen)} ${section} ${harmless(id)} (row ${row}): ${harmless(what)}`);
  }
  for (const id of vanished.slice(0, changesShownMax)) {
    lines.push(
      `${paint("?", ["cyan"], screen)} hosts ${harmless(id)} is in the map and not in the inventory; it stays`,
    );
  }
  const hidden = [added, changed, vanished].reduce((sum, list) => sum + Math.max(0, list.length - changesShownMax), 0);
  if (hidden > 0) lines.push(`… and ${hidden} more (all with -o json)`);
  for (const remark of inventory.remarks) lines.push(`${paint("note", ["yellow"], screen)} ${harmless(remark)}`);
  const faults = inventory.problems.length + conflicts.length;
  lines.push(
    `${inventory.rows} rows: ${added.length} added, ${changed.length} changed, ${unchanged.length} unchanged, ` +
      `${vanished.length} vanished, ${faults} with a fault`,
  );
  return lines;
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  return Array.isArray(value) ? `[${value.join(", ")}]` : JSON.stringify(value);
}

function mapTotals(map: HospitalMap): string {
  const expected = map.segments.reduce((sum, segment) => sum + (segment.hostCount ?? 0), 0);
  return (
    `${map.sites.length} sites, ${map.buildings.length} buildings, ${map.segments.length} segments, ` +
    `${expected} hosts expected, ${map.hosts.length} by name, ${map.services.length} services of care, ` +
    `${map.enforcementPoints.length} enforcement points`
  );
}

function nameOf(element: { readonly name: string | null }): string {
  return element.name === null ? "" : ` ${harmless(element.name)}`;
}

/** Named hosts by the id of their segment; the empty id holds those in none. */
function hostsBySegment(map: HospitalMap): ReadonlyMap<string, HospitalMap["hosts"]> {
  const terrain = terrainOf(map);
  const hosts = new Map<string, HospitalMap["hosts"][number][]>();
  for (const host of map.hosts) {
    const address = host.addresses.length === 0 ? null : parseAddress(host.addresses[0]);
    const index = address === null ? -1 : terrain.factsOfAddress(address).segment;
    const id = host.segment ?? (index < 0 ? "" : map.segments[index].id);
    const known = hosts.get(id);
    if (known === undefined) hosts.set(id, [host]);
    else known.push(host);
  }
  return hosts;
}

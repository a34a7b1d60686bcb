// NetBox's API lists as JSON: sites, locations, prefixes, devices, virtual machines, interfaces and addresses, in one
// file or several. A prefix has `scope` since NetBox 4.2 and `site` before; both are read. Any field may be missing.

import { limits } from "../limits.ts";
import { blankHost, type Inventory, type InventoryOptions, type PlaceWords } from "./inventory.ts";
import { addressesOfCell, blockOfText, macsOfCell, roleOfWord, serialOfCell, useOfWord } from "./inventory-text.ts";

type Json = Readonly<Record<string, unknown>>;

const endpoints = [
  "sites",
  "locations",
  "prefixes",
  "devices",
  "virtual-machines",
  "interfaces",
  "ip-addresses",
  "mac-addresses",
] as const;
type Endpoint = (typeof endpoints)[number];

interface Row {
  readonly file: string;
  readonly row: number;
  readonly object: Json;
}

/** Adds what the lists say to the inventory. Several lists of one import are tied by name. */
export function readNetboxJson(
  files: readonly { path: string; text: string }[],
  options: InventoryOptions,
  inventory: Inventory,
): void {
  const lists = new Map<Endpoint, Row[]>(endpoints.map((endpoint) => [endpoint, []]));
  for (const file of files) sortFile(file, lists, inventory);
  const rowsOf = (endpoint: Endpoint): readonly Row[] => lists.get(endpoint) ?? [];
  const placeOf = (object: Json): PlaceWords => placeOfObject(object, options.netboxSites === "buildings");

  for (const { file, row, object } of rowsOf("sites")) {
    inventory.places.push({ file, row, place: placeOf({ site: object, region: object.region, group: object.group }) });
  }
  for (const { file, row, object } of rowsOf("locations")) {
    if (options.netboxSites === "sites")
      inventory.places.push({ file, row, place: placeOf({ site: object.site, location: object }) });
  }
  for (const row of rowsOf("prefixes")) addPrefix(row, placeOf, inventory);
  addDevices(rowsOf, placeOf, inventory);
}

function addPrefix({ file, row, object }: Row, placeOf: (object: Json) => PlaceWords, inventory: Inventory): void {
  const written = textOf(object.prefix) ?? "";
  const cidr = blockOfText(written);
  if (cidr === null) {
    report(inventory, file, row, "prefix", written, "a block like 10.1.2.0/24", "Correct it in NetBox; it is left out");
    return;
  }
  // A container only holds other prefixes; as a segment it would overlap them.
  if (wordOf(object.status) === "container") return;
  const scopeType = textOf(object.scope_type);
  const scoped =
    scopeType === "dcim.site"
      ? { site: object.scope }
      : scopeType === "dcim.location"
        ? { location: object.scope }
        : object;
  const vlan = recordOf(object.vlan);
  const vid = Number(vlan?.vid ?? 0);
  const name = nameOf(vlan) ?? textOf(object.description);
  inventory.segments.push({
    file,
    row,
    name,
    cidr,
    vlan: Number.isInteger(vid) && vid >= 1 && vid <= 4094 ? vid : null,
    use: useOfWord(`${nameOf(recordOf(object.role)) ?? ""} ${name ?? ""} ${textOf(object.description) ?? ""}`),
    place: placeOf(scoped),
    hostCount: null,
  });
}

function addDevices(
  rowsOf: (endpoint: Endpoint) => readonly Row[],
  placeOf: (object: Json) => PlaceWords,
  inventory: Inventory,
): void {
  const addresses = new Map<string, Set<string>>();
  const macs = new Map<string, Set<string>>();
  const owned = new Set<string>();
  for (const { file, row, object } of rowsOf("ip-addresses")) {
    const assigned = recordOf(object.assigned_object);
    const owner = nameOf(recordOf(assigned?.device) ?? recordOf(assigned?.virtual_machine)) ?? textOf(object.dns_name);
    const { values, bad } = addressesOfCell(textOf(object.address) ?? "");
    for (const word of bad)
      report(inventory, file, row, "address", word, "an IPv4 or IPv6 address", "Correct it in NetBox");
    if (owner !== null) addAll(addresses, owner, values);
  }
  for (const { object } of [...rowsOf("interfaces"), ...rowsOf("mac-addresses")]) {
    const holder = recordOf(object.assigned_object) ?? object;
    const owner = nameOf(recordOf(holder.device) ?? recordOf(holder.virtual_machine));
    if (owner !== null) addAll(macs, owner, macsOfCell(textOf(object.mac_address) ?? "").values);
  }
  for (const { file, row, object } of [...rowsOf("devices"), ...rowsOf("virtual-machines")]) {
    const name = nameOf(object);
    if (name !== null) owned.add(name);
    const cell = ["primary_ip4", "primary_ip6", "primary_ip"]
      .flatMap((key) => textOf(recordOf(object[key])?.address) ?? [])
      .join(" ");
    const { values, bad } = addressesOfCell(cell);
    for (const word of bad)
      report(inventory, file, row, "primary_ip4", word, "an IPv4 or IPv6 address", "Correct it in NetBox");
    const all = [...new Set([...values, ...(addresses.get(name ?? "") ?? [])])];
    if (name === null && all.length === 0) {
      report(inventory, file, row, "name", "", "given when there is no address", "Name the device in NetBox");
      continue;
    }
    const role = nameOf(recordOf(object.role) ?? recordOf(object.device_role)) ?? ("vcpus" in object ? "server" : "");
    inventory.hosts.push({
      ...blankHost(file, row, name),
      addresses: all,
      macs: [...(macs.get(name ?? "") ?? [])],
      role: roleOfWord(role) ?? ("cluster" in object && "vcpus" in object ? "server" : null),
      place: placeOf(object),
      serial: serialOfCell(textOf(object.serial) ?? ""),
      assetTag: serialOfCell(textOf(object.asset_tag) ?? ""),
    });
  }
  // Addresses whose device is not among the lists still name a host.
  const first = rowsOf("ip-addresses")[0];
  for (const [name, values] of addresses) {
    if (!owned.has(name)) inventory.hosts.push({ ...blankHost(first.file, first.row, name), addresses: [...values] });
  }
}

/** Puts each object of a file into the list it belongs to. */
function sortFile(
  { path, text }: { path: string; text: string },
  lists: ReadonlyMap<Endpoint, Row[]>,
  inventory: Inventory,
): void {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    const advice = "Save the answer of the API again; it may have been cut";
    report(inventory, path, 1, "the file", (error as Error).message.slice(0, 120), "correct JSON", advice);
    return;
  }
  const record = recordOf(parsed);
  const groups: unknown[] = Array.isArray(parsed)
    ? [parsed]
    : record && "results" in record
      ? [record.results]
      : Object.values(record ?? {});
  if (typeof record?.next === "string") {
    const count = Array.isArray(record.results) ? record.results.length : 0;
    inventory.remarks.push(
      `${path} is one page: ${count} of ${String(Number(record.count))}. Ask the API with ?limit=0`,
    );
  }
  for (const group of groups.map((each) => recordOf(each)?.results ?? each)) {
    if (!Array.isArray(group)) continue;
    for (const [index, each] of group.entries()) {
      inventory.rows++;
      const object = recordOf(each);
      const endpoint = object === null ? null : endpointOf(object);
      if (object !== null && endpoint !== null) lists.get(endpoint)?.push({ file: path, row: index + 1, object });
      else {
        const rule = `an object of one of ${endpoints.join(", ")}`;
        report(
          inventory,
          path,
          index + 1,
          "the element",
          JSON.stringify(each).slice(0, 60),
          rule,
          "Leave this list out",
        );
      }
    }
  }
}

/** The list an object comes from: told by its own `url`, else by the fields only that kind has. */
function endpointOf(object: Json): Endpoint | null {
  const fromUrl = /\/api\/[a-z]+\/([a-z-]+)\//.exec(textOf(object.url) ?? "")?.[1];
  const known = endpoints.find((endpoint) => endpoint === fromUrl);
  if (known !== undefined) return known;
  if ("prefix" in object) return "prefixes";
  if ("address" in object) return "ip-addresses";
  if ("device_type" in object) return "devices";
  if ("vcpus" in object) return "virtual-machines";
  if ("mac_address" in object) return "interfaces";
  if ("parent" in object && "site" in object) return "locations";
  return "slug" in object && ("region" in object || "facility" in object) ? "sites" : null;
}

function placeOfObject(object: Json, isSiteABuilding: boolean): PlaceWords {
  const site = recordOf(object.site);
  const location = recordOf(object.location);
  const siteName = nameOf(site) ?? nameOf(recordOf(location?.site));
  const locationName = nameOf(location);
  if (!isSiteABuilding) return { site: siteName, building: locationName, room: null };
  const group = nameOf(recordOf(object.group ?? site?.group)) ?? nameOf(recordOf(object.region ?? site?.region));
  return { site: group, building: siteName, room: locationName };
}

function report(
  inventory: Inventory,
  file: string,
  row: number,
  column: string,
  value: string,
  rule: string,
  advice: string,
): void {
  if (inventory.problems.length < limits.mapProblemsMax)
    inventory.problems.push({ file, row, column, value, rule, advice });
}

function addAll(map: Map<string, Set<string>>, key: string, values: readonly string[]): void {
  const held = map.get(key) ?? new Set();
  for (const value of values) held.add(value);
  map.set(key, held);
}

function recordOf(value: unknown): Json | null {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Json) : null;
}
function textOf(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value.trim().slice(0, 500) : null;
}
function nameOf(object: Json | null | undefined): string | null {
  return object ? (textOf(object.name) ?? textOf(object.display)) : null;
}
/** A choice is `{ value, label }` since NetBox 2.7. */
function wordOf(value: unknown): string | null {
  return textOf(value) ?? textOf(recordOf(value)?.value);
}

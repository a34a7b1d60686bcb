// Inventories as tables: GLPI exports, NetBox exports, spreadsheets. Headings in French or English, or named by the
// user, tell the columns. A row with a fault loses only the faulty cell when the rest still names a host.

import { type CsvError, parse } from "csv-parse/sync";
import { limits } from "../limits.ts";
import { blankHost, type Inventory, type InventoryOptions } from "./inventory.ts";
import {
  addressesOfCell,
  blockOfText,
  foldedWord,
  macsOfCell,
  placeOfCell,
  plainCell,
  type ReadList,
  roleOfWord,
  serialOfCell,
  useOfWord,
} from "./inventory-text.ts";

/** Our fields, and the folded headings that stand for them when the user names none. */
export const columnHeadings = {
  name: ["name", "nom", "machine", "hostname", "host name", "device", "nom de la machine", "nom netbios", "ordinateur"],
  address: [
    "ip",
    "address",
    "ip address",
    "adresse ip",
    "adresses ip",
    "ip addresses",
    "adresse",
    "reseau ip",
    "reseau adresse ip",
    "ports reseau ip",
    "ports reseau adresse ip",
    "network ip",
    "primary ip4",
    "ipv4 address",
    "adresse ipv4",
  ],
  address6: ["primary ip6", "ipv6", "ipv6 address", "adresse ipv6"],
  mac: [
    "mac",
    "mac address",
    "adresse mac",
    "adresses mac",
    "adresse physique",
    "reseau adresse mac",
    "ports reseau adresse mac",
    "ports reseau mac",
    "reseau mac",
    "network mac",
  ],
  place: ["lieu", "emplacement", "localisation", "place", "lieux"],
  site: ["site", "etablissement", "campus", "scope"],
  building: ["building", "batiment"],
  room: ["room", "salle", "piece", "bureau", "local", "location"],
  role: ["role", "device role"],
  type: ["type", "categorie", "category", "type d ordinateur", "type de materiel"],
  serial: ["serial", "serial number", "numero de serie", "n de serie", "no de serie", "n serie"],
  assetTag: ["asset tag", "numero d inventaire", "n d inventaire", "inventory number", "otherserial"],
  segment: ["segment", "subnet", "sous reseau", "reseau"],
  switchPort: ["switch port", "prise", "port du commutateur", "port de commutateur"],
  cidr: ["cidr", "prefix", "prefixe", "plage", "block"],
  vlan: ["vlan", "vlan id", "vid"],
  hostCount: ["host count", "hosts", "postes", "nombre de postes"],
  assigned: ["assigned", "device vm", "parent", "assigned object parent"],
  dnsName: ["dns name"],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type ColumnField = keyof typeof columnHeadings;

const fields = Object.keys(columnHeadings) as readonly ColumnField[];

interface TableRow {
  readonly row: number;
  readonly cells: readonly string[];
}

/** Cells of one row by field, cleaned; empty text where the table has none. */
interface Cells {
  readonly row: number;
  readonly get: (field: ColumnField) => string;
}

/** Adds what a table says to the inventory. */
export function readCsvInventory(path: string, text: string, options: InventoryOptions, inventory: Inventory): void {
  const problem = (row: number, column: string, value: string, rule: string, advice: string): void => {
    if (inventory.problems.length < limits.mapProblemsMax) {
      inventory.problems.push({ file: path, row, column, value: value.slice(0, 120), rule, advice });
    }
  };
  const { rows, error } = readTable(text);
  if (error !== null) problem(error.row, "the table", error.value, "correct CSV", error.advice);
  const header = rows.shift();
  if (header === undefined) {
    problem(1, "the file", "nothing", "a table with a heading row", "Export the list again with its headings");
    return;
  }
  const columns = columnsOf(header, options.columns, problem);
  if (columns === null) return;
  const folded = new Set(header.cells.map(foldedWord));
  const isPlaces = columns.has("name") && !columns.has("site") && (folded.has("facility") || folded.has("region"));
  const isNetbox = options.kind === "netbox" || isPlaces || (folded.has("tenant") && folded.has("status"));
  const isSegments = columns.has("cidr");
  const isAddresses = !columns.has("name") && columns.has("assigned") && columns.has("address");
  if (!isSegments && !columns.has("name") && !columns.has("address") && !columns.has("address6")) {
    const advice = `Name the columns: --column name=HEADING --column address=HEADING (fields: ${fields.join(", ")})`;
    problem(header.row, "the heading row", header.cells.join(", "), "headings that name hosts or blocks", advice);
    return;
  }
  for (const { row, cells } of rows) {
    inventory.rows++;
    if (cells.length > header.cells.length && cells.slice(header.cells.length).some((cell) => cell.trim() !== "")) {
      const rule = `at most ${header.cells.length} cells long`;
      problem(row, "the row", `${cells.length} cells`, rule, "Quote the cell that holds a separator");
    }
    const get = (field: ColumnField): string => plainCell(cells[columns.get(field) ?? -1] ?? "");
    const headingOf = (field: ColumnField): string => header.cells[columns.get(field) ?? -1] ?? field;
    const report: Report = (field, value, rule, advice) => problem(row, headingOf(field), value, rule, advice);
    if (isPlaces) addPlace(path, { row, get }, options, inventory);
    else if (isSegments) addSegment(path, { row, get }, report, inventory);
    else if (isAddresses) addAssigned(path, { row, get }, report, inventory);
    else addHost(path, { row, get }, report, inventory, isNetbox && options.netboxSites === "buildings");
  }
}

type Report = (field: ColumnField, value: string, rule: string, advice: string) => void;

function addHost(path: string, cells: Cells, report: Report, inventory: Inventory, isSiteABuilding: boolean): void {
  const { row, get } = cells;
  const addresses = [
    ...take(get("address"), "address", addressesOfCell),
    ...take(get("address6"), "address6", addressesOfCell),
  ];
  function take(cell: string, field: ColumnField, read: (cell: string) => ReadList): readonly string[] {
    const { values, bad } = read(cell);
    const rule = field === "mac" ? "MAC addresses" : "IPv4 or IPv6 addresses";
    for (const word of bad) report(field, word, rule, "Correct the cell or empty it; the rest of the row is used");
    return values;
  }
  const macs = take(get("mac"), "mac", macsOfCell);
  const name = get("name").split("\n", 1)[0].trim() || null;
  if (name === null && addresses.length === 0) {
    report("name", get("name"), "given when there is no address", "Fill in a name or an address, or delete the row");
    return;
  }
  const stated = placeOfCell(get("place"));
  const site = get("site") || null;
  inventory.hosts.push({
    file: path,
    row,
    name,
    addresses,
    macs,
    role: roleOfWord(get("role")) ?? roleOfWord(get("type")),
    place: {
      site: isSiteABuilding ? stated.site : (site ?? stated.site),
      building: get("building") || (isSiteABuilding ? site : null) || stated.building,
      room: get("room").replaceAll(/\s*\n\s*/g, " ") || stated.room,
    },
    segment: get("segment") || null,
    switchPort: get("switchPort") || null,
    ports: [],
    serial: serialOfCell(get("serial")),
    assetTag: serialOfCell(get("assetTag")),
  });
}

/** A NetBox list of sites. */
function addPlace(path: string, cells: Cells, options: InventoryOptions, inventory: Inventory): void {
  const name = cells.get("name");
  if (name === "") return;
  const isBuilding = options.netboxSites === "buildings";
  const place = { site: isBuilding ? null : name, building: isBuilding ? name : null, room: null };
  inventory.places.push({ file: path, row: cells.row, place });
}

/** A NetBox list of addresses: each row gives one more address to a device. */
function addAssigned(path: string, cells: Cells, report: Report, inventory: Inventory): void {
  const { values, bad } = addressesOfCell(cells.get("address"));
  for (const word of bad) report("address", word, "IPv4 or IPv6 addresses", "Correct the cell or empty it");
  const name = cells.get("assigned") || cells.get("dnsName") || null;
  if (values.length === 0 || name === null || name === "—") return;
  inventory.hosts.push({ ...blankHost(path, cells.row, name), addresses: values });
}

function addSegment(path: string, cells: Cells, report: Report, inventory: Inventory): void {
  const { row, get } = cells;
  const written = get("cidr");
  const cidr = blockOfText(written);
  if (cidr === null) {
    report("cidr", written, "a block like 10.1.2.0/24", "Correct the cell or delete the row; the row is left out");
    return;
  }
  const vlanCell = get("vlan");
  const vlan = /\((\d{1,4})\)\s*$|^\s*(\d{1,4})\s*$/.exec(vlanCell);
  const vid = Number(vlan?.[1] ?? vlan?.[2] ?? 0);
  const stated = placeOfCell(get("place"));
  const count = get("hostCount");
  if (count !== "" && !/^\d{1,7}$/.test(count))
    report("hostCount", count, "a whole number", "Correct the cell or empty it");
  const vlanName = vlanCell.replace(/\s*\(\d+\)\s*$/, "").trim();
  const name = get("name") || (/^\d*$/.test(vlanName) ? "" : vlanName);
  inventory.segments.push({
    file: path,
    row,
    name: name || null,
    cidr,
    vlan: vid >= 1 && vid <= 4094 ? vid : null,
    use: useOfWord(`${get("role")} ${get("type")} ${name}`),
    place: {
      site: get("building") ? get("site") || null : stated.site,
      building: get("building") || get("site") || stated.building,
      room: null,
    },
    hostCount: /^\d{1,7}$/.test(count) ? Number(count) : null,
  });
}

/** The column of each field: as the user named it, else by known headings. Null when a named one is not there. */
function columnsOf(
  header: TableRow,
  named: Readonly<Record<string, string>>,
  problem: (row: number, column: string, value: string, rule: string, advice: string) => void,
): ReadonlyMap<ColumnField, number> | null {
  const folded = header.cells.map((cell) => foldedWord(plainCell(cell)));
  const columns = new Map<ColumnField, number>();
  let isComplete = true;
  for (const field of fields) {
    const heading = named[field];
    const wanted: readonly string[] = heading === undefined ? columnHeadings[field] : [foldedWord(heading)];
    for (const word of wanted) {
      const column = folded.indexOf(word);
      if (column < 0) continue;
      columns.set(field, column);
      break;
    }
    if (heading !== undefined && !columns.has(field)) {
      const advice = `The headings are: ${header.cells.map((cell) => plainCell(cell)).join(", ")}`;
      problem(header.row, `--column ${field}`, heading, "a heading of the table", advice);
      isComplete = false;
    }
  }
  return isComplete ? columns : null;
}

interface Table {
  readonly rows: TableRow[];
  readonly error: { row: number; value: string; advice: string } | null;
}

/** Rows with the line each begins on. What comes before a fault of quoting is kept. */
function readTable(text: string): Table {
  const rows: TableRow[] = [];
  if (text.length > limits.mapTextMax) {
    return { rows, error: { row: 1, value: `${text.length} characters`, advice: "Split the file" } };
  }
  let line = 1;
  try {
    parse(text, {
      delimiter: separatorOf(text),
      bom: true,
      relax_column_count: true,
      relax_quotes: true,
      record_delimiter: ["\r\n", "\n", "\r"],
      on_record: (cells: string[], { lines }: { lines: number }) => {
        const begin = line;
        line = lines + 1;
        if (cells.some((cell) => cell.trim() !== "")) rows.push({ row: Math.min(begin, lines), cells });
        return null;
      },
    });
    return { rows, error: null };
  } catch (error) {
    const { message } = error as CsvError;
    const advice = "Look for a quote that is never closed; rows before it are read";
    return { rows, error: { row: line, value: message.split("\n", 1)[0], advice } };
  }
}

/** The separator that is most frequent in the first line that is not empty, outside quotes. */
function separatorOf(text: string): string {
  const header = /[^\r\n]*[^\s\r\n][^\r\n]*/.exec(text.slice(0, 65_536))?.[0].replaceAll(/"[^"]*"/g, "") ?? "";
  let best = ";";
  let bestCount = 0;
  for (const candidate of [";", ",", "\t", "|"]) {
    const count = header.split(candidate).length - 1;
    if (count > bestCount) [best, bestCount] = [candidate, count];
  }
  return best;
}

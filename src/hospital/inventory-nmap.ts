// Nmap's XML: hosts that are up, their addresses and open ports. A file cut in the middle (a scan that died) gives the
// hosts it holds, and says so.

import { Parser } from "htmlparser2";
import { limits } from "../limits.ts";
import { parsePort } from "../model/port.ts";
import { blankHost, type Inventory } from "./inventory.ts";
import { addressesOfCell, macsOfCell } from "./inventory-text.ts";

/** One host while its element is open. */
interface OpenHost {
  readonly row: number;
  isUp: boolean;
  name: string | null;
  readonly addresses: string[];
  readonly macs: string[];
  readonly ports: Set<string>;
}

/** Adds what a scan found to the inventory. */
export function readNmapXml(path: string, text: string, inventory: Inventory): void {
  const problem = (row: number, column: string, value: string, rule: string, advice: string): void => {
    if (inventory.problems.length < limits.mapProblemsMax) {
      inventory.problems.push({ file: path, row, column, value: value.slice(0, 120), rule, advice });
    }
  };
  let host: OpenHost | null = null;
  let port: string | null = null;
  let isNmap = false;
  let isClosed = false;
  const lineAt = createLineCounter(text);
  const finish = (): void => {
    if (host === null) return;
    inventory.rows++;
    if (host.isUp && host.addresses.length > 0) addHost(path, host, inventory);
    host = null;
  };
  const parser: Parser = new Parser(
    {
      onopentag(tag, attributes) {
        if (tag === "nmaprun") isNmap = true;
        else if (tag === "host") {
          finish();
          host = { row: lineAt(parser.startIndex), isUp: true, name: null, addresses: [], macs: [], ports: new Set() };
        } else if (host === null) return;
        else if (tag === "status") host.isUp = attributes.state !== "down";
        else if (tag === "hostname") host.name ??= attributes.name || null;
        else if (tag === "port") port = portText(attributes.protocol, attributes.portid);
        else if (tag === "state" && port !== null && attributes.state === "open") host.ports.add(port);
        else if (tag === "address") {
          const isMac = attributes.addrtype === "mac";
          const { values, bad } = (isMac ? macsOfCell : addressesOfCell)(attributes.addr ?? "");
          (isMac ? host.macs : host.addresses).push(...values);
          const rule = isMac ? "a MAC address" : "an IPv4 or IPv6 address";
          for (const word of bad) problem(lineAt(parser.startIndex), "address", word, rule, "Scan again with -oX");
        }
      },
      onclosetag(tag, isImplied) {
        if (tag === "port") port = null;
        else if (tag === "host" && !isImplied) finish();
        else if (tag === "nmaprun" && !isImplied) isClosed = true;
      },
    },
    { xmlMode: true },
  );
  parser.write(text);
  parser.end();
  if (!isNmap) {
    problem(1, "the file", text.slice(0, 40), "Nmap XML with an nmaprun element", "Write it with nmap -oX FILE");
    return;
  }
  if (isClosed) return;
  const cut: OpenHost | null = host;
  const last = cut === null ? "" : `, inside host ${(cut as OpenHost).addresses[0] ?? "without address"}`;
  finish();
  inventory.remarks.push(`${path} ends before its scan does${last}: hosts after that are missing`);
}

function addHost(path: string, host: OpenHost, inventory: Inventory): void {
  inventory.hosts.push({
    ...blankHost(path, host.row, host.name),
    addresses: [...new Set(host.addresses)],
    macs: [...new Set(host.macs)],
    ports: [...host.ports],
  });
}

function portText(protocol: string | undefined, port: string | undefined): string | null {
  const text = `${protocol ?? ""}/${port ?? ""}`;
  return parsePort(text) === null ? null : text;
}

/** Line of an offset, from 1; offsets must come in ascending order, so that the text is read once. */
function createLineCounter(text: string): (offset: number) => number {
  let at = 0;
  let line = 1;
  return (offset) => {
    for (let next = text.indexOf("\n", at); next >= 0 && next < offset; next = text.indexOf("\n", at)) {
      line++;
      at = next + 1;
    }
    return line;
  };
}

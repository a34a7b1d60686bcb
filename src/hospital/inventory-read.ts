// The files of one import in, one inventory out: each file goes to the reader of its format, told from its content.

import {
  emptyInventory,
  type Inventory,
  type InventoryFile,
  type InventoryKind,
  type InventoryOptions,
} from "./inventory.ts";
import { readCsvInventory } from "./inventory-csv.ts";
import { readNetboxJson } from "./inventory-netbox.ts";
import { readNmapXml } from "./inventory-nmap.ts";
import { decodeText } from "./inventory-text.ts";

/** Reads all files of one import. Never throws on bad content: what cannot be used is a problem with its row. */
export function readInventory(files: readonly InventoryFile[], options: InventoryOptions): Inventory {
  const inventory = emptyInventory();
  const netbox: { path: string; text: string }[] = [];
  for (const { path, bytes } of files) {
    const text = decodeText(bytes);
    const kind = options.kind ?? kindOfText(text);
    const isJson = /^\s*[[{]/.test(text);
    if (kind === "nmap") readNmapXml(path, text, inventory);
    else if (kind === "netbox" && isJson) netbox.push({ path, text });
    else readCsvInventory(path, text, { ...options, kind }, inventory);
  }
  if (netbox.length > 0) readNetboxJson(netbox, options, inventory);
  return inventory;
}

/** Told from the first characters: `<` is Nmap's XML, `{` or `[` is NetBox's JSON, all else is a table. */
export function kindOfText(text: string): InventoryKind {
  const begin = /\S/.exec(text)?.[0];
  if (begin === "<") return "nmap";
  return begin === "{" || begin === "[" ? "netbox" : "csv";
}

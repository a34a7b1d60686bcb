// Cells of inventories as people really have them: bytes of several encodings in, clean words out. Lists of addresses
// stand in one cell, places are written "A > B > C", and types are free words in French or English.

import { formatAddress, formatCidr, isNotUnicast, maskAddress, parseAddress } from "../model/address.ts";
import type { SegmentUse } from "../model/map.ts";
import type { HostRole } from "../model/terrain.ts";
import type { PlaceWords } from "./inventory.ts";

/** UTF-8 or UTF-16 by byte-order mark, else UTF-8 when it is valid, else Windows-1252 (what a French Excel writes). */
export function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** Lower case, no accents, single spaces: for comparing words people typed, in any script. */
export function foldedWord(text: string): string {
  return text
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** An id made of a name: letters, digits, dots, dashes; null when nothing is left of it. */
export function idFromName(name: string): string | null {
  const id = name
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .trim()
    .replaceAll(/[^A-Za-z0-9._-]+/g, "-")
    .replaceAll(/^[^A-Za-z0-9]+|-+$/g, "")
    .slice(0, 80);
  return id === "" ? null : id;
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

/** Undoes HTML entities, which GLPI leaves in its exports, and tells line breaks written as <br>. */
export function plainCell(cell: string): string {
  return cell
    .replaceAll(/<br\s*\/?>/gi, "\n")
    .replaceAll(/&(#\d{1,6}|#x[0-9a-f]{1,5}|[a-z]+);/gi, (whole, name: string) => {
      if (!name.startsWith("#")) return entities[name.toLowerCase()] ?? whole;
      const code = name[1] === "x" || name[1] === "X" ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
      return code > 0 && code < 0x110000 ? String.fromCodePoint(code) : whole;
    })
    .replaceAll("\u00a0", " ")
    .trim();
}

export interface ReadList {
  readonly values: readonly string[];
  /** Words of the cell that are none. */
  readonly bad: readonly string[];
}

/** Addresses of a cell, a length after a slash dropped. Loopback, link-local and zero addresses name no host here. */
export function addressesOfCell(cell: string): ReadList {
  const values = new Set<string>();
  const bad: string[] = [];
  for (const word of cell.split(/[\s,;|]+/).filter(Boolean)) {
    const address = parseAddress(word.split("/", 1)[0]);
    if (address === null) bad.push(word);
    else if (!isNotUnicast(address) && !isLinkLocal(formatAddress(address))) values.add(formatAddress(address));
  }
  return { values: [...values], bad };
}

function isLinkLocal(address: string): boolean {
  return /^(fe[89ab][0-9a-f]:|169\.254\.)/.test(address);
}

/** MAC addresses of a cell in any of the usual forms. All zeros and broadcast are left out. */
export function macsOfCell(cell: string): ReadList {
  const values = new Set<string>();
  const bad: string[] = [];
  for (const word of cell.split(/[\s,;|]+/).filter(Boolean)) {
    const hex = word.toLowerCase().replaceAll(/[-:.]/g, "");
    if (!/^[0-9a-f]{12}$/.test(hex)) bad.push(word);
    else if (hex !== "000000000000" && hex !== "ffffffffffff") values.add(hex.match(/../g)?.join(":") ?? "");
  }
  return { values: [...values], bad };
}

/** A block as inventories write it: bits beyond the length are cleared, a bare address is no block. */
export function blockOfText(text: string): string | null {
  const match = /^\s*([0-9a-fA-F.:]+)\/(\d{1,3})\s*$/.exec(text);
  const base = match ? parseAddress(match[1]) : null;
  if (!match || base === null || Number(match[2]) > (base.family === 4 ? 32 : 128)) return null;
  const bits = Number(match[2]);
  return formatCidr({ base: maskAddress(base, bits), bits });
}

/** `Site > Building > Floor > Room`. One word alone is a building; below the building all is the room. */
export function placeOfCell(cell: string): PlaceWords {
  const words = cell
    .split(/\s*>\s*|\s*\n\s*/)
    .map((word) => word.trim())
    .filter(Boolean);
  if (words.length === 0) return { site: null, building: null, room: null };
  if (words.length === 1) return { site: null, building: words[0], room: null };
  return { site: words[0], building: words[1], room: words.slice(2).join(" > ") || null };
}

/** Serial numbers that makers leave unfilled and that therefore name nothing. */
export function serialOfCell(cell: string): string | null {
  const folded = foldedWord(cell);
  if (folded.length < 3 || /^(0+|x+|n a|none|null|inconnu|unknown|default string|system serial number)$/.test(folded)) {
    return null;
  }
  return /to be filled|not specified|non renseigne/.test(folded) ? null : cell.trim().slice(0, 200);
}

const roleWords: readonly (readonly [RegExp, HostRole])[] = [
  [/\b(controleur de domaine|domain controller)\b/, "domain-controller"],
  [/\b(imprimante|printer|copieur|traceur|multifonction|mfp|plotter)\b/, "printer"],
  [/\b(serveur d impression|print server)\b/, "print-server"],
  [/\b(sauvegarde|backup)\b/, "backup"],
  [/\b(supervision|monitoring)\b/, "monitoring"],
  [/\b(switch|commutateur|routeur|router|pare feu|firewall|borne|access point|wifi|wireless|wlan)\b/, "network-device"],
  [/\b(telephone|phone|telephonie|dect|softphone)\b/, "telephone"],
  [
    /\b(biomedical|medical|modalite|modality|irm|mri|scanographe|echographe|ultrasound|ventilateur|respirateur|moniteur patient|dicom|radiologie|automate)\b/,
    "medical-device",
  ],
  [/\b(serveur|server|hyperviseur|hypervisor|virtual machine)\b/, "server"],
  [
    /\b(portable|laptop|notebook|desktop|ordinateur|poste|workstation|tour|tower|pc|micro|all in one|client leger|thin client|mini tower|convertible|tablette|tablet)\b/,
    "workstation",
  ],
];

/** The role that a free word stands for; null when it tells nothing. */
export function roleOfWord(word: string): HostRole | null {
  const folded = foldedWord(word);
  return roleWords.find(([pattern]) => pattern.test(folded))?.[1] ?? null;
}

const useWords: readonly (readonly [RegExp, SegmentUse])[] = [
  [/\b(biomed\w*|medical|modalit\w*|imagerie|imaging|dicom|soins critiques)\b/, "medical-devices"],
  [/\b(serveurs?|servers?|datacenter|data center|dmz)\b/, "servers"],
  [/\b(telephon\w*|voip|toip|voice|voix|phones?)\b/, "telephony"],
  [/\b(imprimantes?|printers?|impression)\b/, "printers"],
  [/\b(gtb|gtc|bms|batiment technique|building systems?|iot|videosurveillance|cctv)\b/, "building-systems"],
  [/\b(invites?|guests?|patients wifi|public)\b/, "guests"],
  [/\b(management|admin\w*|supervision|infra\w*|oob)\b/, "management"],
  [/\b(transit|interco\w*|uplinks?|wan|p2p)\b/, "transit"],
  [/\b(postes?|workstations?|bureautique|clients?|users?|utilisateurs?|pc|lan)\b/, "workstations"],
];

export function useOfWord(word: string): SegmentUse | null {
  const folded = foldedWord(word);
  return useWords.find(([pattern]) => pattern.test(folded))?.[1] ?? null;
}

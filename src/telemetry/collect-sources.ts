// What is to be read: the options of a collection, the files behind the paths, and why one of them could not be opened.

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { limits } from "../limits.ts";
import type { HostTable } from "../model/host-table.ts";
import type { SensorIndex } from "../model/units.ts";

/** How far all inputs were read, and which one just now. */
export interface CollectProgress {
  readonly path: string;
  readonly readBytes: number;
  /** What the file sizes told; 0 for streams. */
  readonly totalBytes: number;
}

export interface CollectOptions {
  readonly hosts: HostTable;
  /** Names whose look-ups are kept (kill-switch names): lower case, no trailing dot. */
  readonly watchedNames: ReadonlySet<string>;
  /** Called after each chunk. */
  readonly onProgress?: (progress: CollectProgress) => void;
  /** What `-` reads. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** Records older than the newest by more than this are counted as late; they are used all the same. Default 10 min. */
  readonly latenessMs?: number;
}

export const latenessDefaultMs = 600_000;

const systemReasons: Readonly<Record<string, string>> = {
  ENOENT: "the path must exist, got none",
  EACCES: "the file must be readable by this user, got permission denied",
  EPERM: "the file must be readable by this user, got permission denied",
  EISDIR: "the path must be a file, got a folder",
  ENOTDIR: "the path must exist, got a file where a folder is named",
  EMFILE: "the limit of open files must be higher (ulimit -n), got too many open files",
  Z_BUF_ERROR: "the gzip data must be complete, got a cut stream",
  Z_DATA_ERROR: "the gzip data must be intact, got a damaged stream",
};

/** What went wrong with a file, in words an operator can act on. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return systemReasons[code] ?? (error instanceof Error ? error.message : String(error));
}

export interface ListedFile {
  readonly path: string;
  readonly error: string | null;
}

/** Folders become all the files inside, at any depth, sorted; names beginning with a dot are left out. */
export async function listFiles(paths: readonly string[]): Promise<ListedFile[]> {
  const files: ListedFile[] = [];
  for (const path of paths) {
    if (path === "-") {
      files.push({ path, error: null });
      continue;
    }
    try {
      if ((await stat(path)).isDirectory()) {
        const inside = await filesInside(path);
        if (inside.length === 0)
          files.push({ path, error: `Cannot read ${path}: the folder must hold files, got none` });
        for (const file of inside) files.push({ path: file, error: null });
      } else {
        files.push({ path, error: null });
      }
    } catch (error) {
      files.push({ path, error: `Cannot read ${path}: ${reasonOf(error)}` });
    }
  }
  return files;
}

async function filesInside(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isDirectory() || entry.name.startsWith(".")) continue;
    found.push(join(entry.parentPath, entry.name));
  }
  return found.sort();
}

/** Bytes of all regular files among them. */
export async function totalSize(files: readonly ListedFile[]): Promise<number> {
  let bytes = 0;
  for (const { path, error } of files) {
    if (error !== null || path === "-") continue;
    const status = await stat(path).catch(() => null);
    if (status?.isFile() === true) bytes += status.size;
  }
  return bytes;
}

/** Rows for sensors by name; once there are `limits.sensorsMax`, the rest share the last row. */
export function sensorRows(): (name: string) => SensorIndex {
  const rows = new Map<string, number>();
  return (name) => {
    const row = rows.get(name);
    if (row !== undefined) return row as SensorIndex;
    if (rows.size >= limits.sensorsMax) return (limits.sensorsMax - 1) as SensorIndex;
    rows.set(name, rows.size);
    return (rows.size - 1) as SensorIndex;
  };
}

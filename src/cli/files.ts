// Files a command reads and writes besides its inputs. What goes wrong is thrown as a sentence, `Cannot …`, for the
// command line to show as it is.

import { readFile, rename, writeFile } from "node:fs/promises";

/** @param what  as the sentence names it: "the map" */
export async function readBytes(what: string, path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new Error(`Cannot read ${what}: ${path} must be a readable file, got ${codeOf(error)}`, { cause: error });
  }
}

export async function readText(what: string, path: string): Promise<string> {
  return Buffer.from(await readBytes(what, path)).toString();
}

/** Writes beside the place first, so that a crash leaves the old file whole. */
export async function replaceFile(what: string, path: string, text: string): Promise<void> {
  try {
    await writeFile(`${path}.part`, text);
    await rename(`${path}.part`, path);
  } catch (error) {
    throw new Error(`Cannot write ${what}: ${path} must be writable, got ${codeOf(error)}`, { cause: error });
  }
}

/** Writes a file that is not there yet. */
export async function createFile(what: string, path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: "wx" });
  } catch (error) {
    const rule = "a new file in a folder that can be written";
    throw new Error(`Cannot write ${what}: ${path} must be ${rule}, got ${codeOf(error)}`, { cause: error });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

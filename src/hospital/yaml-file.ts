// A small file that people write besides the map, as YAML under a schema: the value out, or every fault as a sentence.

import { parse } from "yaml";
import type { z } from "zod";
import { limits } from "../limits.ts";
import { formatPath } from "./problems.ts";
import { faultsOf } from "./schema-faults.ts";

export type ReadYaml<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly faults: readonly string[] };

/**
 * Never throws on bad text.
 * @param what  as the sentences name it: "the scenario"
 * @param path  how the file is called in them
 */
export function readYaml<Value>(text: string, what: string, path: string, schema: z.ZodType<Value>): ReadYaml<Value> {
  const refused = (...rules: string[]): ReadYaml<Value> => ({
    ok: false,
    faults: rules.map((rule) => `${path}: Cannot read ${what}: ${rule}`),
  });
  if (text.length > limits.mapTextMax) {
    return refused(`it must have at most ${limits.mapTextMax} characters, got ${text.length}`);
  }
  let raw: unknown;
  try {
    raw = parse(text, { maxAliasCount: 100, logLevel: "error" });
  } catch (error) {
    const because = error instanceof Error ? error.message.split("\n")[0] : String(error);
    return refused(`it must be correct YAML, got ${because}`);
  }
  const parsed = schema.safeParse(raw);
  if (parsed.success) return { ok: true, value: parsed.data };
  const faults = parsed.error.issues.flatMap((issue) => faultsOf(issue, raw, schema));
  return refused(
    ...faults.map(({ at, key, rule, got, suggestion }) => {
      const where = formatPath(key === undefined ? at : [...at, key]) || "the file";
      const hint = suggestion === null ? "" : ` (did you mean ${suggestion}?)`;
      return `${where} must be ${rule}, got ${got}${hint}`;
    }),
  );
}

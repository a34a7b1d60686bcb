// A worm profile that a user wrote, as YAML: strict, with one sentence per fault. A profile that claims nothing says so.

import { z } from "zod";
import { parsePort } from "../model/port.ts";
import type { WormProfile } from "../model/rehearsal.ts";
import { readYaml } from "./yaml-file.ts";

const share = z.number().min(0).max(1);
const rate = z.number().min(0).finite();

const wormSchema = z
  .strictObject({
    schema: z.literal("cordon.worm/1"),
    id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "lower-case words joined by hyphens"),
    title: z.string().min(1),
    port: z.string().refine((text) => parsePort(text) !== null, "a port like tcp/445"),
    localTriesPerSecond: rate,
    remoteTriesPerSecond: rate,
    knowsHosts: z.boolean(),
    takeProbability: share,
    takesAtOnce: z.int().min(1).nullable().default(null),
    takeSeconds: z.number().positive().nullable().default(null),
    dormancy: z.strictObject({ meanSeconds: rate, kind: z.enum(["fixed", "exponential"]) }),
    activeSeconds: rate.nullable().default(null),
    triesUntilLockout: z.int().min(1).nullable().default(null),
    vulnerableShare: z.strictObject({ workstation: share, server: share, medical: share, other: share }),
    claims: z.array(z.strictObject({ what: z.string(), source: z.string() })).default([]),
  })
  .refine(({ takesAtOnce, takeSeconds }) => (takesAtOnce === null) === (takeSeconds === null), {
    path: ["takeSeconds"],
    message: "given with takesAtOnce, or neither of them",
  });

export type ReadWorm =
  | { readonly ok: true; readonly worm: WormProfile }
  | { readonly ok: false; readonly faults: readonly string[] };

/**
 * Reads a profile. Never throws on bad text.
 * @param path  how the file is called in messages
 */
export function readWorm(text: string, path: string): ReadWorm {
  const read = readYaml(text, "the worm", path, wormSchema);
  if (!read.ok) return read;
  const { schema: _, ...worm } = read.value;
  const claims = worm.claims.length > 0 ? worm.claims : [{ what: "all figures", source: "stated by the user" }];
  return { ok: true, worm: { ...worm, claims } };
}

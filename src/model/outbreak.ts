// What detection says: suspects, outbreaks and notable things, each with `because`.

import type { Brand, HostIndex, Millis } from "./units.ts";

export type OutbreakId = Brand<string, "OutbreakId">;

/** A host whose odds of being infected crossed the threshold. */
export interface Suspect {
  readonly host: HostIndex;
  readonly address: string;
  /** The port that weighed most: `tcp/445`. */
  readonly port: string;
  /** First contact of the excursion that led to the flag. */
  readonly onsetMs: Millis;
  readonly flaggedMs: Millis;
  /** Contacts from onset to flag, both included. */
  readonly contactsToFlag: number;
  /** Natural logarithm of the odds at their highest. */
  readonly logOdds: number;
  readonly outbreak: OutbreakId | null;
  readonly because: readonly string[];
}

/** "`from` infected `to`", with how probable that is among the explanations considered. */
export interface SpreadEdge {
  readonly from: HostIndex;
  readonly to: HostIndex;
  readonly atMs: Millis;
  readonly probability: number;
}

export interface Outbreak {
  readonly id: OutbreakId;
  readonly port: string;
  /** `suspected`: one suspect that reaches inside hosts on a spreading port; `confirmed`: two or more tied by a tree. */
  readonly phase: "suspected" | "confirmed";
  readonly patientZero: HostIndex | null;
  /** Other hosts that may have been first, best first; probabilities with the patient zero's sum to at most 1. */
  readonly rivals: readonly { readonly host: HostIndex; readonly probability: number }[];
  readonly hosts: readonly HostIndex[];
  readonly edges: readonly SpreadEdge[];
}

export type NotableKind =
  | "known-talker"
  | "exposed"
  | "lateral"
  | "scanner"
  | "inbound-scan"
  | "indicator"
  | "brute-force"
  | "unusual";

/** Worth a look, but no claim of infection. */
export interface Notable {
  readonly host: HostIndex;
  readonly kind: NotableKind;
  readonly atMs: Millis | null;
  readonly because: readonly string[];
}

export interface Detection {
  readonly suspects: readonly Suspect[];
  readonly outbreaks: readonly Outbreak[];
  readonly notables: readonly Notable[];
}

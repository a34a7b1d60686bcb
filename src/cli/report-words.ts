// Every sentence of the report, in English and in French: two objects of one shape, so that a text that is missing in
// one of them does not compile.

import type { ServiceState } from "../model/care.ts";
import type { ReportLanguage } from "./report-figures.ts";
import { en, type ReportWords } from "./report-words-en.ts";
import { fr } from "./report-words-fr.ts";

export type { ReportWords };

/** A sign for each state, so that none is told by colour alone. */
export const stateSigns: Readonly<Record<ServiceState, string>> = {
  normal: "●",
  degraded: "▲",
  "stand-in": "⇄",
  stopped: "■",
};

/** What each language says, by its code. */
export const reportWords: Readonly<Record<ReportLanguage, ReportWords>> = { en, fr };

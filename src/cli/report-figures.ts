// Figures as a reader of one language expects them: counts, shares, intervals, durations.

import type { Estimate } from "../model/forecast.ts";

export const reportLanguages = ["en", "fr"] as const;
export type ReportLanguage = (typeof reportLanguages)[number];

const noBreak = "\u00a0";

export class Figures {
  private readonly language: ReportLanguage;
  private readonly whole: Intl.NumberFormat;
  private readonly tenths: Intl.NumberFormat;

  constructor(language: ReportLanguage) {
    this.language = language;
    this.whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
    this.tenths = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  }

  /** 1234.5 → "1,235"; figures below ten keep a tenth. */
  count(value: number): string {
    const text = (Math.abs(value) < 9.95 ? this.tenths : this.whole).format(value);
    return (text === "-0" ? "0" : text).replaceAll("\u202f", noBreak);
  }

  /** "214 (180 to 251)"; the figure alone when nothing is uncertain. */
  estimate({ mean, low, high }: Estimate, to: string): string {
    if (this.count(low) === this.count(high)) return this.count(mean);
    return `${this.count(mean)} (${this.count(low)}${noBreak}${to}${noBreak}${this.count(high)})`;
  }

  /** Never 0 % or 100 % of what is neither. */
  percent(share: number): string {
    const sign = this.language === "fr" ? `${noBreak}%` : "%";
    const rounded = Math.round(share * 100);
    if (share > 0 && rounded === 0) return `<${noBreak}1${sign}`;
    if (share < 1 && rounded === 100) return `>${noBreak}99${sign}`;
    return `${rounded}${sign}`;
  }

  /** "45 s", "3 min 21 s", "20 min", "3 h 15", "4 d". */
  duration(seconds: number): string {
    const joined = (value: number, unit: string): string => `${this.count(value)}${noBreak}${unit}`;
    if (seconds < 90 && seconds !== 60) return joined(seconds, "s");
    const rest60 = Math.round(seconds) % 60;
    if (seconds < 600 && rest60 !== 0) {
      return `${joined(Math.floor(Math.round(seconds) / 60), "min")}${noBreak}${joined(rest60, "s")}`;
    }
    const minutes = Math.round(seconds / 60);
    if (minutes < 60) return joined(minutes, "min");
    const hours = Math.floor(minutes / 60);
    if (hours >= 48) return joined(Math.round(hours / 24), this.language === "fr" ? "j" : "d");
    const rest = minutes % 60;
    return rest === 0 ? joined(hours, "h") : `${joined(hours, "h")}${noBreak}${String(rest).padStart(2, "0")}`;
  }

  /** "2 March 2027 at 03:12 CET". */
  instant(atMs: number, timeZone: string): string {
    return new Intl.DateTimeFormat(this.language === "en" ? "en-GB" : "fr-FR", {
      timeZone,
      day: "numeric",
      month: "long",
      year: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      timeZoneName: "short",
    }).format(atMs);
  }
}

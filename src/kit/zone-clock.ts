// The clock on the wall of a time zone, changes of the clock and all. Milliseconds, as everywhere.

const DAY_MS = 86_400_000;

/** From an instant to the time on the wall of a zone, and back. */
export class ZoneClock {
  private readonly format: Intl.DateTimeFormat;

  constructor(timeZone: string) {
    this.format = new Intl.DateTimeFormat("en-GB", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
  }

  /** What the wall is ahead of UTC at an instant. */
  offsetMs(atMs: number): number {
    const parts = new Map(this.format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const wall = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
    return wall - Math.floor(atMs / 1_000) * 1_000;
  }

  /**
   * The instant at which the wall shows `wallMs` (as if it were UTC). Around a change of the clock: the first of two such
   * instants; for a time that is skipped, the instant it would have been without the change.
   */
  instantOf(wallMs: number): number {
    const before = wallMs - this.offsetMs(wallMs - DAY_MS);
    if (before + this.offsetMs(before) === wallMs) return before;
    const after = wallMs - this.offsetMs(wallMs + DAY_MS);
    return after + this.offsetMs(after) === wallMs ? after : before;
  }
}

// Channels of chance that are not a cell's (kernel/stream.ts): what is drawn once per run.

/** Infected that nobody has seen, plus the cell. */
export const CHANNEL_HIDDEN = 0x2000_0000;
/** Whether an order fails, by a hash of what is ordered. */
export const CHANNEL_ORDER = 0x4000_0000;

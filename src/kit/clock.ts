// Time as an argument: the only place besides main.ts and bench/ that reads the machine's clock.

/** What time it is. Replay and live run the same code with another clock. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };

/** A way to wait. Beside the clock, so that tests wait for nothing. */
export interface Timer {
  /** Resolves after `ms` milliseconds, or at once when `signal` is aborted. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemTimer: Timer = {
  wait: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      const end = (): void => {
        clearTimeout(timeout);
        signal?.removeEventListener("abort", end);
        resolve();
      };
      const timeout = setTimeout(end, ms);
      signal?.addEventListener("abort", end, { once: true });
    }),
};

/** A clock that stands still until it is moved. */
export function manualClock(startMs = 0): Clock & { set(nowMs: number): void; advance(byMs: number): void } {
  let now = startMs;
  return {
    nowMs: () => now,
    set: (nowMs) => {
      now = nowMs;
    },
    advance: (byMs) => {
      now += byMs;
    },
  };
}

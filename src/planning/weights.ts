// The figures that planning judges by, all in one place and all our judgement: changing one is a decision with a reason.
// The unit of harm is that of `harmPerHour` in the map.

import type { Approval } from "../model/plan.ts";
import type { ControlKind } from "../model/map.ts";
import type { HostKind } from "../model/places.ts";

export const weights = {
  /**
   * Harm of one host that has to be cleaned, besides what the services lose that need it: about a day without the
   * machine and an hour of work for a workstation, more for what others use. Raising these favours wider cuts.
   */
  harmPerHost: { workstation: 0.5, server: 10, medical: 4, other: 0.3 } satisfies Record<HostKind, number>,
  /** How long a cut is taken to stay and an infection to cost care, when the question does not say. */
  horizonSeconds: 4 * 3600,
  /**
   * A control that takes this long closes half as much as one at once, in the integer program only (the runs know
   * the time itself). Raising it makes slow controls, such as a person with a cable, look better.
   */
  halfUsefulSeconds: 600,
  /**
   * What a control costs by itself, by rung and per minute until it takes effect: small beside what it saves, it keeps
   * sets short. Lowering it doubles walls so as to guard against the one order in a hundred that fails.
   */
  harmPerRung: {
    "close-port-within": 1,
    "close-port": 1.2,
    "isolate-host": 0.5,
    "isolate-segment": 3,
    "isolate-building": 6,
    "isolate-site": 12,
    "cut-internet": 15,
  } satisfies Record<ControlKind, number>,
  harmPerApplyMinute: 0.2,
  /** And by segment of its scope, so that of two alike the narrower is taken. */
  harmPerSegmentTouched: 0.01,
  /** From the proposal to the order, by who has to agree: seconds added to every control before it is applied. */
  approvalSeconds: {
    "one-person": 30,
    "two-people": 120,
    "network-lead-and-care-lead": 600,
  } satisfies Record<Approval, number>,
  /**
   * Work of a wall built in peace, in changes: the change itself, each segment whose people must be asked, each point to
   * be set, each service whose conversations cross it and must be tried after, and the lack of any point to set.
   */
  wallEffort: { change: 1, perSegment: 0.05, perPoint: 0.25, perService: 0.25, withoutPoint: 2 },
  /** Paired runs of every wall at the first look, of each worm; and the share of them for worms dear to play. */
  wallRunsFirst: 8,
  wallRunsFollowed: 1 / 3,
  /**
   * Other sets of the cut's cost that are looked for when a precise answer is asked for: one tells that there is a
   * choice, and each takes as long as the cut itself.
   */
  tiesMax: 1,
  /**
   * Runs of the first answer, least and most: as many as `costFirst` pays for. Four tell which rung is out of the
   * question; ten of "do nothing" say well enough where it will be when orders take effect.
   */
  pairsFirst: [4, 10],
  /** Runs after which plans that are surely worse than the best and known well enough stop being played. */
  pairStages: [25, 50, 100, 200],
  /** Further ones, played only when every interval is asked to be narrow, whatever it costs. */
  pairStagesPrecise: [400, 800, 1_600],
  /**
   * What may be played for the first answer and for a whole one, in hosts taken: a budget in events and not in seconds,
   * so that one request and seed give one answer. Every plan gets the runs of the first stage whatever they cost; what
   * lies beyond the budget is left out. About 0.3 and 1 s on two cores.
   */
  costFirst: 1_200_000,
  costMax: 4_000_000,
  /** A host whose tries are counted one by one costs as much to play as this many others (measured: 14). */
  costPerFollowedHost: 14,
  /**
   * Standard errors by which the mean of paired differences must lie above the best plan's for a plan to be surely worse:
   * one chance in 740 to be wrong at one look at one plan, one in twenty over all looks at all plans.
   */
  errorsToBeSure: 3,
  /** A service counts as hit by infection once it has lost this share of itself. */
  hitShare: 0.1,
  /** Hidden infected hosts of a segment, on average, from which it counts as infected. */
  hiddenMeanMin: 0.05,
  /**
   * A plan is known well enough once half the width of the 95 % interval of its hosts and of its harm is this share of what
   * doing nothing costs. Of that, since a plan that costs next to nothing need not be known to a twentieth of it.
   */
  intervalWidth: 0.05,
} as const;

// Branded indices and plain units. An index of one table used for another does not compile.

declare const brand: unique symbol;
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** A row of the HostTable. */
export type HostIndex = Brand<number, "HostIndex">;
/** A row of the map's segments. */
export type SegmentIndex = Brand<number, "SegmentIndex">;
/** A row of the list of sensors (exporters, capture points, log sources) of a collection. */
export type SensorIndex = Brand<number, "SensorIndex">;

/** "No host": an observation without a target, an address that could not be interned. */
export const NO_HOST = -1 as HostIndex;
export const NO_SEGMENT = -1 as SegmentIndex;

/** Milliseconds; instants are since 1970 UTC and may carry a fraction (packets have microseconds). */
export type Millis = number;

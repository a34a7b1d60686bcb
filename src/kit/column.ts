// Columns: typed arrays seen through the type of their elements, so that a host index and a port cannot be swapped.

/** A typed array whose elements are `T`. Row `i` of every column of a table is the same thing. */
export interface Column<T extends number> {
  [row: number]: T;
  readonly length: number;
  set(source: ArrayLike<T>, offset?: number): void;
  subarray(begin?: number, end?: number): Column<T>;
  fill(value: T, begin?: number, end?: number): unknown;
}

type TypedArray = Uint8Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

export const uint8Column = <T extends number>(capacity: number): Column<T> => column(new Uint8Array(capacity));
export const uint16Column = <T extends number>(capacity: number): Column<T> => column(new Uint16Array(capacity));
export const int32Column = <T extends number>(capacity: number): Column<T> => column(new Int32Array(capacity));
export const uint32Column = <T extends number>(capacity: number): Column<T> => column(new Uint32Array(capacity));
export const float32Column = <T extends number>(capacity: number): Column<T> => column(new Float32Array(capacity));
export const float64Column = <T extends number>(capacity: number): Column<T> => column(new Float64Array(capacity));

/** A column of the same element width with more room; the old rows are kept. */
export function grown<T extends number>(old: Column<T>, capacity: number): Column<T> {
  const typed = old as unknown as TypedArray;
  const larger = new (typed.constructor as new (length: number) => TypedArray)(capacity);
  larger.set(typed);
  return column(larger);
}

function column<T extends number>(typed: TypedArray): Column<T> {
  return typed as unknown as Column<T>;
}

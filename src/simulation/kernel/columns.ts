// Columns in the kernel's memory: an address that is indexed like an array, without bounds or collector.

/** Whole numbers, 4 bytes each. */
@unmanaged
export class Ints {
  @operator("[]")
  get(row: i32): i32 {
    return load<i32>(changetype<usize>(this) + ((<usize>row) << 2));
  }
  @operator("[]=")
  set(row: i32, value: i32): void {
    store<i32>(changetype<usize>(this) + ((<usize>row) << 2), value);
  }
  fill(value: i32, rows: i32): void {
    for (let row = 0; row < rows; row++) this[row] = value;
  }
  zero(rows: i32): void {
    memory.fill(changetype<usize>(this), 0, (<usize>rows) << 2);
  }
}

/** Doubles. */
@unmanaged
export class Doubles {
  @operator("[]")
  get(row: i32): f64 {
    return load<f64>(changetype<usize>(this) + ((<usize>row) << 3));
  }
  @operator("[]=")
  set(row: i32, value: f64): void {
    store<f64>(changetype<usize>(this) + ((<usize>row) << 3), value);
  }
  fill(value: f64, rows: i32): void {
    for (let row = 0; row < rows; row++) this[row] = value;
  }
  /** The bits of a number of 0 or more: they are ordered as the numbers are, and whole numbers compare without a branch. */
  bits(row: i32): u64 {
    return load<u64>(changetype<usize>(this) + ((<usize>row) << 3));
  }
}

/** Bytes. */
@unmanaged
export class Bytes {
  @operator("[]")
  get(row: i32): i32 {
    return <i32>load<u8>(changetype<usize>(this) + <usize>row);
  }
  @operator("[]=")
  set(row: i32, value: i32): void {
    store<u8>(changetype<usize>(this) + <usize>row, <u8>value);
  }
}

let free: usize = (__heap_base + 15) & ~15;

/** Room that is never given back; it begins as zeros. Grows the memory, so views of it must be made anew. */
function room(bytes: usize): usize {
  const from = free;
  free = (from + bytes + 15) & ~15;
  const pages = <i32>((free + 0xffff) >> 16) - memory.size();
  if (pages > 0 && memory.grow(pages) < 0) unreachable();
  return from;
}

export function newInts(rows: i32): Ints {
  return changetype<Ints>(room((<usize>rows) << 2));
}

export function newDoubles(rows: i32): Doubles {
  return changetype<Doubles>(room((<usize>rows) << 3));
}

export function newBytes(rows: i32): Bytes {
  return changetype<Bytes>(room(<usize>rows));
}

/** Room for the fields of a class without a collector. */
export function newRecord(bytes: usize): usize {
  return room(bytes);
}

/** Where room begins that is still free. */
export function freeFrom(): usize {
  return free;
}

/** Gives back all room from an address that `freeFrom` told earlier, and clears it. */
export function freeAgain(from: usize): void {
  memory.fill(from, 0, free - from);
  free = from;
}

// A queue of hosts by the moment of their next known event: a 4-ary heap over slots, each in it at most once.

import { Doubles, Ints, newDoubles, newInts } from "./columns";

/** When each slot is due; of no meaning for those that wait for nothing. */
export let dueAt: Doubles = changetype<Doubles>(0);
let slots: Ints = changetype<Ints>(0);
let placeOf: Ints = changetype<Ints>(0);
let length: i32 = 0;

export function newHeap(capacity: i32): void {
  dueAt = newDoubles(capacity);
  slots = newInts(capacity);
  placeOf = newInts(capacity);
  placeOf.fill(-1, capacity);
  length = 0;
}

export function clearHeap(): void {
  for (let place = 0; place < length; place++) placeOf[slots[place]] = -1;
  length = 0;
}

/** How many slots wait. The other columns being kept elsewhere, this is all there is to a heap. */
export function heapLength(): i32 {
  return length;
}
export function setHeapLength(slotCount: i32): void {
  length = slotCount;
}

/** The moment of the first event, Infinity when there is none. */
export function firstDueAt(): f64 {
  return length === 0 ? Infinity : dueAt[slots[0]];
}

/** The slot that is due first. */
export function firstDue(): i32 {
  return slots[0];
}

/** Sets when a slot is due next; Infinity takes it out. */
export function setDue(slot: i32, at: f64): void {
  let place = placeOf[slot];
  if (at === Infinity) {
    if (place >= 0) remove(place);
    return;
  }
  dueAt[slot] = at;
  if (place < 0) place = length++;
  slots[place] = slot;
  placeOf[slot] = place;
  settle(place);
}

function remove(place: i32): void {
  placeOf[slots[place]] = -1;
  const last = slots[--length];
  if (place === length) return;
  slots[place] = last;
  placeOf[last] = place;
  settle(place);
}

/** Moves the slot at `place` up or down to where it belongs. */
function settle(place: i32): void {
  const slot = slots[place];
  const due = dueAt[slot];
  let at = place;
  while (at > 0) {
    const above = (at - 1) >> 2;
    if (dueAt[slots[above]] <= due) break;
    slots[at] = slots[above];
    placeOf[slots[at]] = at;
    at = above;
  }
  while (true) {
    let least = -1;
    const end = min(length, 4 * at + 5);
    for (let below = 4 * at + 1; below < end; below++) {
      if (least < 0 || dueAt[slots[below]] < dueAt[slots[least]]) least = below;
    }
    if (least < 0 || dueAt[slots[least]] >= due) break;
    slots[at] = slots[least];
    placeOf[slots[at]] = at;
    at = least;
  }
  slots[at] = slot;
  placeOf[slot] = at;
}

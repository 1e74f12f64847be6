import assert from "node:assert/strict";
import { test } from "node:test";
import { layoutFrame } from "../../src/frameLayout";
import type { Frame, Slot } from "../../src/protocol";

function slot(name: string, offset: number, size: number, fromLine: number, toLine: number): Slot {
  return { name, type: "Num", offset, size, fromLine, toLine, state: "trivial", ownsHeap: [] };
}

function frame(slots: Slot[], rest: Partial<Frame> = {}): Frame {
  const size = Math.max(0, ...slots.map((s) => (s.offset ?? 0) + (s.size ?? 0)));
  return { function: "src.main.f", path: "src/main.spp", fromLine: 5, toLine: 12, size, align: 8, depth: { bytes: size, path: [] }, slots, drops: [], heapSites: [], borrows: [], calls: [], ...rest };
}

test("widths_are_in_proportion_to_bytes", () => {
  const layout = layoutFrame(frame([slot("a", 0, 16, 5, 12), slot("b", 16, 32, 6, 8)]), 300);
  const [a, b] = layout.bars;
  assert.ok(a && b && layout.toScale);
  assert.equal(Math.round(b.width / a.width), 2);
  assert.equal(b.x, a.x + a.width);
});

test("a_slot_covers_the_rows_of_its_live_range_and_stays_inside_the_function", () => {
  const layout = layoutFrame(frame([slot("a", 0, 8, 7, 9), slot("late", 8, 8, 11, 40)]), 300);
  assert.deepEqual(layout.bars.map((bar) => [bar.fromRow, bar.toRow]), [[2, 4], [6, 7]]);
});

test("slots_that_share_bytes_share_their_place", () => {
  const layout = layoutFrame(frame([slot("first", 0, 16, 5, 7), slot("second", 0, 16, 9, 11)]), 300);
  assert.equal(layout.bars[0]?.x, layout.bars[1]?.x);
  assert.equal(layout.columns.length, 1);
});

test("a_huge_slot_is_cut_and_the_layout_says_so", () => {
  const layout = layoutFrame(frame([slot("small", 0, 8, 5, 6), slot("table", 8, 65536, 5, 12)]), 300);
  assert.equal(layout.toScale, false);
  assert.ok(layout.width < 700);
  assert.ok((layout.bars[0]?.width ?? 0) >= 8);
});

test("a_borrow_points_at_the_shadowing_variable_that_is_alive", () => {
  const layout = layoutFrame(frame([slot("arr", 0, 16, 5, 7), slot("arr", 16, 16, 8, 12)], { borrows: [{ from: "fill(xs)", to: "arr", mutable: true, fromLine: 9, toLine: 9 }] }), 300);
  assert.equal(layout.borrows[0]?.to?.index, 1);
  assert.equal(layout.borrows[0]?.from, null);
});

test("heap_sites_of_one_line_stand_side_by_side", () => {
  const site = { column: 1, allocator: "Pool[Num]", operation: "alloc" as const, owner: "a", multiplicity: "once" as const, bytes: "16", why: "" };
  const layout = layoutFrame(frame([slot("a", 0, 16, 5, 12)], { heapSites: [{ ...site, line: 6 }, { ...site, line: 6 }, { ...site, line: 7, owner: null }] }), 300);
  assert.deepEqual(layout.heap.map((box) => box.lane), [0, 1, 0]);
  assert.equal(layout.heapLanes, 2);
  assert.equal(layout.heap[2]?.owner, null);
});

test("an_empty_frame_has_a_layout", () => {
  const layout = layoutFrame(frame([]), 300);
  assert.equal(layout.width, 0);
  assert.equal(layout.rows, 8);
});

test("temporaries_can_be_left_out_and_their_bytes_become_a_gap", () => {
  const all = frame([slot("a", 0, 16, 5, 12), slot("(temp)", 16, 64, 6, 6)]);
  const layout = layoutFrame(all, 300, false);
  assert.deepEqual(layout.bars.map((bar) => bar.slot.name), ["a"]);
  assert.equal(layout.columns.at(-1)?.cut, true);
  assert.ok((layout.columns.at(-1)?.width ?? 99) < 20);
});

test("slots_of_unknown_size_are_drawn", () => {
  const layout = layoutFrame(frame([{ ...slot("t", 0, 0, 5, 12), offset: null, size: null }], { size: null }), 300);
  assert.equal(layout.bars.length, 1);
});

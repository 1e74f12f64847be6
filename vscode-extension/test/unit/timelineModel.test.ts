import assert from "node:assert/strict";
import { test } from "node:test";
import type { Evaluation, TraceEvent } from "../../src/protocol";
import { chromeTrace, MAX_BLOCKS, timelineOf } from "../../src/timelineModel";

const at = { path: "src/main.spp", line: 8, column: 5 };
const none = { allocations: 0, frees: 0, bytes: 0, live_at_end: 0, peak_bytes: 0, failed: 0 };

function evaluation(trace: TraceEvent[], rest: Partial<Evaluation> = {}): Evaluation {
  return { outcome: "ok", message: null, stdout: "", result: null, stats: { steps: 100, frames: { calls: 1, max_depth: 1 }, heap: none, allocators: {} }, trace, function: "src.main.main", uri: "file:///p/src/main.spp", lines: [], text: "", ...rest };
}

test("a_block_lives_from_its_allocation_to_its_release", () => {
  const timeline = timelineOf(evaluation([
    { ...at, step: 3, kind: "alloc", block: 1, bytes: 64, allocator: "Pool" },
    { ...at, step: 40, kind: "free", block: 1, bytes: 64, allocator: "Pool", line: 12 },
  ]));
  const [block] = timeline.blocks;
  assert.deepEqual([block?.birth, block?.death, block?.leaked, block?.freedAt?.line], [3, 40, false, 12]);
  assert.equal(timeline.peak, 64);
  assert.deepEqual(timeline.series[0]?.points, [{ step: 0, live: 0 }, { step: 3, live: 64 }, { step: 40, live: 0 }]);
});

test("a_reallocation_keeps_the_block_and_moves_the_peak", () => {
  const timeline = timelineOf(evaluation([
    { ...at, step: 3, kind: "alloc", block: 1, bytes: 64, allocator: "Pool" },
    { ...at, step: 9, kind: "realloc", block: 1, bytes: 128, allocator: "Pool" },
  ]));
  assert.equal(timeline.blocks.length, 1);
  assert.equal(timeline.blocks[0]?.bytes, 128);
  assert.deepEqual([timeline.peak, timeline.peakStep], [128, 9]);
});

test("what_is_never_given_back_is_a_leak_unless_the_trace_was_cut_off", () => {
  const trace: TraceEvent[] = [{ ...at, step: 3, kind: "alloc", block: 1, bytes: 64, allocator: "Pool" }];
  assert.equal(timelineOf(evaluation(trace)).blocks[0]?.leaked, true);
  assert.equal(timelineOf(evaluation(trace)).blocks[0]?.death, 100);
  assert.equal(timelineOf(evaluation(trace, { trace_truncated: true })).blocks[0]?.leaked, false);
});

test("blocks_share_a_lane_only_when_they_do_not_overlap", () => {
  const timeline = timelineOf(evaluation([
    { ...at, step: 1, kind: "alloc", block: 1, bytes: 8 },
    { ...at, step: 2, kind: "alloc", block: 2, bytes: 8 },
    { ...at, step: 5, kind: "free", block: 1 },
    { ...at, step: 6, kind: "alloc", block: 3, bytes: 8 },
  ]));
  assert.deepEqual(timeline.blocks.map((block) => block.lane), [0, 1, 0]);
  assert.equal(timeline.lanes, 2);
});

test("failures_and_panics_are_marked", () => {
  const timeline = timelineOf(evaluation([{ ...at, step: 4, kind: "fail", bytes: 512, allocator: "Pool" }, { ...at, step: 5, kind: "panic" }]));
  assert.equal(timeline.failures[0]?.bytes, 512);
  assert.equal(timeline.panics.length, 1);
});

test("unknown_blocks_and_an_empty_trace_do_no_harm", () => {
  assert.equal(timelineOf(evaluation([])).blocks.length, 0);
  const odd = timelineOf(evaluation([{ ...at, step: 1, kind: "free", block: 9 }, { ...at, step: 2, kind: "realloc", block: 9, bytes: 8 }, { ...at, step: 3, kind: "alloc" }]));
  assert.equal(odd.blocks.length, 2);
});

test("of_very_many_blocks_the_leaks_and_the_largest_are_drawn", () => {
  const trace = Array.from({ length: MAX_BLOCKS + 50 }, (_, i): TraceEvent[] => [
    { ...at, step: i * 2, kind: "alloc", block: i, bytes: 8 },
    ...(i === 7 ? [] : [{ ...at, step: i * 2 + 1, kind: "free" as const, block: i }]),
  ]).flat();
  const timeline = timelineOf(evaluation(trace));
  assert.equal(timeline.blocks.length, MAX_BLOCKS);
  assert.equal(timeline.hiddenBlocks, 50);
  assert.ok(timeline.blocks.some((block) => block.leaked));
});

test("the_chrome_trace_opens_and_closes_each_block", () => {
  const trace = chromeTrace(evaluation([{ ...at, step: 3, kind: "alloc", block: 1, bytes: 64, allocator: "Pool" }])) as { traceEvents: { ph: string }[] };
  assert.equal(trace.traceEvents.filter((event) => event.ph === "b").length, 1);
  assert.equal(trace.traceEvents.filter((event) => event.ph === "e").length, 1);
});

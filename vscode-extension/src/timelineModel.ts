/** What the allocation timeline draws, computed from the trace of an evaluation. */
import type { Evaluation, TraceEvent } from "./protocol";

export interface Place {
  path: string;
  line: number;
  column: number;
}

export interface Block {
  id: number;
  allocator: string;
  /** Largest size it had, in bytes. */
  bytes: number;
  birth: number;
  /** Step of its release, or the last step of the run. */
  death: number;
  leaked: boolean;
  at: Place;
  freedAt: Place | null;
  /** Steps at which `realloc` changed it. */
  resized: { step: number; bytes: number }[];
  lane: number;
}

export interface Failure {
  step: number;
  allocator: string;
  bytes: number;
  at: Place;
}

export interface Series {
  allocator: string;
  blocks: number;
  bytes: number;
  peak: number;
  live: number;
  /** Live bytes from this step on; steps ascend. */
  points: { step: number; live: number }[];
}

export interface Timeline {
  start: number;
  end: number;
  series: Series[];
  blocks: Block[];
  /** Blocks that were left out because there are more than `MAX_BLOCKS`. */
  hiddenBlocks: number;
  lanes: number;
  failures: Failure[];
  panics: { step: number; at: Place }[];
  peak: number;
  peakStep: number;
  truncated: boolean;
}

export const MAX_BLOCKS = 1500;

export function timelineOf(evaluation: Evaluation): Timeline {
  const events = evaluation.trace;
  const first = events[0]?.step ?? 0;
  const end = Math.max(evaluation.stats.steps, events.at(-1)?.step ?? 0, first + 1);
  const series = new Map<string, Series>();
  const live = new Map<number, Block & { size: number }>();
  const blocks: (Block & { size: number })[] = [];
  const failures: Failure[] = [];
  const panics: Timeline["panics"] = [];
  let total = 0;
  let peak = 0;
  let peakStep = 0;

  const seriesOf = (allocator: string): Series => {
    let found = series.get(allocator);
    if (!found) series.set(allocator, (found = { allocator, blocks: 0, bytes: 0, peak: 0, live: 0, points: [{ step: 0, live: 0 }] }));
    return found;
  };
  const change = (of: Series, step: number, delta: number): void => {
    of.live += delta;
    of.peak = Math.max(of.peak, of.live);
    const last = of.points.at(-1);
    if (last && last.step === step) last.live = of.live;
    else of.points.push({ step, live: of.live });
    total += delta;
    if (total > peak) {
      peak = total;
      peakStep = step;
    }
  };
  const born = (event: TraceEvent): void => {
    const allocator = event.allocator ?? "unknown";
    const size = event.bytes ?? 0;
    const block = { id: event.block ?? -1 - blocks.length, allocator, bytes: size, size, birth: event.step, death: end, leaked: true, at: place(event), freedAt: null, resized: [], lane: 0 };
    blocks.push(block);
    live.set(block.id, block);
    const of = seriesOf(allocator);
    of.blocks += 1;
    of.bytes += size;
    change(of, event.step, size);
  };

  for (const event of events) {
    switch (event.kind) {
      case "alloc":
        born(event);
        break;
      case "realloc": {
        const block = event.block === undefined ? undefined : live.get(event.block);
        if (!block) {
          born(event);
          break;
        }
        const size = event.bytes ?? block.size;
        const of = seriesOf(block.allocator);
        of.bytes += Math.max(0, size - block.size);
        change(of, event.step, size - block.size);
        block.size = size;
        block.bytes = Math.max(block.bytes, size);
        block.resized.push({ step: event.step, bytes: size });
        break;
      }
      case "free": {
        const block = event.block === undefined ? undefined : live.get(event.block);
        if (!block) break;
        live.delete(block.id);
        block.death = event.step;
        block.leaked = false;
        block.freedAt = place(event);
        change(seriesOf(block.allocator), event.step, -block.size);
        break;
      }
      case "fail":
        failures.push({ step: event.step, allocator: event.allocator ?? "unknown", bytes: event.bytes ?? 0, at: place(event) });
        break;
      case "panic":
        panics.push({ step: event.step, at: place(event) });
        break;
      case "call":
      case "return":
      case "drop":
        break;
    }
  }
  // A cut-off trace does not say who died later.
  if (evaluation.trace_truncated) for (const block of live.values()) block.leaked = false;

  const shown = blocks.length <= MAX_BLOCKS ? blocks : [...blocks].sort((a, b) => Number(b.leaked) - Number(a.leaked) || b.bytes - a.bytes).slice(0, MAX_BLOCKS);
  const ordered = shown.sort((a, b) => a.birth - b.birth || a.id - b.id).map(({ size: _, ...block }) => block);
  return {
    start: 0, end, series: [...series.values()].sort((a, b) => b.peak - a.peak || a.allocator.localeCompare(b.allocator)),
    blocks: ordered, hiddenBlocks: blocks.length - ordered.length, lanes: assignLanes(ordered), failures, panics, peak, peakStep,
    truncated: evaluation.trace_truncated === true,
  };
}

/** Gives each block the lowest lane that is free from its birth to its death; returns the number of lanes. */
export function assignLanes(blocks: Block[]): number {
  const busyUntil: number[] = [];
  for (const block of blocks) {
    let lane = busyUntil.findIndex((until) => until <= block.birth);
    if (lane < 0) lane = busyUntil.push(0) - 1;
    busyUntil[lane] = Math.max(block.death, block.birth + 1);
    block.lane = lane;
  }
  return busyUntil.length;
}

/** The trace as Chrome trace events: one asynchronous span per block, one counter per allocator. A step is drawn as a microsecond. */
export function chromeTrace(evaluation: Evaluation): object {
  const timeline = timelineOf(evaluation);
  const events: object[] = [];
  for (const block of timeline.blocks) {
    const common = { cat: "heap", id: block.id, pid: 1, tid: 1, name: `${block.allocator} ${block.bytes} B` };
    events.push({ ...common, ph: "b", ts: block.birth, args: { at: `${block.at.path}:${block.at.line}`, leaked: block.leaked } });
    events.push({ ...common, ph: "e", ts: block.death });
  }
  for (const series of timeline.series) for (const point of series.points) events.push({ ph: "C", pid: 1, tid: 1, name: series.allocator, ts: point.step, args: { live: point.live } });
  for (const failure of timeline.failures) events.push({ ph: "i", s: "g", pid: 1, tid: 1, name: `failed: ${failure.allocator}`, ts: failure.step });
  return { traceEvents: events, displayTimeUnit: "ns", otherData: { function: evaluation.function, outcome: evaluation.outcome } };
}

function place(event: TraceEvent): Place {
  return { path: event.path, line: event.line, column: event.column };
}

/** The allocation timeline: live bytes per allocator above, each block as a bar from birth to death below; steps run to the right. */
import * as format from "../format";
import type { Evaluation, ToTimelineWebview } from "../protocol";
import { timelineOf, type Block, type Place, type Series, type Timeline } from "../timelineModel";
import { allocatorColors, el, empty, post, root, roving, svg, tooltip } from "./dom";

const LEFT = 64;
const RIGHT = 18;
const AXIS = 18;

let shown: { evaluation: Evaluation; timeline: Timeline } | undefined;
/** Steps that are visible. */
let range = { from: 0, to: 1 };

window.addEventListener("message", ({ data }: MessageEvent<ToTimelineWebview>) => {
  if (data.type === "evaluation") {
    const timeline = timelineOf(data.evaluation);
    shown = { evaluation: data.evaluation, timeline };
    range = { from: timeline.start, to: timeline.end };
    draw();
  } else {
    shown = undefined;
    root().replaceChildren(empty(data.reason, data.hint, data.canEvaluate ? { label: "Evaluate", act: () => post({ type: "command", command: "spp.evaluate" }) } : undefined));
  }
});
let resizing: number | undefined;
window.addEventListener("resize", () => {
  cancelAnimationFrame(resizing ?? 0);
  resizing = requestAnimationFrame(draw);
});
window.addEventListener("keydown", (event) => {
  if (event.key === "+" || event.key === "=") zoom(0.5, 0.5);
  else if (event.key === "-") zoom(2, 0.5);
  else if (event.key === "0") zoom(Infinity, 0.5);
});
post({ type: "ready" });

/** Shows `factor` times as many steps, keeping the step at the fraction `at` of the width in place. */
function zoom(factor: number, at: number): void {
  if (!shown) return;
  const { start, end } = shown.timeline;
  const width = Math.min(end - start, Math.max(4, (range.to - range.from) * factor));
  const fixed = range.from + (range.to - range.from) * at;
  const from = Math.max(start, Math.min(end - width, fixed - width * at));
  range = { from, to: from + width };
  draw();
}

function draw(): void {
  if (!shown) return;
  const { evaluation, timeline } = shown;
  const color = allocatorColors(timeline.series.map((series) => series.allocator));
  if (timeline.blocks.length === 0 && timeline.failures.length === 0) {
    root().replaceChildren(heading(evaluation, timeline, color), empty("Nothing on the heap", "The evaluation allocated no heap block: everything lived in frames."));
    return;
  }
  const width = Math.max(280, innerWidth - 16);
  const areaHeight = Math.max(56, Math.min(150, (innerHeight - 110) * 0.42));
  const laneHeight = Math.max(5, Math.min(18, (innerHeight - areaHeight - 120) / Math.max(1, timeline.lanes)));
  const lanesTop = areaHeight + AXIS + 8;
  const height = lanesTop + timeline.lanes * laneHeight + 6;
  const x = (step: number): number => LEFT + ((step - range.from) / (range.to - range.from)) * (width - LEFT - RIGHT);
  const y = (bytes: number): number => areaHeight - (bytes / Math.max(1, timeline.peak)) * (areaHeight - 14);

  const items: { element: SVGElement; act: (focus: boolean) => void }[] = [];
  const goto = (place: Place) => (focus: boolean): void => post({ type: "reveal", path: place.path, line: place.line, column: place.column, focus });
  const bars = timeline.blocks.filter((block) => block.death >= range.from && block.birth <= range.to).map((block) => {
    const left = Math.max(LEFT, x(block.birth));
    const right = Math.min(width - RIGHT, x(block.death));
    const top = lanesTop + block.lane * laneHeight;
    const group = svg("g", { class: `block${block.leaked ? " leaked" : ""}`, role: "button", "aria-label": words(block, timeline).join(", "), style: `--owner:${color(block.allocator)}` },
      svg("rect", { x: left, y: top + 1, width: Math.max(3, right - left), height: Math.max(3, laneHeight - 2), rx: 2 }),
      ...block.resized.filter(({ step }) => step >= range.from && step <= range.to).map(({ step }) => svg("path", { class: "resize", d: `M${x(step)} ${top + 1}v${laneHeight - 2}` })),
      right - left > 64 && laneHeight >= 11 ? svg("text", { x: left + 5, y: top + laneHeight / 2 + 3.5 }, label(block, right - left)) : null,
      block.leaked ? svg("text", { class: "leak", x: right + 3, y: top + laneHeight / 2 + 4 }, "▸") : null);
    tooltip(group, () => words(block, timeline));
    items.push({ element: group, act: goto(block.at) });
    return group;
  });
  const failures = timeline.failures.filter(({ step }) => step >= range.from && step <= range.to).map((failure) => {
    const group = svg("g", { class: "failure", role: "button", "aria-label": `allocation of ${format.bytes(failure.bytes)} through ${failure.allocator} failed at ${failure.at.path} line ${failure.at.line}` },
      svg("path", { class: "rule", d: `M${x(failure.step)} 8V${height}` }), svg("text", { x: x(failure.step), y: 12, "text-anchor": "middle" }, "✕"));
    tooltip(group, () => ["allocation failed", `${format.bytes(failure.bytes)} through ${failure.allocator}`, `${failure.at.path}:${failure.at.line} · step ${format.count(failure.step)}`]);
    items.push({ element: group, act: goto(failure.at) });
    return group;
  });
  const panics = timeline.panics.map((panic) => {
    const group = svg("g", { class: "panic", role: "button", "aria-label": `panic at ${panic.at.path} line ${panic.at.line}` }, svg("path", { class: "rule", d: `M${x(panic.step)} 8V${height}` }), svg("text", { x: x(panic.step) - 4, y: 12, "text-anchor": "end" }, "panic"));
    tooltip(group, () => ["panic", evaluation.message ?? "", `${panic.at.path}:${panic.at.line}`].filter(Boolean));
    items.push({ element: group, act: goto(panic.at) });
    return group;
  });

  const chart = svg("svg", { class: "timeline", width, height, role: "group", "aria-label": "allocation timeline; arrow keys move between blocks, Enter goes to the source, plus and minus zoom" },
    ...byteMarks(timeline.peak, Math.min(4, Math.floor(areaHeight / 20))).map((bytes) => svg("g", { class: "grid" }, svg("path", { d: `M${LEFT} ${y(bytes)}H${width - RIGHT}` }), svg("text", { x: LEFT - 6, y: y(bytes) + 4, "text-anchor": "end" }, format.bytes(bytes)))),
    svg("svg", { x: 0, y: 0, width: width - RIGHT + 2, height: areaHeight }, ...areas(timeline, x, y, color)),
    ...stepMarks().map((step) => svg("g", { class: "grid" }, svg("path", { d: `M${x(step)} ${areaHeight}v4` }), svg("text", { x: x(step), y: areaHeight + 15, "text-anchor": x(step) > width - 60 ? "end" : "middle" }, format.count(step)))),
    svg("path", { class: "axis", d: `M${LEFT} ${areaHeight}H${width - RIGHT}` }),
    svg("text", { class: "caption", x: LEFT - 6, y: areaHeight + 15, "text-anchor": "end" }, "step"),
    svg("text", { class: "caption", x: LEFT - 6, y: lanesTop + 12, "text-anchor": "end" }, "blocks"),
    svg("rect", { class: "clip", x: 0, y: lanesTop - 2, width: LEFT - 1, height: 0 }),
    ...bars, ...failures, ...panics);
  chart.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.shiftKey) return;
    event.preventDefault();
    const at = (event.offsetX - LEFT) / (width - LEFT - RIGHT);
    if (event.ctrlKey) zoom(event.deltaY > 0 ? 1.25 : 0.8, Math.min(1, Math.max(0, at)));
    else {
      const by = ((event.deltaY || event.deltaX) / width) * (range.to - range.from);
      const from = Math.max(timeline.start, Math.min(timeline.end - (range.to - range.from), range.from + by));
      range = { from, to: from + range.to - range.from };
      draw();
    }
  }, { passive: false });

  const notes = [timeline.truncated ? "The trace was cut off: later events are missing." : "", timeline.hiddenBlocks > 0 ? `${format.count(timeline.hiddenBlocks)} small blocks are not drawn.` : ""].filter(Boolean);
  root().replaceChildren(heading(evaluation, timeline, color), el("div", { class: "scroller" }, chart), ...notes.map((note) => el("p", { class: "note" }, note)));
  roving(items as unknown as { element: SVGElement; act: (focus: boolean) => void }[]);
}

function heading(evaluation: Evaluation, timeline: Timeline, color: (name: string) => string): HTMLElement {
  const outcome = { ok: "returned", panic: "panicked", limit: "reached a limit", "shadow-stack-mismatch": "forged return", "not-run": "not run" }[evaluation.outcome];
  const { heap } = evaluation.stats;
  const key = (series: Series): HTMLElement => {
    const totals = evaluation.stats.allocators[series.allocator];
    const live = totals?.live_at_end ?? series.live;
    return el("span", { class: "key", title: `${format.bytes(series.bytes)} in all, ${live > 0 ? `${format.bytes(live)} never given back` : "all given back"}` }, el("i", { style: `background:${color(series.allocator)}` }), `${series.allocator} `, el("span", { class: "dim" }, `${format.plural(series.blocks, "block")}, peak ${format.bytes(series.peak)}`), live > 0 ? el("span", { class: "bad" }, ` leaks ${format.bytes(live)}`) : null);
  };
  const button = (text: string, name: string, act: () => void): HTMLElement => el("button", { class: "small", title: name, "aria-label": name, click: () => act() }, text);
  return el("header", {},
    el("h1", {}, evaluation.function),
    el("span", { class: evaluation.outcome === "ok" ? "fact good" : "fact bad" }, outcome),
    el("span", { class: "fact" }, `${format.plural(evaluation.stats.steps, "step")}`),
    el("span", { class: "fact" }, `peak ${format.bytes(heap.peak_bytes)}`),
    heap.live_at_end > 0 ? el("span", { class: "fact bad" }, `${format.bytes(heap.live_at_end)} never given back`) : el("span", { class: "fact good" }, "no leak"),
    heap.failed > 0 ? el("span", { class: "fact bad" }, format.plural(heap.failed, "failed allocation")) : null,
    ...timeline.series.map(key),
    el("span", { class: "buttons" }, button("−", "Zoom out", () => zoom(2, 0.5)), button("+", "Zoom in", () => zoom(0.5, 0.5)), button("⤢", "Show all", () => zoom(Infinity, 0.5)), button("Export…", "Export trace", () => post({ type: "command", command: "spp.exportTrace" }))));
}

/** Live bytes, one allocator on top of the other. */
function areas(timeline: Timeline, x: (step: number) => number, y: (bytes: number) => number, color: (name: string) => string): SVGElement[] {
  const steps = [...new Set(timeline.series.flatMap((series) => series.points.map((point) => point.step)))].filter((step) => step <= range.to).sort((a, b) => a - b);
  const base = steps.map(() => 0);
  return timeline.series.map((series) => {
    let next = 0;
    let live = 0;
    const tops = steps.map((step, i) => {
      for (let point = series.points[next]; point && point.step <= step; point = series.points[next]) {
        live = point.live;
        next += 1;
      }
      return (base[i] ?? 0) + live;
    });
    const upper = staircase(steps, tops, x, y);
    const lower = staircase(steps, base, x, y).reverse();
    tops.forEach((top, i) => (base[i] = top));
    return svg("path", { class: "area", d: `M${upper.concat(lower).map(([px, py]) => `${px.toFixed(1)} ${py.toFixed(1)}`).join("L")}Z`, style: `fill:${color(series.allocator)};stroke:${color(series.allocator)}` });
  });
}

function staircase(steps: number[], values: number[], x: (step: number) => number, y: (bytes: number) => number): [number, number][] {
  const out: [number, number][] = [];
  steps.forEach((step, i) => {
    const value = y(values[i] ?? 0);
    const until = steps[i + 1] ?? range.to;
    out.push([Math.max(LEFT, x(step)), value], [Math.max(LEFT, x(until)), value]);
  });
  return out;
}

function words(block: Block, timeline: Timeline): string[] {
  const until = block.leaked ? "never given back" : block.freedAt ? `given back at ${block.freedAt.path}:${block.freedAt.line}, step ${format.count(block.death)}` : "alive at the end of the trace";
  return [
    `${format.bytes(block.bytes)} through ${block.allocator}`,
    `${block.at.path}:${block.at.line} · step ${format.count(block.birth)}${block.resized.length > 0 ? ` · resized ${block.resized.length}×` : ""}`,
    `${until} (${Math.round(((block.death - block.birth) / Math.max(1, timeline.end)) * 100)} % of the run)`,
  ];
}

function label(block: Block, width: number): string {
  const full = `${format.bytes(block.bytes)} · line ${block.at.line}`;
  return width > full.length * 6.4 ? full : format.bytes(block.bytes);
}

/** Round byte values up to the peak, at most `most` besides zero. */
function byteMarks(peak: number, most: number): number[] {
  let unit = 1;
  while (peak / unit > most) unit *= 2;
  return Array.from({ length: Math.floor(peak / unit) + 1 }, (_, i) => i * unit);
}

function stepMarks(): number[] {
  const width = range.to - range.from;
  const rough = width / Math.max(2, innerWidth / 140);
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  const unit = Math.max(1, [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? power * 10);
  const first = Math.ceil(range.from / unit) * unit;
  return Array.from({ length: Math.max(0, Math.floor((range.to - first) / unit) + 1) }, (_, i) => first + i * unit);
}

/** The frame view: source lines down, bytes of the frame to the right, heap blocks beside it. */
import * as format from "../format";
import { isTemporary, layoutFrame, type BorrowArrow, type FrameLayout, type HeapBox, type SlotBar } from "../frameLayout";
import type { Drop, Frame, Slot, ToFrameWebview } from "../protocol";
import { allocatorColors, el, empty, post, root, roving, svg, tooltip } from "./dom";

const ROW = 22;
/** Room for the handles of borrows that go to callees, and the width of a heap block's box; both depend on the window. */
let heapGap = 44;
let heapWidth = 160;
const STATE: Record<Slot["state"], { mark: string; words: string }> = {
  dropped: { mark: "●", words: "dropped here" },
  moved: { mark: "➜", words: "moved out, not dropped here" },
  maybeMoved: { mark: "◐", words: "moved on some paths, dropped on the others" },
  borrow: { mark: "", words: "a borrow; ends, nothing is dropped" },
  trivial: { mark: "", words: "ends; dropping it does nothing" },
};
const OPERATION = { alloc: "allocates", realloc: "reallocates", dealloc: "gives back", call: "allocates in a call" } as const;

let current: Extract<ToFrameWebview, { type: "frame" }> | undefined;
let cursorLine: number | null = null;
let showTemporaries = false;

window.addEventListener("message", ({ data }: MessageEvent<ToFrameWebview>) => {
  switch (data.type) {
    case "frame":
      current = data;
      cursorLine = data.cursorLine;
      draw();
      break;
    case "cursor":
      cursorLine = data.line;
      markCursor(true);
      break;
    case "empty":
      current = undefined;
      root().replaceChildren(empty(data.reason, data.hint));
      break;
  }
});
let resizing: number | undefined;
window.addEventListener("resize", () => {
  cancelAnimationFrame(resizing ?? 0);
  resizing = requestAnimationFrame(draw);
});
root().replaceChildren(empty("Loading", "The frame of the function under the cursor."));
post({ type: "ready" });

function draw(): void {
  if (!current) return;
  const { view: { frame }, source } = current;
  const allocators = [...frame.heapSites.map((site) => site.allocator), ...frame.slots.flatMap((slot) => slot.ownsHeap)];
  const color = allocatorColors(allocators);
  heapWidth = innerWidth < 640 ? 128 : 160;
  heapGap = innerWidth < 640 ? 36 : 44;
  const beside = frame.heapSites.length > 0 ? heapGap + heapWidth : 20;
  const layout = layoutFrame(frame, Math.min((innerWidth - 40) * 0.5, innerWidth - 156 - beside), showTemporaries);
  const items: { element: HTMLElement; act: (focus: boolean) => void }[] = [];
  const item = (element: HTMLElement, line: number, column?: number): HTMLElement => {
    items.push({ element, act: (focus) => post({ type: "reveal", line, ...(column === undefined ? {} : { column }), focus }) });
    return element;
  };

  const bars = layout.bars.map((bar) => item(drawBar(bar, frame, color), bar.slot.fromLine));
  const boxes = layout.heap.map((box) => item(drawHeap(box, layout.width, color), box.site.line, box.site.column));
  const borrows = layout.borrows.filter((arrow) => arrow.to).map((arrow) => ({ arrow, handle: item(drawBorrowHandle(arrow, layout.width), arrow.borrow.fromLine) }));
  const drops = frame.drops.filter((drop) => !isEndOfSlot(drop, frame)).map((drop) => drawDrop(drop, frame, layout, color, item));

  const width = layout.width + (layout.heap.length > 0 ? heapGap + layout.heapLanes * (heapWidth + 8) : 12);
  const height = layout.rows * ROW;
  const links = svg("svg", { class: "links", width, height, "aria-hidden": "true" }, ...layout.heap.map((box) => heapLink(box, layout.width, color)));
  const overlay = svg("svg", { class: "overlay", width, height, "aria-hidden": "true" },
    svg("defs", {}, svg("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse" }, svg("path", { d: "M0 0 8 4 0 8z", class: "arrow-head" }))),
    ...borrows.map(({ arrow }) => borrowCurve(arrow, layout.width)));

  const lines = source.map((text, i) => el("div", { class: "line", "data-line": frame.fromLine + i, title: text.trim(), click: () => post({ type: "reveal", line: frame.fromLine + i, focus: false }) }, el("span", { class: "number" }, String(frame.fromLine + i)), dedent(text, source)));
  const ruler = el("div", { class: "ruler", style: `width:${width}px` },
    ...rulerMarks(layout.columns).map(({ x, offset }) => el("span", { style: `left:${x}px` }, `+${offset}`)),
    layout.heap.length > 0 ? el("span", { class: "heap-title", style: `left:${layout.width + heapGap}px` }, "heap") : null);

  root().replaceChildren(
    heading(frame, layout.columns.some((column) => column.cut)),
    frame.slots.length === 0 ? el("p", { class: "note" }, "This function has no slots: it needs no frame memory of its own.") : "",
    el("div", { class: "chart", role: "group", "aria-label": `frame of ${frame.function}; arrow keys move, Enter goes to the source` },
      el("div", { class: "gutter" }, el("div", { class: "corner" }), ...lines),
      el("div", { class: "plot" }, ruler,
        el("div", { class: "rows", style: `width:${width}px;height:${height}px` },
          el("div", { class: "frame-box", style: `width:${layout.width}px` }),
          ...layout.columns.filter((column) => column.cut).map((column) => el("div", { class: "cut", style: `left:${column.x + column.width / 2 - 4}px`, title: "not to scale" })),
          ...lines.map((_, i) => el("div", { class: "row", "data-line": frame.fromLine + i, style: `top:${i * ROW}px` })),
          links, ...bars, ...drops, ...boxes, overlay, ...borrows.map(({ handle }) => handle)))),
    legend(frame, color),
    table(frame),
  );
  roving(items);
  markCursor(false);
}

function heading(frame: Frame, cut: boolean): HTMLElement {
  const temporaries = frame.slots.filter(isTemporary).length;
  const depth = frame.depth.bytes === null ? (frame.depth.path.length > 0 ? "depth unbounded" : "depth unknown") : `depth ≤ ${format.bytes(frame.depth.bytes)}`;
  return el("header", {},
    el("h1", {}, frame.function),
    el("span", { class: "fact" }, el("b", {}, size(frame.size)), " frame"),
    el("span", { class: "fact" }, `align ${frame.align}`),
    el("span", { class: "fact", title: frame.depth.path.join(" → ") }, depth),
    el("span", { class: "fact" }, format.plural(frame.heapSites.filter((site) => site.operation !== "dealloc").length, "heap site")),
    cut ? el("span", { class: "fact dim", title: "Hatched parts are drawn narrower than they are" }, "to scale but where hatched") : null,
    temporaries === 0 ? null : el("button", { class: "small buttons", "aria-pressed": showTemporaries, title: "Values without a name, such as those of subexpressions", click: () => { showTemporaries = !showTemporaries; draw(); } }, showTemporaries ? "Hide temporaries" : `Show ${format.plural(temporaries, "temporary", "temporaries")}`));
}

function size(bytes: number | null): string {
  return bytes === null ? "? B" : format.bytes(bytes);
}

function drawBar(bar: SlotBar, frame: Frame, color: (name: string) => string): HTMLElement {
  const { slot } = bar;
  const rows = bar.toRow - bar.fromRow + 1;
  const narrow = bar.width < 42 && rows > 2;
  const state = STATE[slot.state];
  const allocator = slot.ownsHeap[0];
  const drop = frame.drops.find((candidate) => candidate.what === slot.name && candidate.line === slot.toLine);
  const words = [
    `${slot.name}: ${slot.type}`,
    `frame slot ${slot.offset === null ? "at an offset that depends on the types" : `+${slot.offset}`}, ${size(slot.size)} · ${format.lines(slot.fromLine, slot.toLine)}`,
    slot.ownsHeap.length > 0 ? `owns heap through ${slot.ownsHeap.join(", ")}` : "",
    drop?.allocator ? `dropped: gives back through ${drop.allocator}` : state.words,
  ].filter(Boolean);
  const element = el("div", {
    class: `bar state-${slot.state}${narrow ? " narrow" : ""}`, role: "button", "aria-label": words.join(", "),
    style: `left:${bar.x}px;top:${bar.fromRow * ROW}px;width:${bar.width - 1}px;height:${rows * ROW - 2}px;${allocator ? `--owner:${color(allocator)}` : ""}`,
  },
    el("span", { class: "name" }, slot.name),
    rows > 1 || bar.width > 130 ? el("span", { class: "detail" }, bar.width > 84 && !narrow ? `+${slot.offset ?? "?"} · ${size(slot.size)}` : size(slot.size)) : null,
    rows > 2 && !narrow ? el("span", { class: "detail" }, slot.type) : null,
    state.mark ? el("span", { class: "end" }, state.mark) : null);
  tooltip(element, () => words);
  return element;
}

function drawHeap(box: HeapBox, frameWidth: number, color: (name: string) => string): HTMLElement {
  const { site } = box;
  const times = { once: "", perIteration: "per iteration", unknown: "" }[site.multiplicity];
  const words = [`${OPERATION[site.operation]} through ${site.allocator}`, `line ${site.line}${site.bytes ? ` · ${site.bytes}${/B$/.test(site.bytes) ? "" : " B"}` : " · size unknown"}${times ? ` · ${times}` : ""}`, site.owner ? `owned by ${site.owner}` : "", site.why ? `why: ${site.why}` : ""].filter(Boolean);
  const sign = { alloc: "+", realloc: "↻", dealloc: "−", call: "ƒ" }[site.operation];
  const element = el("div", {
    class: `heap op-${site.operation}`, role: "button", "aria-label": words.join(", "),
    style: `left:${frameWidth + heapGap + box.lane * (heapWidth + 8)}px;top:${box.row * ROW + 1}px;width:${heapWidth}px;height:${ROW - 4}px;--owner:${color(site.allocator)}`,
  }, el("span", { class: "sign" }, sign), el("span", { class: "name" }, site.allocator), el("span", { class: "detail" }, [site.bytes, times].filter(Boolean).join(" · ")));
  tooltip(element, () => words);
  return element;
}

/** A drop that is not the end of a slot's bar, as on the failing path of `?`. */
function drawDrop(drop: Drop, frame: Frame, layout: FrameLayout, color: (name: string) => string, item: (element: HTMLElement, line: number, column?: number) => HTMLElement): HTMLElement {
  const bar = layout.bars.find((candidate) => candidate.slot.name === drop.what && candidate.slot.fromLine <= drop.line && drop.line <= candidate.slot.toLine);
  const words = [`${drop.conditional ? "may drop" : "drops"} ${drop.what}: ${drop.type}`, `line ${drop.line}${drop.allocator ? ` · gives back through ${drop.allocator}` : ""}`];
  const x = bar ? bar.x + bar.width - 16 : layout.width + 6;
  const element = item(el("div", { class: `drop${drop.conditional ? " conditional" : ""}`, role: "button", "aria-label": words.join(", "), style: `left:${x}px;top:${(drop.line - frame.fromLine) * ROW + 3}px;${drop.allocator ? `--owner:${color(drop.allocator)}` : ""}` }, drop.conditional ? "○" : "●"), drop.line, drop.column);
  tooltip(element, () => words);
  return element;
}

function isEndOfSlot(drop: Drop, frame: Frame): boolean {
  return frame.slots.some((slot) => slot.name === drop.what && slot.toLine === drop.line && (slot.state === "dropped" || slot.state === "maybeMoved"));
}

function drawBorrowHandle(arrow: BorrowArrow, frameWidth: number): HTMLElement {
  const { borrow } = arrow;
  const words = [`${borrow.from} borrows ${borrow.to}${borrow.mutable ? " mutably" : ""}`, format.lines(borrow.fromLine, borrow.toLine)];
  const x = startOfBorrow(arrow, frameWidth);
  const element = el("div", { class: `borrow${borrow.mutable ? " mutable" : ""}`, role: "button", "aria-label": words.join(", "), style: `left:${x - 6}px;top:${arrow.row * ROW + ROW / 2 - 7}px` }, "&");
  tooltip(element, () => words);
  return element;
}

function startOfBorrow(arrow: BorrowArrow, frameWidth: number): number {
  return arrow.from ? arrow.from.x + arrow.from.width / 2 : frameWidth + 12 + 16 * arrow.lane;
}

function borrowCurve(arrow: BorrowArrow, frameWidth: number): SVGElement {
  const y = arrow.row * ROW + ROW / 2;
  const from = startOfBorrow(arrow, frameWidth);
  const to = arrow.to ? (arrow.to.x > from ? arrow.to.x + 3 : arrow.to.x + arrow.to.width - 3) : from;
  const lift = Math.min(16, Math.abs(to - from) / 5);
  return svg("path", { class: `borrow-line${arrow.borrow.mutable ? " mutable" : ""}`, d: `M${from} ${y}C${from + (to - from) * 0.3} ${y - lift} ${from + (to - from) * 0.7} ${y - lift} ${to} ${y}`, "marker-end": "url(#arrow)" });
}

function heapLink(box: HeapBox, frameWidth: number, color: (name: string) => string): SVGElement | null {
  if (!box.owner || box.row < box.owner.fromRow || box.row > box.owner.toRow) return null;
  const y = box.row * ROW + ROW / 2;
  const from = box.owner.x + box.owner.width - 2;
  const to = frameWidth + heapGap + box.lane * (heapWidth + 8);
  return svg("path", { class: `heap-line op-${box.site.operation}`, d: `M${from} ${y}H${to}`, style: `stroke:${color(box.site.allocator)}` });
}

/** Byte offsets that have room for their label. */
function rulerMarks(columns: { from: number; to: number; x: number; width: number }[]): { x: number; offset: number }[] {
  const last = columns.at(-1);
  const all = [...columns.map((column) => ({ x: column.x, offset: column.from })), ...(last ? [{ x: last.x + last.width, offset: last.to }] : [])];
  let free = -Infinity;
  return all.filter(({ x }, i) => {
    const end = i === all.length - 1;
    if (x < free && !end) return false;
    free = x + 34;
    return true;
  }).filter((mark, i, marks) => { const next = marks[i + 1]; return !next || next.x - mark.x >= 26; });
}

function dedent(text: string, all: string[]): string {
  const indent = Math.min(...all.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length));
  return text.slice(Number.isFinite(indent) ? indent : 0).replace(/\t/g, "    ");
}

function legend(frame: Frame, color: (name: string) => string): HTMLElement {
  const allocators = [...new Set([...frame.heapSites.map((site) => site.allocator), ...frame.slots.flatMap((slot) => slot.ownsHeap)])];
  const states = new Set(frame.slots.map((slot) => slot.state));
  return el("footer", {},
    ...allocators.map((name) => el("span", { class: "key" }, el("i", { style: `background:${color(name)}` }), name)),
    ...(["dropped", "moved", "maybeMoved"] as const).filter((state) => states.has(state)).map((state) => el("span", { class: "key" }, `${STATE[state].mark} ${state === "maybeMoved" ? "moved on some paths" : state}`)),
    frame.drops.some((drop) => drop.conditional) ? el("span", { class: "key" }, "○ dropped on some paths") : null,
    frame.borrows.length > 0 ? el("span", { class: "key" }, "& borrow, to its owner") : null);
}

/** The same facts as text, for screen readers and for copying. */
function table(frame: Frame): HTMLElement {
  return el("details", {}, el("summary", {}, `Slots as a table (${frame.slots.length})`),
    el("table", {}, el("thead", {}, el("tr", {}, ...["offset", "size", "name", "type", "lines", "end"].map((name) => el("th", {}, name)))),
      el("tbody", {}, ...frame.slots.map((slot) => el("tr", {}, el("td", { class: "num" }, `+${slot.offset ?? "?"}`), el("td", { class: "num" }, size(slot.size)), el("td", {}, slot.name), el("td", {}, slot.type), el("td", {}, slot.fromLine === slot.toLine ? String(slot.fromLine) : `${slot.fromLine}–${slot.toLine}`), el("td", {}, slot.state === "maybeMoved" ? "moved on some paths" : slot.state))))));
}

function markCursor(scroll: boolean): void {
  for (const element of document.querySelectorAll<HTMLElement>("[data-line]")) {
    const here = Number(element.dataset["line"]) === cursorLine;
    element.classList.toggle("current", here);
    if (here && scroll && element.classList.contains("line")) element.scrollIntoView({ block: "nearest" });
  }
}

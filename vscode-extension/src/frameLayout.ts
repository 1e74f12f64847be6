/** Geometry of the frame view, apart from the drawing so that it can be tested: bytes run to the right, source lines run down. */
import type { Frame, Slot } from "./protocol";

export interface Column {
  /** First byte and end (exclusive) of this part of the frame. */
  from: number;
  to: number;
  x: number;
  width: number;
  /** The part is not drawn to scale: too wide, or only temporaries that are not shown. */
  cut: boolean;
}

export interface SlotBar {
  slot: Slot;
  index: number;
  x: number;
  width: number;
  /** Rows relative to the function's first line, inclusive. */
  fromRow: number;
  toRow: number;
}

export interface HeapBox {
  site: Frame["heapSites"][number];
  index: number;
  row: number;
  /** Sites of one line stand side by side. */
  lane: number;
  /** Bar of the slot that owns the block, if the frame has it. */
  owner: SlotBar | null;
}

export interface BorrowArrow {
  borrow: Frame["borrows"][number];
  index: number;
  row: number;
  toRow: number;
  /** Counts the borrows that start in this row without a slot. */
  lane: number;
  /** `null`: the borrow is handed to a callee and has no slot here. */
  from: SlotBar | null;
  to: SlotBar | null;
}

export interface FrameLayout {
  rows: number;
  columns: Column[];
  width: number;
  bars: SlotBar[];
  heap: HeapBox[];
  heapLanes: number;
  borrows: BorrowArrow[];
  toScale: boolean;
}

const MIN_COLUMN = 24;
const MAX_COLUMN = 190;
/** Width of a part in which no shown slot lies. */
const GAP = 14;

/** `available`: pixels that the frame may take. Every byte has the same width unless a part would get wider than `MAX_COLUMN`. */
export function layoutFrame(whole: Frame, available: number, temporaries = true): FrameLayout {
  const frame = temporaries ? whole : { ...whole, slots: whole.slots.filter((slot) => !isTemporary(slot)) };
  const rows = Math.max(1, frame.toLine - frame.fromLine + 1);
  const columns = layoutColumns(frame, available);
  const xOf = (offset: number): number => {
    const column = columns.find((c) => offset >= c.from && offset < c.to);
    if (column) return column.x + ((offset - column.from) / Math.max(1, column.to - column.from)) * column.width;
    const last = columns.at(-1);
    return last ? last.x + last.width : 0;
  };
  const clampRow = (line: number): number => Math.min(rows - 1, Math.max(0, line - frame.fromLine));
  const bars = frame.slots.map((slot, index): SlotBar => {
    const offset = slot.offset ?? 0;
    const x = xOf(offset);
    return { slot, index, x, width: Math.max(8, xOf(offset + (slot.size ?? 0)) - x), fromRow: clampRow(slot.fromLine), toRow: Math.max(clampRow(slot.fromLine), clampRow(slot.toLine)) };
  });
  // Shadowing gives several slots one name: the one that is alive at the row is meant.
  const barAt = (name: string, row: number): SlotBar | null => {
    const named = bars.filter((bar) => bar.slot.name === name);
    return named.filter((bar) => bar.fromRow <= row && row <= bar.toRow).at(-1) ?? named.at(-1) ?? null;
  };
  const taken = new Map<number, number>();
  const heap = frame.heapSites.map((site, index): HeapBox => {
    const row = clampRow(site.line);
    const lane = taken.get(row) ?? 0;
    taken.set(row, lane + 1);
    return { site, index, row, lane, owner: site.owner === null ? null : barAt(site.owner, row) };
  });
  const calls = new Map<number, number>();
  const borrows = frame.borrows.map((borrow, index): BorrowArrow => {
    const row = clampRow(borrow.fromLine);
    const toRow = Math.max(row, clampRow(borrow.toLine));
    const from = barAt(borrow.from, row);
    const lane = from ? 0 : (calls.get(row) ?? 0);
    if (!from) calls.set(row, lane + 1);
    return { borrow, index, row, toRow, lane, from, to: barAt(borrow.to, row) };
  });
  const last = columns.at(-1);
  return {
    rows, columns, bars, heap, borrows,
    width: last ? last.x + last.width : 0,
    heapLanes: Math.max(0, ...taken.values()),
    toScale: columns.every((column) => !column.cut),
  };
}

export function isTemporary(slot: Slot): boolean {
  return slot.name.startsWith("(temp");
}

function layoutColumns(frame: Frame, available: number): Column[] {
  const edges = new Set<number>([0, frame.size ?? 0]);
  for (const slot of frame.slots) {
    edges.add(slot.offset ?? 0);
    edges.add((slot.offset ?? 0) + (slot.size ?? 0));
  }
  const sorted = [...edges].filter((edge) => edge >= 0).sort((a, b) => a - b);
  const spans = sorted.slice(1).map((to, i) => {
    const from = sorted[i] ?? 0;
    return { from, to, used: frame.slots.some((slot) => (slot.offset ?? 0) <= from && to <= (slot.offset ?? 0) + (slot.size ?? 0)) };
  });
  const used = spans.filter((span) => span.used).map((span) => span.to - span.from);
  if (spans.length === 0) return [];
  const total = Math.max(1, used.reduce((sum, bytes) => sum + bytes, 0));
  // Wide enough that the smallest slot can be read, narrow enough to fit.
  const smallest = Math.min(...used, total);
  const largest = Math.max(...used, 1);
  const scale = Math.min(Math.max(Math.min(available / total, MAX_COLUMN / largest), Math.min(MIN_COLUMN / smallest, 2.4)), 8);
  let x = 0;
  return spans.map(({ from, to, used: isUsed }) => {
    const ideal = (to - from) * scale;
    const width = Math.min(Math.max(ideal, 6), isUsed ? MAX_COLUMN : GAP);
    const column = { from, to, x, width, cut: ideal > width + 0.5 };
    x += width;
    return column;
  });
}

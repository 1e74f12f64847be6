/** The shapes of docs/lsp-extensions.md. Fields inside `Frame` and `TraceEvent` count lines and columns from 1, all others from 0. */
import type { Location, Position, Range } from "vscode-languageserver-types";

export type LifetimeKind = "alive" | "borrowed" | "moved" | "dropped" | "maybeMoved";

export interface Lifetime {
  name: string;
  declaration: Range;
  ranges: { range: Range; kind: LifetimeKind; message: string }[];
}

export interface Status {
  state: "loading" | "ready" | "evaluating" | "error";
  message?: string;
  edition?: string;
  files?: number;
}

export interface CommandArguments {
  uri: string;
  position?: Position;
  function?: string;
  args?: string[];
  allocators?: string[];
}

export interface HeapStats {
  allocations: number;
  frees: number;
  bytes: number;
  live_at_end: number;
  peak_bytes: number;
  failed: number;
}

export interface LineFacts {
  uri: string;
  line: number;
  blocks: number;
  bytes: number;
  peak: number;
  allocator: string;
  failed: number;
  live: number;
}

export interface TraceEvent {
  step: number;
  kind: "alloc" | "realloc" | "free" | "fail" | "drop" | "call" | "return" | "panic";
  block?: number;
  bytes?: number;
  allocator?: string;
  function?: string;
  what?: string;
  path: string;
  line: number;
  column: number;
}

export type Outcome = "ok" | "panic" | "limit" | "shadow-stack-mismatch" | "not-run";

export interface Evaluation {
  outcome: Outcome;
  message: string | null;
  stdout: string;
  result: string | null;
  stats: {
    steps: number;
    frames: { calls: number; max_depth: number };
    heap: HeapStats;
    allocators: { [name: string]: HeapStats };
  };
  trace: TraceEvent[];
  trace_truncated?: boolean;
  function: string;
  uri: string;
  lines: LineFacts[];
  text: string;
}

export interface FailureReport {
  function: string;
  uri: string;
  text: string;
  allocations: number;
  runs: {
    n: number;
    outcome: "handled" | "panic" | "leak" | "limit";
    message: string | null;
    at: Location | null;
    panicAt: Location | null;
    atText?: string;
    panicAtText?: string;
  }[];
}

export interface Comparison {
  function: string;
  uri: string;
  text: string;
  rows: {
    allocator: string;
    outcome: Outcome;
    blocks: number;
    bytes: number;
    peak: number;
    failed: number;
    steps: number;
    milliseconds: number;
  }[];
}

export interface Slot {
  name: string;
  type: string;
  /** `null`: depends on a generic parameter. */
  offset: number | null;
  size: number | null;
  fromLine: number;
  toLine: number;
  state: "dropped" | "moved" | "maybeMoved" | "borrow" | "trivial";
  ownsHeap: string[];
}

export interface HeapSite {
  line: number;
  column: number;
  allocator: string;
  operation: "alloc" | "realloc" | "dealloc" | "call";
  owner: string | null;
  multiplicity: "once" | "perIteration" | "unknown";
  bytes: string | null;
  why: string;
}

export interface Drop {
  line: number;
  column: number;
  what: string;
  type: string;
  allocator: string | null;
  conditional: boolean;
}

export interface Borrow {
  from: string;
  to: string;
  mutable: boolean;
  fromLine: number;
  toLine: number;
}

export interface Frame {
  function: string;
  path: string;
  fromLine: number;
  toLine: number;
  size: number | null;
  align: number;
  depth: { bytes: number | null; path: string[] };
  slots: Slot[];
  drops: Drop[];
  heapSites: HeapSite[];
  borrows: Borrow[];
  calls: string[];
}

export interface FrameView {
  uri: string;
  range: Range;
  selectionRange: Range;
  frame: Frame;
}

export interface TextDocumentAnswer {
  title: string;
  languageId: string;
  text: string;
}

/** Messages from the extension to a webview. */
export type ToFrameWebview =
  | { type: "frame"; view: FrameView; source: string[]; cursorLine: number | null }
  | { type: "cursor"; line: number | null }
  | { type: "empty"; reason: string; hint: string };
export type ToTimelineWebview = { type: "evaluation"; evaluation: Evaluation } | { type: "empty"; reason: string; hint: string; canEvaluate: boolean };

/** Messages from a webview to the extension. Lines and columns count from 1. */
export type FromWebview =
  | { type: "ready" }
  | { type: "reveal"; path?: string; line: number; column?: number; focus: boolean }
  | { type: "command"; command: "spp.evaluate" | "spp.exportTrace" };

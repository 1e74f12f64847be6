/** Failure reports and allocator comparisons as Markdown documents. */
import * as format from "./format";
import type { Comparison, FailureReport } from "./protocol";

const MARK = { handled: "✓ handled", panic: "✗ panic", leak: "✗ leak", limit: "✗ limit" } as const;

export function failureDocument(report: FailureReport): string {
  const bad = report.runs.filter((run) => run.outcome !== "handled");
  const handled = report.runs.length - bad.length;
  const out = [`# Failing allocations of \`${report.function}\``, ""];
  if (report.allocations === 0) return [...out, "It allocates nothing, so nothing can fail.", ""].join("\n");
  out.push(`${format.plural(report.allocations, "allocation")}, ${format.plural(report.runs.length, "run")}: **${handled} handled**${bad.length > 0 ? `, **${bad.length} not**` : ""}.`, "");
  out.push("| allocation | at | outcome | message |", "| ---: | --- | --- | --- |");
  for (const run of [...bad, ...report.runs.filter((candidate) => candidate.outcome === "handled")]) {
    out.push(`| ${run.n} | ${link(run.at)} | ${MARK[run.outcome]}${run.panicAt ? ` at ${link(run.panicAt)}` : ""} | ${cell(run.message ?? "")} |`);
  }
  return [...out, "", "```text", report.text.trimEnd(), "```", ""].join("\n");
}

export function comparisonDocument(comparison: Comparison): string {
  const out = [`# Allocators for \`${comparison.function}\``, ""];
  if (comparison.rows.length === 0) return [...out, "No allocator fits its allocator parameter.", ""].join("\n");
  out.push("| allocator | outcome | blocks | bytes | peak | failed | steps | time |", "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |");
  for (const row of comparison.rows) {
    out.push(`| \`${row.allocator}\` | ${row.outcome} | ${format.count(row.blocks)} | ${format.bytes(row.bytes)} | ${format.bytes(row.peak)} | ${format.count(row.failed)} | ${format.count(row.steps)} | ${row.milliseconds.toFixed(1)} ms |`);
  }
  return [...out, "", "```text", comparison.text.trimEnd(), "```", ""].join("\n");
}

function link(location: { uri: string; range: { start: { line: number } } } | null): string {
  if (!location) return "unknown";
  const line = location.range.start.line + 1;
  const name = decodeURIComponent(location.uri.slice(location.uri.lastIndexOf("/") + 1));
  return `[${cell(name)}:${line}](${location.uri}#L${line})`;
}

function cell(text: string): string {
  return text.replace(/\|/g, "\\|").replace(/\s+/g, " ");
}

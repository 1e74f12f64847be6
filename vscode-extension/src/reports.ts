/** Failure reports and allocator comparisons as HTML. Places are links to the command `vscode.open`. */
import * as format from "./format";
import type { Comparison, FailureReport } from "./protocol";

type Location = NonNullable<FailureReport["runs"][number]["at"]>;

const MARK = { handled: "✓ handled", panic: "✗ panic", leak: "✗ leak", limit: "✗ limit" } as const;

export function failureReport(report: FailureReport): string {
  const title = `<h1>Failing allocations of <code>${escape(report.function)}</code></h1>`;
  if (report.allocations === 0) return `${title}<p>It allocates nothing, so nothing can fail.</p>`;
  const bad = report.runs.filter((run) => run.outcome !== "handled");
  const good = report.runs.filter((run) => run.outcome === "handled");
  const verdict = bad.length === 0 ? '<span class="good">every failure is handled</span>' : `<span class="good">${good.length} handled</span>, <span class="bad">${bad.length} not</span>`;
  const rows = [...bad, ...good].map((run) =>
    `<tr><td class="num">${run.n}</td><td>${link(run.at, run.atText)}</td><td class="${run.outcome === "handled" ? "good" : "bad"}">${MARK[run.outcome]}</td><td>${run.outcome === "panic" ? link(run.panicAt, run.panicAtText) : ""}</td><td>${escape(run.message ?? "")}</td></tr>`);
  return `${title}<p>${format.plural(report.allocations, "allocation")}, ${format.plural(report.runs.length, "run")}: ${verdict}</p>
<table><thead><tr><th>allocation</th><th>that fails</th><th>outcome</th><th>panic at</th><th>message</th></tr></thead><tbody>${rows.join("\n")}</tbody></table>
<details><summary>As the command line prints it</summary><pre>${escape(report.text)}</pre></details>`;
}

export function comparisonReport(comparison: Comparison): string {
  const title = `<h1>Allocators for <code>${escape(comparison.function)}</code></h1>`;
  if (comparison.rows.length === 0) return `${title}<p>No allocator fits its allocator parameter.</p>`;
  const most = Math.max(1, ...comparison.rows.map((row) => row.peak));
  const rows = comparison.rows.map((row) =>
    `<tr><td><code>${escape(row.allocator)}</code></td><td class="${row.outcome === "ok" ? "good" : "bad"}">${row.outcome}</td><td class="num">${format.count(row.blocks)}</td><td class="num">${format.bytes(row.bytes)}</td><td class="num">${format.bytes(row.peak)}</td><td><meter min="0" max="${most}" value="${row.peak}" aria-label="peak"></meter></td><td class="num">${format.count(row.failed)}</td><td class="num">${format.count(row.steps)}</td><td class="num">${row.milliseconds.toFixed(1)} ms</td></tr>`);
  return `${title}<table><thead><tr><th>allocator</th><th>outcome</th><th>blocks</th><th>bytes</th><th>peak</th><th></th><th>failed</th><th>steps</th><th>time</th></tr></thead><tbody>${rows.join("\n")}</tbody></table>
<details><summary>As the command line prints it</summary><pre>${escape(comparison.text)}</pre></details>`;
}

function link(location: Location | null, otherwise = "unknown"): string {
  if (!location) return escape(otherwise);
  const { start } = location.range;
  const name = decodeURIComponent(location.uri.slice(location.uri.lastIndexOf("/") + 1));
  const target = encodeURIComponent(JSON.stringify([location.uri, { line: start.line, character: start.character }]));
  return `<a href="command:spp.openPlace?${target}">${escape(name)}:${start.line + 1}</a>`;
}

export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

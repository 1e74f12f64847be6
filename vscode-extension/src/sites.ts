/** The list of allocating lines of the last evaluation, the most expensive first. */
import * as vscode from "vscode";
import type { EvaluationStore } from "./evaluations";
import * as format from "./format";
import { summary } from "./lineHeat";
import type { LineFacts } from "./protocol";

export function registerSites(context: vscode.ExtensionContext, evaluations: EvaluationStore): void {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.TreeDataProvider<LineFacts> = {
    onDidChangeTreeData: changed.event,
    getChildren: (parent) => (parent ? [] : [...(evaluations.current?.lines ?? [])].sort((a, b) => b.bytes - a.bytes)),
    getTreeItem: (line) => {
      const uri = vscode.Uri.parse(line.uri);
      const item = new vscode.TreeItem(`${uri.path.slice(uri.path.lastIndexOf("/") + 1)}:${line.line + 1}`);
      item.description = `${summary(line)} · ${line.allocator}`;
      item.tooltip = item.description;
      item.iconPath = line.failed > 0 ? new vscode.ThemeIcon("error") : line.live > 0 ? new vscode.ThemeIcon("warning") : new vscode.ThemeIcon("circle-large-filled", new vscode.ThemeColor("charts.orange"));
      item.command = { command: "vscode.open", title: "Open", arguments: [uri, { selection: new vscode.Range(line.line, 0, line.line, 0) }] };
      return item;
    },
  };
  const view = vscode.window.createTreeView("spp.sites", { treeDataProvider: provider });
  context.subscriptions.push(
    view, changed,
    evaluations.onDidChange((evaluation) => {
      view.description = evaluation ? evaluation.function : "";
      view.message = evaluation && evaluation.lines.length === 0 ? "The last evaluation allocated nothing on the heap." : "";
      view.badge = evaluation && evaluation.stats.heap.live_at_end > 0 ? { value: 1, tooltip: `${format.bytes(evaluation.stats.heap.live_at_end)} never given back` } : undefined;
      changed.fire();
    }),
  );
}

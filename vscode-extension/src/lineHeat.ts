/** After an evaluation: allocating lines shaded by their bytes, with the facts at their ends, until the document is edited. */
import * as vscode from "vscode";
import type { EvaluationStore } from "./evaluations";
import * as format from "./format";
import { heatOf } from "./heat";
import type { LineFacts } from "./protocol";

export function registerLineHeat(context: vscode.ExtensionContext, evaluations: EvaluationStore): void {
  const levels = [1, 2, 3, 4].map((level) =>
    vscode.window.createTextEditorDecorationType({
      isWholeLine: true,
      backgroundColor: new vscode.ThemeColor(`spp.heat${level}Background`),
      overviewRulerColor: new vscode.ThemeColor(`spp.heat${level}Background`),
      overviewRulerLane: vscode.OverviewRulerLane.Left,
    }),
  );
  context.subscriptions.push(...levels);
  let facts = new Map<string, LineFacts[]>();

  const draw = (editor: vscode.TextEditor): void => {
    const enabled = vscode.workspace.getConfiguration("spp").get<boolean>("lineHeat.enabled", true);
    const lines = enabled ? (facts.get(editor.document.uri.toString()) ?? []) : [];
    const most = Math.max(1, ...[...facts.values()].flat().map((line) => line.bytes));
    levels.forEach((type, level) => {
      const options = lines
        .filter((line) => heatOf(line.bytes, most) === level + 1 && line.line < editor.document.lineCount)
        .map((line): vscode.DecorationOptions => ({
          range: editor.document.lineAt(line.line).range,
          hoverMessage: hover(line),
          renderOptions: { after: { contentText: ` ${summary(line)}`, margin: "0 0 0 2em", color: new vscode.ThemeColor(line.failed > 0 || line.live > 0 ? "errorForeground" : "spp.heatForeground"), fontStyle: "italic" } },
        }));
      editor.setDecorations(type, options);
    });
  };
  const drawAll = (): void => vscode.window.visibleTextEditors.forEach(draw);

  context.subscriptions.push(
    evaluations.onDidChange((evaluation) => {
      facts = new Map();
      for (const line of evaluation?.lines ?? []) {
        const key = vscode.Uri.parse(line.uri).toString();
        facts.set(key, [...(facts.get(key) ?? []), line]);
      }
      drawAll();
    }),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0 && facts.delete(document.uri.toString())) drawAll();
    }),
    vscode.window.onDidChangeVisibleTextEditors(drawAll),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("spp.lineHeat")) drawAll();
    }),
  );
}

/** "3 blocks · 4.0 KiB · peak 2.5 KiB" */
export function summary(line: LineFacts): string {
  const parts = [format.plural(line.blocks, "block"), format.bytes(line.bytes)];
  if (line.peak !== line.bytes) parts.push(`peak ${format.bytes(line.peak)}`);
  if (line.failed > 0) parts.push(`${line.failed} failed`);
  if (line.live > 0) parts.push(`${format.bytes(line.live)} never given back`);
  return parts.join(" · ");
}

function hover(line: LineFacts): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendMarkdown("**last evaluation** ").appendText(`${summary(line)} · through ${line.allocator}`);
  return text;
}

/** Marks where the value under the cursor is alive, borrowed, moved and dropped. */
import * as vscode from "vscode";
import type { LifetimeKind } from "./protocol";
import type { Server } from "./server";

const DELAY = 180;

export function registerLifetimeHighlight(context: vscode.ExtensionContext, server: Server): void {
  const border = (color: string, style: string): vscode.DecorationRenderOptions => ({ borderColor: new vscode.ThemeColor(color), borderStyle: style, borderWidth: "0 0 2px 0", overviewRulerColor: new vscode.ThemeColor(color), overviewRulerLane: vscode.OverviewRulerLane.Center });
  const types: Record<LifetimeKind, vscode.TextEditorDecorationType> = {
    alive: vscode.window.createTextEditorDecorationType({ backgroundColor: new vscode.ThemeColor("spp.lifetime.aliveBackground"), isWholeLine: true }),
    borrowed: vscode.window.createTextEditorDecorationType(border("spp.lifetime.borrowedBorder", "dotted")),
    moved: vscode.window.createTextEditorDecorationType(border("spp.lifetime.movedBorder", "solid")),
    maybeMoved: vscode.window.createTextEditorDecorationType(border("spp.lifetime.movedBorder", "dashed")),
    dropped: vscode.window.createTextEditorDecorationType(border("spp.lifetime.droppedBorder", "solid")),
  };
  const kinds = Object.keys(types) as LifetimeKind[];
  context.subscriptions.push(...Object.values(types));
  let timer: NodeJS.Timeout | undefined;
  let pending: vscode.CancellationTokenSource | undefined;

  const clear = (editor: vscode.TextEditor): void => kinds.forEach((kind) => editor.setDecorations(types[kind], []));
  const update = async (editor: vscode.TextEditor): Promise<void> => {
    pending?.cancel();
    pending?.dispose();
    const source = (pending = new vscode.CancellationTokenSource());
    const version = editor.document.version;
    try {
      const lifetime = await server.lifetime(editor.document, editor.selection.active, source.token);
      const convert = server.client?.protocol2CodeConverter;
      if (source.token.isCancellationRequested || editor.document.version !== version || !convert) return;
      for (const kind of kinds) {
        const options = (lifetime?.ranges ?? [])
          .filter((range) => range.kind === kind)
          .map((range): vscode.DecorationOptions => ({ range: convert.asRange(range.range), ...(kind === "alive" ? {} : { hoverMessage: range.message }) }));
        editor.setDecorations(types[kind], options);
      }
    } catch {
      // A request that an edit overtook has no answer; the next cursor rest asks again.
      if (!source.token.isCancellationRequested) clear(editor);
    }
  };
  const schedule = (editor: vscode.TextEditor | undefined): void => {
    clearTimeout(timer);
    if (!editor || editor.document.languageId !== "spp") return;
    if (!vscode.workspace.getConfiguration("spp").get<boolean>("lifetimeHighlight.enabled", true)) return clear(editor);
    timer = setTimeout(() => void update(editor), DELAY);
  };

  context.subscriptions.push(
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => schedule(textEditor)),
    vscode.window.onDidChangeActiveTextEditor((active) => {
      vscode.window.visibleTextEditors.filter((editor) => editor !== active).forEach(clear);
      schedule(active);
    }),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("spp.lifetimeHighlight")) schedule(vscode.window.activeTextEditor);
    }),
    { dispose: () => { clearTimeout(timer); pending?.dispose(); } },
  );
}

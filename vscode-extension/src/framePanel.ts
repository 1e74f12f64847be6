/** The frame view: asks the server for the frame of the function under the cursor and hands it to its webview. */
import * as vscode from "vscode";
import { revealPlace } from "./commands";
import type { CommandArguments, FrameView, FromWebview, ToFrameWebview } from "./protocol";
import type { Server } from "./server";
import { webviewHtml, webviewOptions } from "./webviewHtml";

const TYPE = "spp.frame";
const DELAY = 120;

export class FramePanel implements vscode.Disposable {
  #panel: vscode.WebviewPanel | undefined;
  #shown: { view: FrameView; version: number } | undefined;
  #last: ToFrameWebview = { type: "empty", reason: "No function under the cursor", hint: "Put the cursor into a function of an S++ file." };
  #timer: NodeJS.Timeout | undefined;
  #pending: vscode.CancellationTokenSource | undefined;
  readonly #subscriptions: vscode.Disposable[] = [];

  constructor(private readonly context: vscode.ExtensionContext, private readonly server: Server) {
    this.#subscriptions.push(
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => this.#schedule(textEditor)),
      vscode.window.onDidChangeActiveTextEditor((editor) => this.#schedule(editor)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        const editor = vscode.window.activeTextEditor;
        if (editor?.document === document) this.#schedule(editor);
      }),
      vscode.window.registerWebviewPanelSerializer(TYPE, {
        deserializeWebviewPanel: async (panel) => {
          this.#adopt(panel);
          this.#schedule(vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors.find((editor) => editor.document.languageId === "spp"));
        },
      }),
    );
  }

  async show(argument: CommandArguments): Promise<void> {
    if (!this.#panel) {
      this.#adopt(vscode.window.createWebviewPanel(TYPE, "Frame", { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true }, { ...webviewOptions(this.context.extensionUri), retainContextWhenHidden: true }));
    } else this.#panel.reveal(undefined, true);
    await this.#load(argument);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#pending?.dispose();
    this.#panel?.dispose();
    this.#subscriptions.forEach((subscription) => subscription.dispose());
  }

  #adopt(panel: vscode.WebviewPanel): void {
    this.#panel = panel;
    panel.webview.options = webviewOptions(this.context.extensionUri);
    panel.iconPath = vscode.Uri.joinPath(this.context.extensionUri, "icons", "spp-file-dark.svg");
    panel.onDidDispose(() => { this.#panel = undefined; this.#shown = undefined; });
    panel.webview.onDidReceiveMessage((message: FromWebview) => {
      if (message.type === "ready") void panel.webview.postMessage(this.#last);
      else if (message.type === "reveal" && this.#shown) void revealPlace(undefined, this.#shown.view.uri, message.line, message.column, message.focus);
    });
    panel.webview.html = webviewHtml(panel.webview, this.context.extensionUri, "frame", "Frame");
  }

  #schedule(editor: vscode.TextEditor | undefined): void {
    if (!this.#panel?.visible || editor?.document.languageId !== "spp") return;
    if (!vscode.workspace.getConfiguration("spp").get<boolean>("frameView.followCursor", true)) return;
    const cursor = editor.selection.active;
    const shown = this.#shown;
    if (shown && shown.version === editor.document.version && shown.view.uri === editor.document.uri.toString() && shown.view.range.start.line <= cursor.line && cursor.line <= shown.view.range.end.line) {
      clearTimeout(this.#timer);
      this.#post({ type: "cursor", line: cursor.line + 1 });
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#load({ uri: editor.document.uri.toString(), position: { line: cursor.line, character: cursor.character } }), DELAY);
  }

  async #load(argument: CommandArguments): Promise<void> {
    this.#pending?.cancel();
    this.#pending?.dispose();
    const source = (this.#pending = new vscode.CancellationTokenSource());
    try {
      const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(argument.uri));
      const version = document.version;
      const view = await this.server.execute<FrameView | null>("spp.showFrame", argument, source.token);
      if (source.token.isCancellationRequested) return;
      if (!view) return this.#empty("No function under the cursor", "Put the cursor into a function of an S++ file.");
      this.#shown = { view: { ...view, uri: document.uri.toString() }, version };
      const { frame } = view;
      const lines = Array.from({ length: Math.max(1, frame.toLine - frame.fromLine + 1) }, (_, i) => (frame.fromLine - 1 + i < document.lineCount ? document.lineAt(frame.fromLine - 1 + i).text : ""));
      if (this.#panel) this.#panel.title = `Frame: ${frame.function.slice(frame.function.lastIndexOf(".") + 1)}`;
      this.#post({ type: "frame", view, source: lines, cursorLine: argument.position ? argument.position.line + 1 : null });
    } catch (error) {
      if (source.token.isCancellationRequested) return;
      this.#empty("No frame to show", error instanceof Error ? error.message : String(error));
    }
  }

  #empty(reason: string, hint: string): void {
    this.#shown = undefined;
    if (this.#panel) this.#panel.title = "Frame";
    this.#post({ type: "empty", reason, hint });
  }

  #post(message: ToFrameWebview): void {
    if (message.type === "cursor") {
      if (this.#last.type === "frame") this.#last = { ...this.#last, cursorLine: message.line };
    } else this.#last = message;
    void this.#panel?.webview.postMessage(message);
  }
}

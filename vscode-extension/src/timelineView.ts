import * as vscode from "vscode";
import { revealPlace } from "./commands";
import type { EvaluationStore } from "./evaluations";
import type { FromWebview, ToTimelineWebview } from "./protocol";
import { webviewHtml, webviewOptions } from "./webviewHtml";

/** The allocation timeline in the panel area. */
export class TimelineView implements vscode.WebviewViewProvider, vscode.Disposable {
  #view: vscode.WebviewView | undefined;
  readonly #subscriptions: vscode.Disposable[] = [];

  constructor(private readonly context: vscode.ExtensionContext, private readonly evaluations: EvaluationStore) {
    this.#subscriptions.push(
      vscode.window.registerWebviewViewProvider("spp.timeline", this, { webviewOptions: { retainContextWhenHidden: true } }),
      evaluations.onDidChange(() => this.#post()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#post()),
    );
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#view = view;
    view.webview.options = webviewOptions(this.context.extensionUri);
    view.onDidDispose(() => (this.#view = undefined));
    view.webview.onDidReceiveMessage((message: FromWebview) => {
      if (message.type === "ready") this.#post();
      else if (message.type === "reveal") void revealPlace(message.path, this.evaluations.current?.uri ?? "", message.line, message.column, message.focus);
      else void vscode.commands.executeCommand(message.command);
    });
    view.webview.html = webviewHtml(view.webview, this.context.extensionUri, "timeline", "Allocation timeline");
    this.#post();
  }

  async reveal(): Promise<void> {
    if (this.#view) this.#view.show(true);
    else await vscode.commands.executeCommand("spp.timeline.focus", { preserveFocus: true });
  }

  dispose(): void {
    this.#subscriptions.forEach((subscription) => subscription.dispose());
  }

  #post(): void {
    const evaluation = this.evaluations.current;
    const message: ToTimelineWebview = evaluation
      ? { type: "evaluation", evaluation }
      : vscode.workspace.isTrusted
        ? { type: "empty", reason: "No evaluation yet", hint: "Evaluate a function to see each heap block from birth to death.", canEvaluate: true }
        : { type: "empty", reason: "Restricted workspace", hint: "Evaluation runs code, so it needs a trusted workspace.", canEvaluate: false };
    if (this.#view) this.#view.description = evaluation?.function ?? "";
    void this.#view?.webview.postMessage(message);
  }
}

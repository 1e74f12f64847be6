import * as vscode from "vscode";
import type { Status as ServerStatus } from "./protocol";

const ICON = { loading: "$(loading~spin)", ready: "$(layers)", evaluating: "$(sync~spin)", error: "$(error)" } as const;
const WORD = { loading: "loading", ready: "ready", evaluating: "evaluating", error: "not running" } as const;

/** The item at the bottom of the window; a click opens the server's menu. */
export class Status implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem("spp.status", vscode.StatusBarAlignment.Left, 10);
  readonly #visibility: vscode.Disposable;

  constructor() {
    this.#item.name = "S++ Analyzer";
    this.#item.command = "spp.statusMenu";
    this.set({ state: "loading" });
    this.#visibility = vscode.window.onDidChangeActiveTextEditor(() => this.#show());
    this.#show();
  }

  set(status: ServerStatus): void {
    this.#item.text = `${ICON[status.state]} S++${status.edition ? ` ${status.edition}` : ""}`;
    const lines = [`S++ Analyzer: ${WORD[status.state]}`, status.message, status.files === undefined ? undefined : `${status.files} files`];
    if (!vscode.workspace.isTrusted) lines.push("Restricted workspace: nothing is evaluated");
    this.#item.tooltip = lines.filter(Boolean).join("\n");
    this.#item.accessibilityInformation = { label: lines.filter(Boolean).join(", ") };
    this.#item.backgroundColor = status.state === "error" ? new vscode.ThemeColor("statusBarItem.errorBackground") : undefined;
  }

  dispose(): void {
    this.#visibility.dispose();
    this.#item.dispose();
  }

  #show(): void {
    const shown = vscode.window.activeTextEditor?.document.languageId === "spp" || vscode.workspace.textDocuments.some((document) => document.languageId === "spp");
    if (shown) this.#item.show();
    else this.#item.hide();
  }
}

import * as vscode from "vscode";

const SCHEME = "spp-view";

/** Read-only documents for what the server answers with text: syntax tree, MIR. */
export class TextDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #texts = new Map<string, string>();
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  readonly #closed = vscode.workspace.onDidCloseTextDocument((document) => this.#texts.delete(document.uri.toString()));

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? "";
  }

  /** A second document of the same title replaces the first in place. */
  async show(title: string, languageId: string, text: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${title.replace(/[/\\?#]/g, " ")}` });
    this.#texts.set(uri.toString(), text);
    this.#changed.fire(uri);
    const known = await vscode.languages.getLanguages();
    const document = await vscode.workspace.openTextDocument(uri);
    if (known.includes(languageId)) await vscode.languages.setTextDocumentLanguage(document, languageId);
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true, preview: true });
  }

  dispose(): void {
    this.#registration.dispose();
    this.#closed.dispose();
    this.#changed.dispose();
  }
}

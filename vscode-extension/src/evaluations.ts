import * as vscode from "vscode";
import type { Evaluation } from "./protocol";

/** The last evaluation. Whoever shows it listens here. */
export class EvaluationStore implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<Evaluation | undefined>();
  readonly onDidChange = this.#changed.event;
  #current: Evaluation | undefined;

  get current(): Evaluation | undefined {
    return this.#current;
  }

  set(evaluation: Evaluation | undefined): void {
    this.#current = evaluation;
    void vscode.commands.executeCommand("setContext", "spp.hasEvaluation", evaluation !== undefined);
    this.#changed.fire(evaluation);
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

/** A path of the command line's JSON as a document: relative ones belong to the evaluated file's project. */
export function resolvePath(path: string, relativeTo: string): vscode.Uri {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path)) return vscode.Uri.parse(path);
  if (/^(\/|[A-Za-z]:[\\/])/.test(path)) return vscode.Uri.file(path);
  const base = vscode.Uri.parse(relativeTo);
  // `src/main.spp` seen from `file:///p/src/main.spp` lies in `/p`.
  const ownSegments = base.path.split("/");
  const segments = path.split("/").filter((segment) => segment !== "." && segment !== "");
  for (let depth = ownSegments.length - 1; depth > 0; depth -= 1) {
    if (ownSegments[depth] === segments[0]) return base.with({ path: [...ownSegments.slice(0, depth), ...segments].join("/") });
  }
  const folder = vscode.workspace.getWorkspaceFolder(base)?.uri;
  return folder ? vscode.Uri.joinPath(folder, path) : base.with({ path: [...ownSegments.slice(0, -1), ...segments].join("/") });
}

import * as vscode from "vscode";
import type { Position } from "vscode-languageserver-types";
import { resolvePath, type EvaluationStore } from "./evaluations";
import * as format from "./format";
import type { FramePanel } from "./framePanel";
import { showReport } from "./reportPanel";
import { comparisonReport, failureReport } from "./reports";
import type { CommandArguments, Comparison, Evaluation, FailureReport, TextDocumentAnswer } from "./protocol";
import type { Server } from "./server";
import type { TextDocuments } from "./textDocuments";
import { chromeTrace } from "./timelineModel";
import type { TimelineView } from "./timelineView";

export interface Parts {
  server: Server;
  evaluations: EvaluationStore;
  frames: FramePanel;
  timeline: TimelineView;
  texts: TextDocuments;
  output: vscode.LogOutputChannel;
}

export function registerCommands(context: vscode.ExtensionContext, parts: Parts): void {
  const { server, evaluations, frames, timeline, texts, output } = parts;
  const register = (command: string, handler: (...args: never[]) => unknown): void => {
    context.subscriptions.push(
      vscode.commands.registerCommand(command, async (...args: never[]) => {
        try {
          return await handler(...args);
        } catch (error) {
          if (error instanceof vscode.CancellationError) return undefined;
          const message = error instanceof Error ? error.message : String(error);
          output.error(`${command}: ${message}`);
          void vscode.window.showErrorMessage(`S++: ${message}`);
          return undefined;
        }
      }),
    );
  };

  register("spp.evaluate", async (given?: CommandArguments) => {
    if (!(await allowed())) return undefined;
    const argument = target(given);
    const evaluation = await withProgress("Evaluating", (token) => server.execute<Evaluation>("spp.evaluate", argument, token));
    evaluations.set(evaluation);
    report(evaluation, output);
    await timeline.reveal();
    return evaluation;
  });

  register("spp.evaluateFailures", async (given?: CommandArguments) => {
    if (!(await allowed())) return undefined;
    const argument = target(given);
    const failures = await withProgress("Evaluating with failing allocations", (token) => server.execute<FailureReport>("spp.evaluateFailures", argument, token));
    showReport(context.extensionUri, `Failures: ${failures.function}`, failureReport(failures));
    return failures;
  });

  register("spp.compareAllocators", async (given?: CommandArguments) => {
    if (!(await allowed())) return undefined;
    const argument = target(given);
    const comparison = await withProgress("Comparing allocators", (token) => server.execute<Comparison>("spp.compareAllocators", argument, token));
    showReport(context.extensionUri, `Allocators: ${comparison.function}`, comparisonReport(comparison));
    return comparison;
  });

  register("spp.showFrame", (given?: CommandArguments) => frames.show(target(given)));
  register("spp.showTimeline", () => timeline.reveal());
  register("spp.clearEvaluation", () => evaluations.set(undefined));
  for (const command of ["spp.showSyntaxTree", "spp.showMir"]) {
    register(command, async (given?: CommandArguments) => {
      const answer = await server.execute<TextDocumentAnswer>(command, target(given));
      await texts.show(answer.title, answer.languageId, answer.text);
    });
  }

  register("spp.showReferences", async (uri: string, position: Position, locations: { uri: string; range: { start: Position; end: Position } }[]) => {
    const convert = server.client?.protocol2CodeConverter;
    if (!convert) return;
    await vscode.commands.executeCommand("editor.action.showReferences", vscode.Uri.parse(uri), convert.asPosition(position), locations.map((location) => convert.asLocation(location)));
  });

  register("spp.openPlace", (uri: string, position: Position) => revealPlace(undefined, uri, position.line + 1, position.character + 1, true));
  register("spp.restart", () => server.restart());
  register("spp.showOutput", () => output.show(true));
  register("spp.statusMenu", async () => {
    const entries = [
      { label: "$(refresh) Restart Language Server", command: "spp.restart" },
      { label: "$(output) Show Output", command: "spp.showOutput" },
      { label: "$(settings-gear) Open Settings", command: "workbench.action.openSettings", argument: "@ext:spp-analyzer.spp-analyzer" },
      ...(vscode.workspace.isTrusted ? [] : [{ label: "$(shield) Manage Workspace Trust", command: "workbench.trust.manage" }]),
    ];
    const picked = await vscode.window.showQuickPick(entries, { title: `S++ Analyzer${server.binary ? `: ${server.binary}` : ""}` });
    if (picked) await vscode.commands.executeCommand(picked.command, ...("argument" in picked ? [picked.argument] : []));
  });

  register("spp.exportTrace", async () => {
    const evaluation = evaluations.current;
    if (!evaluation) throw new Error("there is no evaluation to export");
    const kinds = [
      { label: "Trace as JSON", description: "everything the evaluation reported", suffix: "json", make: (): object => evaluation },
      { label: "Chrome trace", description: "opens in Perfetto and chrome://tracing", suffix: "chrome.json", make: (): object => chromeTrace(evaluation) },
    ];
    const kind = await vscode.window.showQuickPick(kinds, { title: "Export allocation trace" });
    if (!kind) return;
    const name = `${evaluation.function.replace(/[^\w.]+/g, "-")}.${kind.suffix}`;
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const file = await vscode.window.showSaveDialog({ filters: { JSON: ["json"] }, ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}) });
    if (file) await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(`${JSON.stringify(kind.make(), null, 1)}\n`));
  });

  /** Evaluation runs code: the person must trust the workspace first. */
  async function allowed(): Promise<boolean> {
    if (vscode.workspace.isTrusted) return true;
    const choice = await vscode.window.showWarningMessage("S++: evaluation runs code and needs a trusted workspace. Diagnostics, hovers and hints work without.", "Manage Workspace Trust");
    if (choice) await vscode.commands.executeCommand("workbench.trust.manage");
    return false;
  }
}

/** What a command is about: the argument of a code lens, else the function under the cursor. */
function target(given?: CommandArguments): CommandArguments {
  if (given && typeof given.uri === "string") return given;
  const editor = vscode.window.activeTextEditor;
  const chosen = editor?.document.languageId === "spp" ? editor : vscode.window.visibleTextEditors.find((candidate) => candidate.document.languageId === "spp");
  if (!chosen) throw new Error("open an S++ file first");
  const { line, character } = chosen.selection.active;
  return { uri: chosen.document.uri.toString(), position: { line, character } };
}

function withProgress<T>(title: string, work: (token: vscode.CancellationToken) => Promise<T>): Promise<T> {
  return Promise.resolve(vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: `S++: ${title}`, cancellable: true }, async (_, token) => {
    try {
      return await work(token);
    } catch (error) {
      if (token.isCancellationRequested) throw new vscode.CancellationError();
      throw error;
    }
  }));
}

function report(evaluation: Evaluation, output: vscode.LogOutputChannel): void {
  output.info(`${evaluation.function}: ${evaluation.outcome}`);
  if (evaluation.stdout) output.append(evaluation.stdout.endsWith("\n") ? evaluation.stdout : `${evaluation.stdout}\n`);
  output.append(evaluation.text.endsWith("\n") ? evaluation.text : `${evaluation.text}\n`);
  const { heap } = evaluation.stats;
  const leak = heap.live_at_end > 0 ? `${format.bytes(heap.live_at_end)} never given back` : "no leak";
  const facts = `${format.plural(heap.allocations, "block")} · peak ${format.bytes(heap.peak_bytes)} · ${leak}`;
  const show = { title: "Show Output", command: "spp.showOutput" };
  const offer = async (shown: Thenable<typeof show | undefined>): Promise<void> => {
    if (await shown) await vscode.commands.executeCommand(show.command);
  };
  switch (evaluation.outcome) {
    case "ok":
      vscode.window.setStatusBarMessage(`$(check) ${evaluation.function}${evaluation.result ? ` returned ${evaluation.result}` : ""}: ${facts}`, 15_000);
      break;
    case "not-run":
      void offer(vscode.window.showWarningMessage(`S++: ${evaluation.function} was not run: ${evaluation.message ?? "the program has errors"}`, show));
      break;
    default: {
      const what = { panic: "panicked", limit: "reached a limit", "shadow-stack-mismatch": "returned with a forged return token" }[evaluation.outcome];
      void offer(vscode.window.showErrorMessage(`S++: ${evaluation.function} ${what}${evaluation.message ? `: ${evaluation.message}` : ""} (${facts})`, show));
    }
  }
}

/** Shows a place that a webview or a list names; lines and columns count from 1. */
export async function revealPlace(path: string | undefined, relativeTo: string, line: number, column: number | undefined, focus: boolean): Promise<void> {
  const uri = path ? resolvePath(path, relativeTo) : vscode.Uri.parse(relativeTo);
  const at = new vscode.Position(Math.max(0, line - 1), Math.max(0, (column ?? 1) - 1));
  const beside = vscode.window.visibleTextEditors.find((editor) => editor.document.uri.toString() === uri.toString());
  await vscode.window.showTextDocument(uri, { viewColumn: beside?.viewColumn ?? vscode.ViewColumn.One, selection: new vscode.Range(at, at), preserveFocus: !focus });
}

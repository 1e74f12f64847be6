import * as vscode from "vscode";
import { Server } from "./server";
import { Status } from "./status";
import { EvaluationStore } from "./evaluations";
import { registerCommands } from "./commands";
import { registerLineHeat } from "./lineHeat";
import { registerLifetimeHighlight } from "./lifetime";
import { registerSites } from "./sites";
import { registerTasks } from "./tasks";
import { TextDocuments } from "./textDocuments";
import { FramePanel } from "./framePanel";
import { TimelineView } from "./timelineView";

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel("S++ Analyzer", { log: true });
  const status = new Status();
  const server = new Server(context, output, status);
  const evaluations = new EvaluationStore();
  const texts = new TextDocuments();
  const frames = new FramePanel(context, server);
  const timeline = new TimelineView(context, evaluations);
  context.subscriptions.push(output, status, server, evaluations, texts, frames, timeline);

  registerCommands(context, { server, evaluations, frames, timeline, texts, output });
  registerLineHeat(context, evaluations);
  registerLifetimeHighlight(context, server);
  registerSites(context, evaluations);
  registerTasks(context, server);

  context.subscriptions.push(
    // Trust changes what the server may do, a server setting which one runs.
    vscode.workspace.onDidGrantWorkspaceTrust(() => server.restart()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("spp.server")) void server.restart();
    }),
  );
  await server.start();
}

export function deactivate(): void {
  // Everything is disposed with the context's subscriptions.
}

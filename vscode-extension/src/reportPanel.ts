import * as vscode from "vscode";
import { webviewOptions } from "./webviewHtml";

/** A page for a report. It runs no script; its links open places in the source. */
export function showReport(extension: vscode.Uri, title: string, html: string): void {
  const panel = vscode.window.createWebviewPanel("spp.report", title, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true }, { ...webviewOptions(extension), enableScripts: false, enableCommandUris: ["spp.openPlace"] });
  panel.iconPath = vscode.Uri.joinPath(extension, "icons", "spp-file-dark.svg");
  const style = panel.webview.asWebviewUri(vscode.Uri.joinPath(extension, "media", "views.css"));
  panel.webview.html = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${panel.webview.cspSource};"><link rel="stylesheet" href="${style.toString()}"></head><body class="report"><main>${html}</main></body></html>`;
}

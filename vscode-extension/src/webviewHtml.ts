import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

/** The page around a webview's script: no remote content, one script, one style sheet. */
export function webviewHtml(webview: vscode.Webview, extension: vscode.Uri, name: "frame" | "timeline", title: string): string {
  const nonce = randomBytes(16).toString("hex");
  const script = webview.asWebviewUri(vscode.Uri.joinPath(extension, "dist", "webview", `${name}.js`));
  const style = webview.asWebviewUri(vscode.Uri.joinPath(extension, "media", "views.css"));
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${webview.cspSource} 'unsafe-inline'; script-src 'nonce-${nonce}'; font-src ${webview.cspSource};">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style.toString()}">
<title>${title}</title>
</head>
<body class="${name}"><main id="root"></main><div id="tip" role="tooltip" hidden></div><script nonce="${nonce}" src="${script.toString()}"></script></body>
</html>`;
}

export function webviewOptions(extension: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(extension, "dist", "webview"), vscode.Uri.joinPath(extension, "media")] };
}

// What the server may say: the parameters of its requests and notifications, and the result of each request that it
// answers. The types are those of the protocol's own package; `extensions.ts` is taken out of docs/lsp-extensions.md.

import type * as lsp from "vscode-languageserver-protocol";
import type * as spp from "./extensions.js";

export interface Requests {
    "client/registerCapability": lsp.RegistrationParams;
    "client/unregisterCapability": lsp.UnregistrationParams;
    "window/workDoneProgress/create": lsp.WorkDoneProgressCreateParams;
    "window/showMessageRequest": lsp.ShowMessageRequestParams;
    "window/showDocument": lsp.ShowDocumentParams;
    "workspace/applyEdit": lsp.ApplyWorkspaceEditParams;
    "workspace/configuration": lsp.ConfigurationParams;
    "workspace/semanticTokens/refresh": null;
    "workspace/inlayHint/refresh": null;
    "workspace/inlineValue/refresh": null;
    "workspace/codeLens/refresh": null;
    "workspace/diagnostic/refresh": null;
}

interface Progress {
    token: lsp.ProgressToken;
    value: lsp.WorkDoneProgressBegin | lsp.WorkDoneProgressReport | lsp.WorkDoneProgressEnd;
}

export interface Notifications {
    "textDocument/publishDiagnostics": lsp.PublishDiagnosticsParams;
    "window/logMessage": lsp.LogMessageParams;
    "window/showMessage": lsp.ShowMessageParams;
    "$/progress": Progress;
    "spp/status": spp.Status;
}

interface Text {
    title: string;
    languageId: string;
    text: string;
}

export interface Results {
    "initialize": lsp.InitializeResult;
    "shutdown": null;
    "textDocument/hover": lsp.Hover | null;
    "textDocument/completion": lsp.CompletionList | lsp.CompletionItem[] | null;
    "completionItem/resolve": lsp.CompletionItem;
    "textDocument/signatureHelp": lsp.SignatureHelp | null;
    "textDocument/definition": lsp.Definition | lsp.DefinitionLink[] | null;
    "textDocument/declaration": lsp.Declaration | lsp.DeclarationLink[] | null;
    "textDocument/typeDefinition": lsp.Definition | lsp.DefinitionLink[] | null;
    "textDocument/implementation": lsp.Definition | lsp.DefinitionLink[] | null;
    "textDocument/references": lsp.Location[] | null;
    "textDocument/documentHighlight": lsp.DocumentHighlight[] | null;
    "textDocument/prepareRename": lsp.PrepareRenameResult | null;
    "textDocument/rename": lsp.WorkspaceEdit | null;
    "textDocument/documentSymbol": lsp.DocumentSymbol[] | lsp.SymbolInformation[] | null;
    "workspace/symbol": lsp.SymbolInformation[] | lsp.WorkspaceSymbol[] | null;
    "textDocument/prepareCallHierarchy": lsp.CallHierarchyItem[] | null;
    "callHierarchy/incomingCalls": lsp.CallHierarchyIncomingCall[] | null;
    "callHierarchy/outgoingCalls": lsp.CallHierarchyOutgoingCall[] | null;
    "textDocument/prepareTypeHierarchy": lsp.TypeHierarchyItem[] | null;
    "typeHierarchy/supertypes": lsp.TypeHierarchyItem[] | null;
    "typeHierarchy/subtypes": lsp.TypeHierarchyItem[] | null;
    "textDocument/codeAction": (lsp.Command | lsp.CodeAction)[] | null;
    "codeAction/resolve": lsp.CodeAction;
    "textDocument/codeLens": lsp.CodeLens[] | null;
    "codeLens/resolve": lsp.CodeLens;
    "textDocument/inlayHint": lsp.InlayHint[] | null;
    "inlayHint/resolve": lsp.InlayHint;
    "textDocument/inlineValue": lsp.InlineValue[] | null;
    "textDocument/semanticTokens/full": lsp.SemanticTokens | null;
    "textDocument/semanticTokens/full/delta": lsp.SemanticTokens | lsp.SemanticTokensDelta | null;
    "textDocument/semanticTokens/range": lsp.SemanticTokens | null;
    "textDocument/foldingRange": lsp.FoldingRange[] | null;
    "textDocument/selectionRange": lsp.SelectionRange[] | null;
    "textDocument/documentLink": lsp.DocumentLink[] | null;
    "documentLink/resolve": lsp.DocumentLink;
    "textDocument/linkedEditingRange": lsp.LinkedEditingRanges | null;
    "textDocument/formatting": lsp.TextEdit[] | null;
    "textDocument/rangeFormatting": lsp.TextEdit[] | null;
    "textDocument/onTypeFormatting": lsp.TextEdit[] | null;
    "textDocument/diagnostic": lsp.DocumentDiagnosticReport;
    "workspace/diagnostic": lsp.WorkspaceDiagnosticReport;
    "workspace/willRenameFiles": lsp.WorkspaceEdit | null;
    "workspace/willCreateFiles": lsp.WorkspaceEdit | null;
    "workspace/willDeleteFiles": lsp.WorkspaceEdit | null;
    "spp/lifetime": spp.Lifetime | null;
    "workspace/executeCommand spp.evaluate": spp.Evaluation;
    "workspace/executeCommand spp.evaluateFailures": spp.FailureReport;
    "workspace/executeCommand spp.compareAllocators": spp.Comparison;
    "workspace/executeCommand spp.showFrame": spp.FrameView | null;
    "workspace/executeCommand spp.showSyntaxTree": Text;
    "workspace/executeCommand spp.showMir": Text;
}

export interface Messages {
    requests: Requests;
    notifications: Notifications;
    results: Results;
}

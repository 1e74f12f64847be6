//! The protocol's requests and notifications. Each takes its snapshot before it first awaits.

use super::loading::{folder_paths, load, refresh};
use super::position::Encoding;
use super::settings::Settings;
use super::state::{Session, Shared, Snapshot};
use super::{
    actions, capabilities, commands, completion, convert, decorations, diagnostics, files, hierarchy,
    requests, semantic_tokens, watch,
};
use crate::ide;
use hir::File;
use rustc_hash::FxHashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use syntax::TextSize;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::*;
use tower_lsp::{Client, LanguageServer};

pub struct Backend {
    pub shared: Arc<Shared>,
}

impl Backend {
    pub fn new(client: Client) -> Backend {
        Backend { shared: Arc::new(Shared::new(client)) }
    }

    /// The folders of the workspace at this moment.
    fn folders(&self) -> Vec<Url> {
        self.shared.session().folders.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A request about a place in a document; nothing for a document that is not known.
    async fn at<R: Send + 'static>(
        &self,
        method: &'static str,
        params: TextDocumentPositionParams,
        answer: impl Fn(&Snapshot, File, TextSize) -> Option<R> + Send + 'static,
    ) -> Result<Option<R>> {
        let TextDocumentPositionParams { text_document: TextDocumentIdentifier { uri }, position } = params;
        let of = uri.clone();
        let read = move |snapshot: &Snapshot| {
            let file = snapshot.file(&of)?;
            answer(snapshot, file, snapshot.offset(file, position))
        };
        self.shared.read(method, Some(&uri), read).await
    }

    /// A request about a whole document.
    async fn document<R: Send + 'static>(
        &self,
        method: &'static str,
        uri: Url,
        answer: impl Fn(&Snapshot, File) -> Option<R> + Send + 'static,
    ) -> Result<Option<R>> {
        let of = uri.clone();
        let read = move |snapshot: &Snapshot| answer(snapshot, snapshot.file(&of)?);
        self.shared.read(method, Some(&uri), read).await
    }

    /// `spp/lifetime`
    pub async fn lifetime(&self, params: TextDocumentPositionParams) -> Result<Option<serde_json::Value>> {
        commands::lifetime(&self.shared, params).await
    }

    fn load(&self, folders: &[Url]) {
        let (shared, folders) = (self.shared.clone(), folder_paths(folders));
        tokio::spawn(async move { load(&shared, folders).await });
    }
}

/// Asks the client for its settings.
async fn fetch_settings(shared: Arc<Shared>) {
    if !shared.supports(|it| it.workspace.as_ref()?.configuration) {
        return;
    }
    let item = ConfigurationItem { scope_uri: None, section: Some("spp".to_owned()) };
    if let Ok(values) = shared.client.configuration(vec![item]).await
        && let Some(value) = values.first().filter(|value| value.is_object())
    {
        apply_settings(&shared, Settings::from_json(value)).await;
    }
}

async fn apply_settings(shared: &Shared, settings: Settings) {
    if *shared.settings() == settings {
        return;
    }
    shared.set_settings(settings);
    shared.check_all.store(true, Ordering::SeqCst);
    shared.touch();
    refresh(shared).await;
}

#[tower_lsp::async_trait]
impl LanguageServer for Backend {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let encoding = Encoding::negotiate(&params.capabilities);
        let options = params.initialization_options.unwrap_or_default();
        if let Some(settings) = options.get("settings") {
            self.shared.set_settings(Settings::from_json(settings));
        }
        #[allow(deprecated)] // older clients send nothing else
        let root = params.root_uri.into_iter().collect();
        let folders = params
            .workspace_folders
            .map_or(root, |folders| folders.into_iter().map(|folder| folder.uri).collect());
        let session = Session {
            encoding,
            capabilities: params.capabilities,
            trusted: options.get("trusted").and_then(serde_json::Value::as_bool).unwrap_or(true),
            folders: Mutex::new(folders),
        };
        // A second `initialize` is refused before it gets here.
        let _ = self.shared.session.set(session);
        Ok(InitializeResult {
            capabilities: capabilities::server(encoding),
            server_info: Some(ServerInfo {
                name: "spp-analyzer".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
        })
    }

    async fn initialized(&self, _: InitializedParams) {
        self.load(&self.folders());
        let shared = self.shared.clone();
        tokio::spawn(async move {
            let registrations = capabilities::registrations(&shared.session().capabilities);
            let watched = registrations.iter().any(|it| it.id == "spp-watch");
            if !registrations.is_empty() {
                // A client that refuses goes on without; nothing depends on it.
                let _ = shared.client.register_capability(registrations).await;
            }
            fetch_settings(shared.clone()).await;
            if !watched {
                watch::start(shared);
            }
        });
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        let file = self.shared.open(&document.uri, document.version, document.text);
        let folder = {
            let world = self.shared.world();
            let info = world.map.program(file.program(&world.db));
            info.filter(|info| !info.complete).and_then(|info| info.root.clone())
        };
        // A project outside of the workspace's folders.
        if let Some(folder) = folder {
            let inside = folder_paths(&self.folders()).iter().any(|known| folder.starts_with(known));
            if !inside && let Ok(url) = Url::from_file_path(folder) {
                self.load(&[url]);
            }
        }
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        let document = params.text_document;
        if !self.shared.change(&document.uri, document.version, params.content_changes) {
            let message = format!("{} was changed without being open", document.uri);
            self.shared.client.log_message(MessageType::WARNING, message).await;
        }
    }

    async fn did_save(&self, _: DidSaveTextDocumentParams) {
        if self.shared.settings().check_on_save {
            self.shared.check_all.store(true, Ordering::SeqCst);
            self.shared.touch();
        }
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        let closed = self.shared.close(&params.text_document.uri);
        self.shared.semantic_tokens.remove(&params.text_document.uri);
        self.shared.check_all.store(true, Ordering::SeqCst);
        if let Some(document) = closed
            && self.shared.world().map.info(document.file).is_none()
        {
            // Nothing stands behind it on disk.
            self.shared.client.publish_diagnostics(document.url, Vec::new(), None).await;
        }
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        let shared = self.shared.clone();
        tokio::spawn(async move {
            if shared.supports(|it| it.workspace.as_ref()?.configuration) {
                fetch_settings(shared).await;
            } else if params.settings.is_object() {
                apply_settings(&shared, Settings::from_json(&params.settings)).await;
            }
        });
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        let added: Vec<Url> = params.event.added.into_iter().map(|folder| folder.uri).collect();
        let removed: Vec<Url> = params.event.removed.into_iter().map(|folder| folder.uri).collect();
        {
            let mut folders = self.shared.session().folders.lock().unwrap_or_else(PoisonError::into_inner);
            folders.retain(|folder| !removed.contains(folder));
            folders.extend(added.iter().cloned());
        }
        let remaining = folder_paths(&self.folders());
        {
            let mut world = self.shared.world();
            for folder in folder_paths(&removed) {
                world.folder_left(&folder, &remaining);
            }
        }
        self.shared.check_all.store(true, Ordering::SeqCst);
        self.shared.touch();
        self.load(&added);
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        let paths = params.changes.iter().filter_map(|change| change.uri.to_file_path().ok()).collect();
        watch::apply(&self.shared, paths);
        let shared = self.shared.clone();
        tokio::spawn(async move { refresh(&shared).await });
    }

    async fn diagnostic(&self, params: DocumentDiagnosticParams) -> Result<DocumentDiagnosticReportResult> {
        let url = params.text_document.uri;
        let previous = params.previous_result_id;
        let of = url.clone();
        let read = move |snapshot: &_| diagnostics::pull(snapshot, &of, previous.as_deref());
        self.shared.read("textDocument/diagnostic", Some(&url), read).await
    }

    async fn workspace_diagnostic(
        &self,
        params: WorkspaceDiagnosticParams,
    ) -> Result<WorkspaceDiagnosticReportResult> {
        let versions: FxHashMap<_, _> =
            self.shared.documents.iter().map(|document| (document.file, document.version)).collect();
        let read = move |snapshot: &_| {
            let report = diagnostics::pull_workspace(snapshot, &versions, &params.previous_result_ids);
            WorkspaceDiagnosticReportResult::Report(report)
        };
        self.shared.read("workspace/diagnostic", None, read).await
    }

    async fn folding_range(&self, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
        let url = params.text_document.uri;
        let lines_only =
            self.shared.supports(|it| it.text_document.as_ref()?.folding_range.as_ref()?.line_folding_only);
        let read = move |snapshot: &Snapshot, file| {
            let folds = ide::folding::folds(&snapshot.syntax(file));
            Some(folds.iter().filter_map(|fold| convert::fold(snapshot, file, fold, lines_only)).collect())
        };
        self.document("textDocument/foldingRange", url, read).await
    }

    async fn selection_range(&self, params: SelectionRangeParams) -> Result<Option<Vec<SelectionRange>>> {
        let url = params.text_document.uri;
        let read = move |snapshot: &Snapshot, file| {
            let root = snapshot.syntax(file);
            let of_position = |position: &Position| {
                let ranges = ide::selection::selections(&root, snapshot.offset(file, *position));
                convert::selection(snapshot, file, &ranges)
            };
            Some(params.positions.iter().map(of_position).collect())
        };
        self.document("textDocument/selectionRange", url, read).await
    }

    async fn document_symbol(&self, params: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
        let url = params.text_document.uri;
        let nested = self.shared.supports(|it| {
            it.text_document.as_ref()?.document_symbol.as_ref()?.hierarchical_document_symbol_support
        });
        let read = move |snapshot: &Snapshot, file| {
            let symbols = ide::symbols::symbols(&hir::parse::parse(&snapshot.db, file).tree());
            if nested {
                let nested = symbols.iter().map(|symbol| convert::document_symbol(snapshot, file, symbol));
                return Some(DocumentSymbolResponse::Nested(nested.collect()));
            }
            let mut flat = Vec::new();
            convert::flat_symbols(snapshot, file, &symbols, None, &mut flat);
            Some(DocumentSymbolResponse::Flat(flat))
        };
        self.document("textDocument/documentSymbol", url, read).await
    }

    async fn document_link(&self, params: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
        let url = params.text_document.uri;
        let read = move |snapshot: &Snapshot, file| {
            let links = ide::links::links(&snapshot.db, file);
            Some(links.iter().filter_map(|link| convert::link(snapshot, file, link)).collect())
        };
        self.document("textDocument/documentLink", url, read).await
    }

    async fn semantic_tokens_full(
        &self,
        params: SemanticTokensParams,
    ) -> Result<Option<SemanticTokensResult>> {
        semantic_tokens::full(&self.shared, params.text_document.uri).await
    }

    async fn semantic_tokens_full_delta(
        &self,
        params: SemanticTokensDeltaParams,
    ) -> Result<Option<SemanticTokensFullDeltaResult>> {
        semantic_tokens::delta(&self.shared, params.text_document.uri, params.previous_result_id).await
    }

    async fn semantic_tokens_range(
        &self,
        params: SemanticTokensRangeParams,
    ) -> Result<Option<SemanticTokensRangeResult>> {
        semantic_tokens::range(&self.shared, params.text_document.uri, params.range).await
    }

    async fn formatting(&self, params: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        let url = params.text_document.uri;
        let read = move |snapshot: &Snapshot, file| {
            let gaps = ide::format::gaps(&snapshot.parse(file));
            Some(convert::format_edits(snapshot, file, gaps.into_iter()))
        };
        self.document("textDocument/formatting", url, read).await
    }

    async fn range_formatting(&self, params: DocumentRangeFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        let url = params.text_document.uri;
        let read = move |snapshot: &Snapshot, file| {
            let range = snapshot.text_range(file, params.range);
            let gaps = ide::format::gaps(&snapshot.parse(file));
            let inside = gaps.into_iter().filter(|gap| range.intersect(gap.range).is_some());
            Some(convert::format_edits(snapshot, file, inside))
        };
        self.document("textDocument/rangeFormatting", url, read).await
    }

    async fn on_type_formatting(
        &self,
        params: DocumentOnTypeFormattingParams,
    ) -> Result<Option<Vec<TextEdit>>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position;
        let url = text_document.uri;
        let read = move |snapshot: &Snapshot, file| {
            let offset = snapshot.offset(file, position);
            let gaps = ide::on_type::gaps(&snapshot.parse(file), offset, &params.ch);
            Some(convert::format_edits(snapshot, file, gaps.into_iter()))
        };
        self.document("textDocument/onTypeFormatting", url, read).await
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        let plain = requests::wants_plain_text(self.shared.session());
        self.at("textDocument/hover", params.text_document_position_params, move |snapshot, file, offset| {
            let hover = ide::hover::hover(&snapshot.db, file, offset)?;
            Some(requests::hover(snapshot, file, hover, plain))
        })
        .await
    }

    async fn goto_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        let params = params.text_document_position_params;
        let links = requests::wants_links(self.shared.session(), |it| it.definition.as_ref()?.link_support);
        self.at("textDocument/definition", params, move |snapshot, file, offset| {
            let found = ide::definition::goto_definition(&snapshot.db, file, offset)?;
            requests::goto(snapshot, file, found, links)
        })
        .await
    }

    async fn goto_declaration(
        &self,
        params: request::GotoDeclarationParams,
    ) -> Result<Option<request::GotoDeclarationResponse>> {
        let params = params.text_document_position_params;
        let links = requests::wants_links(self.shared.session(), |it| it.declaration.as_ref()?.link_support);
        self.at("textDocument/declaration", params, move |snapshot, file, offset| {
            let found = ide::definition::goto_declaration(&snapshot.db, file, offset)?;
            requests::goto(snapshot, file, found, links)
        })
        .await
    }

    async fn goto_type_definition(
        &self,
        params: request::GotoTypeDefinitionParams,
    ) -> Result<Option<request::GotoTypeDefinitionResponse>> {
        let params = params.text_document_position_params;
        let links =
            requests::wants_links(self.shared.session(), |it| it.type_definition.as_ref()?.link_support);
        self.at("textDocument/typeDefinition", params, move |snapshot, file, offset| {
            let found = ide::definition::goto_type(&snapshot.db, file, offset)?;
            requests::goto(snapshot, file, found, links)
        })
        .await
    }

    async fn goto_implementation(
        &self,
        params: request::GotoImplementationParams,
    ) -> Result<Option<request::GotoImplementationResponse>> {
        let params = params.text_document_position_params;
        let links =
            requests::wants_links(self.shared.session(), |it| it.implementation.as_ref()?.link_support);
        self.at("textDocument/implementation", params, move |snapshot, file, offset| {
            let found = ide::definition::goto_implementation(&snapshot.db, file, offset)?;
            requests::goto(snapshot, file, found, links)
        })
        .await
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        let declarations = params.context.include_declaration;
        self.at("textDocument/references", params.text_document_position, move |snapshot, file, offset| {
            let found = ide::references::references(&snapshot.db, file, offset, declarations)?;
            Some(found.iter().filter_map(|it| snapshot.location(it.file, it.range)).collect())
        })
        .await
    }

    async fn document_highlight(
        &self,
        params: DocumentHighlightParams,
    ) -> Result<Option<Vec<DocumentHighlight>>> {
        let params = params.text_document_position_params;
        self.at("textDocument/documentHighlight", params, |snapshot, file, offset| {
            let found = ide::references::highlights(&snapshot.db, file, offset)?;
            Some(found.iter().map(|it| requests::highlight(snapshot, it)).collect())
        })
        .await
    }

    async fn prepare_rename(
        &self,
        params: TextDocumentPositionParams,
    ) -> Result<Option<PrepareRenameResponse>> {
        let files_too = requests::can_rename_files(self.shared.session());
        let prepared = self
            .at("textDocument/prepareRename", params, move |snapshot, file, offset| {
                let module =
                    ide::file_rename::named_by_file(&snapshot.db, file, offset).filter(|_| files_too);
                if let Some((range, placeholder)) = module {
                    let range = snapshot.range(file, range);
                    return Some(Ok(PrepareRenameResponse::RangeWithPlaceholder { range, placeholder }));
                }
                Some(ide::rename::prepare(&snapshot.db, file, offset).map(|(range, placeholder)| {
                    let range = snapshot.range(file, range);
                    PrepareRenameResponse::RangeWithPlaceholder { range, placeholder }
                }))
            })
            .await?;
        prepared.transpose().map_err(requests::refused)
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<serde_json::Value>> {
        commands::execute(&self.shared, params).await
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        let new = params.new_name;
        let versions = requests::Versions::of(&self.shared);
        let files_too = requests::can_rename_files(self.shared.session());
        let edited = self
            .at("textDocument/rename", params.text_document_position, move |snapshot, file, offset| {
                let module = files::renamed_by_module(snapshot, file, offset, &new).filter(|_| files_too);
                if let Some(module) = module {
                    return Some(module.map(|moved| requests::moving_edit(snapshot, moved, &versions)));
                }
                let edits = ide::rename::rename(&snapshot.db, file, offset, &new);
                Some(edits.map(|edits| requests::workspace_edit(snapshot, &edits, &versions)))
            })
            .await?;
        edited.transpose().map_err(requests::refused)
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        let snippets = completion::snippets(self.shared.session());
        self.at("textDocument/completion", params.text_document_position, move |snapshot, file, offset| {
            let found = ide::completion::completions(&snapshot.db, file, offset)?;
            Some(completion::response(snapshot, file, found, snippets))
        })
        .await
    }

    async fn completion_resolve(&self, params: CompletionItem) -> Result<CompletionItem> {
        let read = move |snapshot: &Snapshot| completion::resolve(snapshot, params.clone());
        self.shared.read("completionItem/resolve", None, read).await
    }

    async fn signature_help(&self, params: SignatureHelpParams) -> Result<Option<SignatureHelp>> {
        let params = params.text_document_position_params;
        self.at("textDocument/signatureHelp", params, |snapshot, file, offset| {
            let signatures = ide::signature::help(&snapshot.db, file, offset)?;
            Some(completion::signature_help(snapshot, signatures))
        })
        .await
    }

    async fn symbol(&self, params: WorkspaceSymbolParams) -> Result<Option<Vec<SymbolInformation>>> {
        let read = move |snapshot: &Snapshot| {
            let mut files: Vec<_> = snapshot.map.own_files().collect();
            files.sort_by(|a, b| a.1.url.as_str().cmp(b.1.url.as_str()));
            let files = files.into_iter().map(|(file, _)| file);
            let found = ide::workspace_symbols::search(&snapshot.db, files, &params.query);
            Some(found.iter().filter_map(|it| convert::workspace_symbol(snapshot, it)).collect())
        };
        self.shared.read("workspace/symbol", None, read).await
    }

    async fn prepare_call_hierarchy(
        &self,
        params: CallHierarchyPrepareParams,
    ) -> Result<Option<Vec<CallHierarchyItem>>> {
        let params = params.text_document_position_params;
        self.at("textDocument/prepareCallHierarchy", params, |snapshot, file, offset| {
            let functions = ide::hierarchy::functions_at(&snapshot.db, file, offset);
            let items: Vec<_> =
                functions.into_iter().filter_map(|func| hierarchy::call_item(snapshot, func)).collect();
            (!items.is_empty()).then_some(items)
        })
        .await
    }

    async fn incoming_calls(
        &self,
        params: CallHierarchyIncomingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyIncomingCall>>> {
        let read = move |snapshot: &Snapshot| hierarchy::incoming(snapshot, &params.item);
        self.shared.read("callHierarchy/incomingCalls", None, read).await
    }

    async fn outgoing_calls(
        &self,
        params: CallHierarchyOutgoingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyOutgoingCall>>> {
        let read = move |snapshot: &Snapshot| hierarchy::outgoing(snapshot, &params.item);
        self.shared.read("callHierarchy/outgoingCalls", None, read).await
    }

    async fn prepare_type_hierarchy(
        &self,
        params: TypeHierarchyPrepareParams,
    ) -> Result<Option<Vec<TypeHierarchyItem>>> {
        let params = params.text_document_position_params;
        self.at("textDocument/prepareTypeHierarchy", params, |snapshot, file, offset| {
            let classes = ide::hierarchy::classes_at(&snapshot.db, file, offset);
            let items: Vec<_> =
                classes.into_iter().filter_map(|class| hierarchy::type_item(snapshot, class)).collect();
            (!items.is_empty()).then_some(items)
        })
        .await
    }

    async fn supertypes(
        &self,
        params: TypeHierarchySupertypesParams,
    ) -> Result<Option<Vec<TypeHierarchyItem>>> {
        let read = move |snapshot: &Snapshot| hierarchy::types(snapshot, &params.item, true);
        self.shared.read("typeHierarchy/supertypes", None, read).await
    }

    async fn subtypes(&self, params: TypeHierarchySubtypesParams) -> Result<Option<Vec<TypeHierarchyItem>>> {
        let read = move |snapshot: &Snapshot| hierarchy::types(snapshot, &params.item, false);
        self.shared.read("typeHierarchy/subtypes", None, read).await
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        let range = params.range;
        self.document("textDocument/inlayHint", params.text_document.uri, move |snapshot, file| {
            let within = snapshot.text_range(file, range);
            let wanted = ide::hints::Wanted::from(&snapshot.settings.hints);
            let hints = ide::hints::hints(&snapshot.db, file, within, &wanted);
            Some(hints.into_iter().map(|hint| decorations::hint(snapshot, file, hint)).collect())
        })
        .await
    }

    async fn code_lens(&self, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        self.document("textDocument/codeLens", params.text_document.uri, |snapshot, file| {
            let wanted = ide::lenses::Wanted::from(&snapshot.settings.lenses);
            let lenses = ide::lenses::lenses(&snapshot.db, file, &wanted);
            Some(lenses.into_iter().filter_map(|lens| decorations::lens(snapshot, file, lens)).collect())
        })
        .await
    }

    async fn inline_value(&self, params: InlineValueParams) -> Result<Option<Vec<InlineValue>>> {
        let range = params.range;
        self.document("textDocument/inlineValue", params.text_document.uri, move |snapshot, file| {
            let within = snapshot.text_range(file, range);
            let variables = ide::inline_values::variables(&snapshot.db, file, within);
            let value = |(range, name): (_, String)| {
                InlineValue::VariableLookup(InlineValueVariableLookup {
                    range: snapshot.range(file, range),
                    variable_name: Some(name),
                    case_sensitive_lookup: true,
                })
            };
            Some(variables.into_iter().map(value).collect())
        })
        .await
    }

    async fn linked_editing_range(
        &self,
        params: LinkedEditingRangeParams,
    ) -> Result<Option<LinkedEditingRanges>> {
        let params = params.text_document_position_params;
        self.at("textDocument/linkedEditingRange", params, |snapshot, file, offset| {
            let ranges = ide::linked::ranges(&snapshot.db, file, offset)?;
            let ranges = ranges.into_iter().map(|range| snapshot.range(file, range)).collect();
            Some(LinkedEditingRanges { ranges, word_pattern: None })
        })
        .await
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        let CodeActionParams { text_document, range, context, .. } = params;
        let versions = requests::Versions::of(&self.shared);
        self.document("textDocument/codeAction", text_document.uri, move |snapshot, file| {
            let range = snapshot.text_range(file, range);
            Some(actions::response(snapshot, file, range, &context, &versions))
        })
        .await
    }

    async fn will_rename_files(&self, params: RenameFilesParams) -> Result<Option<WorkspaceEdit>> {
        let versions = requests::Versions::of(&self.shared);
        let read = move |snapshot: &Snapshot| {
            let edits = files::renamed(snapshot, &params.files);
            (!edits.is_empty()).then(|| requests::workspace_edit(snapshot, &edits, &versions))
        };
        self.shared.read("workspace/willRenameFiles", None, read).await
    }

    async fn did_rename_files(&self, params: RenameFilesParams) {
        let urls = params.files.iter().flat_map(|it| [&it.old_uri, &it.new_uri]);
        watch::apply(&self.shared, files::paths(urls));
    }

    async fn did_create_files(&self, params: CreateFilesParams) {
        watch::apply(&self.shared, files::paths(params.files.iter().map(|it| &it.uri)));
    }

    async fn did_delete_files(&self, params: DeleteFilesParams) {
        watch::apply(&self.shared, files::paths(params.files.iter().map(|it| &it.uri)));
    }
}

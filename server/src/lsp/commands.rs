//! Requests beyond the protocol: `spp/lifetime` and the commands of `workspace/executeCommand` (docs/lsp-extensions.md).

use super::evaluation;
use super::requests::refused;
use super::state::{Shared, Snapshot};
use crate::ide::definition::{function_at, target};
use crate::ide::uses::Definition;
use crate::ide::{frames, lifetime};
use hir::placement::LifetimeKind;
use hir::{File, FuncId};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::*;

/// What every command is about.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CommandArguments {
    pub uri: Url,
    pub position: Option<Position>,
    /// Qualified or simple name.
    pub function: Option<String>,
    /// Arguments of the program.
    #[serde(default)]
    pub args: Vec<String>,
    #[serde(default)]
    pub allocators: Vec<String>,
}

impl CommandArguments {
    fn parse(arguments: Vec<Value>) -> Result<CommandArguments> {
        let first = arguments.into_iter().next();
        let first = first.ok_or_else(|| Error::invalid_params("a command needs an object with a `uri`"))?;
        serde_json::from_value(first).map_err(|error| Error::invalid_params(error.to_string()))
    }

    /// The function that is named, or the one around the position.
    pub fn function(&self, snapshot: &Snapshot, file: File) -> Option<FuncId> {
        if let Some(name) = &self.function {
            let mut functions = hir::items::functions_of(&snapshot.db, file);
            return functions.find(|func| {
                frames::full_name(&snapshot.db, *func) == *name
                    || hir::display::function_name(&snapshot.db, *func) == *name
            });
        }
        function_at(&snapshot.db, file, snapshot.offset(file, self.position?))
    }
}

pub async fn execute(shared: &Arc<Shared>, params: ExecuteCommandParams) -> Result<Option<Value>> {
    let command = params.command.as_str();
    let arguments = CommandArguments::parse(params.arguments)?;
    match command {
        // A view that follows the cursor asks everywhere: nothing is no mistake.
        "spp.showFrame" => show(shared, arguments, show_frame).await,
        "spp.showSyntaxTree" => {
            let shown = show(shared, arguments, show_syntax_tree).await?;
            shown.map_or_else(|| refuse("this file is not known"), |shown| Ok(Some(shown)))
        }
        "spp.showMir" => {
            let shown = show(shared, arguments, show_mir).await?;
            shown.map_or_else(|| refuse("there is no function with a body here"), |shown| Ok(Some(shown)))
        }
        "spp.evaluate" => evaluation::evaluate(shared, arguments).await.map(Some),
        "spp.evaluateFailures" => evaluation::failures(shared, arguments).await.map(Some),
        "spp.compareAllocators" => evaluation::compare(shared, arguments).await.map(Some),
        _ => Err(Error::invalid_params(format!("there is no command `{command}`"))),
    }
}

async fn show(
    shared: &Arc<Shared>,
    arguments: CommandArguments,
    answer: fn(&Snapshot, File, &CommandArguments) -> Option<Value>,
) -> Result<Option<Value>> {
    let url = arguments.uri.clone();
    let read = move |snapshot: &Snapshot| answer(snapshot, snapshot.file(&arguments.uri)?, &arguments);
    shared.read("workspace/executeCommand", Some(&url), read).await
}

fn show_frame(snapshot: &Snapshot, file: File, arguments: &CommandArguments) -> Option<Value> {
    let func = arguments.function(snapshot, file)?;
    let frame = frames::of_function(&snapshot.db, func, file.display_name(&snapshot.db))?;
    let target = target(&snapshot.db, &Definition::Function(func))?;
    Some(json!({
        "uri": arguments.uri,
        "range": snapshot.range(file, target.range),
        "selectionRange": snapshot.range(file, target.name_range),
        "frame": frame,
    }))
}

fn show_syntax_tree(snapshot: &Snapshot, file: File, arguments: &CommandArguments) -> Option<Value> {
    let text = format!("{:#?}", snapshot.syntax(file));
    let name = arguments.uri.path_segments().and_then(Iterator::last).unwrap_or_default().to_owned();
    Some(json!({ "title": format!("Syntax tree of {name}"), "languageId": "plaintext", "text": text }))
}

fn show_mir(snapshot: &Snapshot, file: File, arguments: &CommandArguments) -> Option<Value> {
    let func = arguments.function(snapshot, file)?;
    let mir = hir::mir::mir(&snapshot.db, func)?;
    let name = frames::full_name(&snapshot.db, func);
    let text = mir.display(&snapshot.db).to_string();
    Some(json!({ "title": format!("MIR of {name}"), "languageId": "plaintext", "text": text }))
}

pub async fn lifetime(shared: &Arc<Shared>, params: TextDocumentPositionParams) -> Result<Option<Value>> {
    let url = params.text_document.uri;
    let of = url.clone();
    let read = move |snapshot: &Snapshot| {
        let file = snapshot.file(&of)?;
        let found = lifetime::lifetime(&snapshot.db, file, snapshot.offset(file, params.position))?;
        let ranges = found.ranges.iter().map(|it| {
            let kind = match it.kind {
                LifetimeKind::Alive => "alive",
                LifetimeKind::Borrowed => "borrowed",
                LifetimeKind::Moved => "moved",
                LifetimeKind::MaybeMoved => "maybeMoved",
                LifetimeKind::Dropped => "dropped",
            };
            json!({ "range": snapshot.range(file, it.range), "kind": kind, "message": it.message })
        });
        let ranges: Vec<Value> = ranges.collect();
        let declaration = snapshot.range(file, found.declaration);
        Some(json!({ "name": found.name, "declaration": declaration, "ranges": ranges }))
    };
    shared.read("spp/lifetime", Some(&url), read).await
}

/// An answer that a person reads instead of a result.
pub fn refuse<T>(message: impl Into<String>) -> Result<T> {
    Err(refused(message.into()))
}

//! Call and type hierarchy items. Each carries the id of its item, which later edits elsewhere do not change.

use super::state::Snapshot;
use crate::ide::definition::Target;
use crate::ide::hierarchy;
use hir::{ClassId, File, FuncId, LocalItemId};
use serde_json::{Value, json};
use tower_lsp::lsp_types::*;

fn item_data(file_url: &Url, local: LocalItemId) -> Option<Value> {
    Some(json!({ "uri": file_url, "id": local.0 }))
}

fn item_of(snapshot: &Snapshot, data: Option<&Value>) -> Option<(File, LocalItemId)> {
    let data = data?;
    let url = Url::parse(data.get("uri")?.as_str()?).ok()?;
    let id = u32::try_from(data.get("id")?.as_u64()?).ok()?;
    Some((snapshot.file(&url)?, LocalItemId(id)))
}

fn ranges(snapshot: &Snapshot, target: &Target) -> (Range, Range) {
    (snapshot.range(target.file, target.range), snapshot.range(target.file, target.name_range))
}

pub fn call_item(snapshot: &Snapshot, func: FuncId) -> Option<CallHierarchyItem> {
    let db = &snapshot.db;
    let target = hierarchy::function_target(db, func)?;
    let uri = snapshot.url(func.file())?;
    let (range, selection_range) = ranges(snapshot, &target);
    let is_method = hir::members::enclosing_class(db, func).is_some();
    Some(CallHierarchyItem {
        name: hir::display::function_name(db, func),
        kind: if is_method { SymbolKind::METHOD } else { SymbolKind::FUNCTION },
        tags: None,
        detail: hir::parse::item_tree(db, func.file()).module.as_ref().map(ToString::to_string),
        data: item_data(&uri, func.local()),
        uri,
        range,
        selection_range,
    })
}

pub fn incoming(snapshot: &Snapshot, item: &CallHierarchyItem) -> Option<Vec<CallHierarchyIncomingCall>> {
    let (file, local) = item_of(snapshot, item.data.as_ref())?;
    let callers = hierarchy::incoming(&snapshot.db, file, FuncId::new(file, local));
    let calls = callers.into_iter().filter_map(|caller| {
        let home = caller.func.file();
        Some(CallHierarchyIncomingCall {
            from: call_item(snapshot, caller.func)?,
            from_ranges: caller.ranges.iter().map(|range| snapshot.range(home, *range)).collect(),
        })
    });
    Some(calls.collect())
}

pub fn outgoing(snapshot: &Snapshot, item: &CallHierarchyItem) -> Option<Vec<CallHierarchyOutgoingCall>> {
    let (file, local) = item_of(snapshot, item.data.as_ref())?;
    let called = hierarchy::outgoing(&snapshot.db, FuncId::new(file, local));
    let calls = called.into_iter().filter_map(|callee| {
        Some(CallHierarchyOutgoingCall {
            to: call_item(snapshot, callee.func)?,
            from_ranges: callee.ranges.iter().map(|range| snapshot.range(file, *range)).collect(),
        })
    });
    Some(calls.collect())
}

pub fn type_item(snapshot: &Snapshot, class: ClassId) -> Option<TypeHierarchyItem> {
    let target = hierarchy::class_target(&snapshot.db, class)?;
    let uri = snapshot.url(class.file())?;
    let (range, selection_range) = ranges(snapshot, &target);
    let data = hir::items::class_data(&snapshot.db, class);
    Some(TypeHierarchyItem {
        name: data.name.to_string(),
        kind: if data.members.is_some() { SymbolKind::ENUM } else { SymbolKind::CLASS },
        tags: None,
        detail: hir::parse::item_tree(&snapshot.db, class.file()).module.as_ref().map(ToString::to_string),
        data: item_data(&uri, class.local()),
        uri,
        range,
        selection_range,
    })
}

pub fn types(snapshot: &Snapshot, item: &TypeHierarchyItem, above: bool) -> Option<Vec<TypeHierarchyItem>> {
    let (file, local) = item_of(snapshot, item.data.as_ref())?;
    let class = ClassId::new(file, local);
    let found = if above {
        hierarchy::supertypes(&snapshot.db, file, class)
    } else {
        hierarchy::subtypes(&snapshot.db, file, class)
    };
    Some(found.into_iter().filter_map(|class| type_item(snapshot, class)).collect())
}

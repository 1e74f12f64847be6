//! Where the things behind names are declared, and what they are called.

use super::folding::without_trivia;
use super::uses::{self, Definition, Use};
use hir::items::{alias_data, class_data, signature};
use hir::parse::{func_range, item_node, parse};
use hir::scope::{layers, program_names};
use hir::ty::Ty;
use hir::{Db, File, FuncId, ItemId, Name};
use syntax::ast::{self, AstNode, HasGenericParams, HasName};
use syntax::{SyntaxNode, TextRange, TextSize};

/// A declaration to go to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Target {
    pub file: File,
    /// The whole declaration.
    pub range: TextRange,
    pub name_range: TextRange,
}

/// Where something is declared. `None` for what only the language knows.
pub fn target(db: &dyn Db, definition: &Definition) -> Option<Target> {
    match definition {
        Definition::Function(func) => item_target(db, func.0),
        Definition::Class(class) => item_target(db, class.0),
        Definition::Alias(alias) => item_target(db, alias.0),
        Definition::Attribute(class, index) => {
            let class_node = ast::Class::cast(item_node(db, class.0)?)?;
            let members = class_node.member_list()?.members();
            let mut attributes = members.filter_map(|member| match member {
                ast::Member::Attribute(attribute) => Some(attribute),
                _ => None,
            });
            let attribute = attributes.nth(*index as usize)?;
            named(class.file(), attribute.syntax(), attribute.name())
        }
        Definition::EnumMember(class, index) => {
            let node = ast::Enum::cast(item_node(db, class.0)?)?;
            let member = node.enum_member_list()?.enum_members().nth(*index as usize)?;
            named(class.file(), member.syntax(), member.name())
        }
        Definition::Local(func, local) => {
            let start = func_range(db, *func).start();
            let range = hir::body::body(db, *func).locals[*local].range + start;
            Some(Target {
                file: func.file(),
                range: statement_around(db, func.file(), range),
                name_range: range,
            })
        }
        Definition::TypeParam(param) => {
            let node = item_node(db, param.owner)?;
            let list = generic_params(&node)?;
            let param_node = list.generic_params().nth(param.index as usize)?;
            named(param.owner.file, param_node.syntax(), param_node.name())
        }
        Definition::Module(_) | Definition::Builtin(..) => None,
    }
}

/// The files that a module path or namespace stands for: the module itself, else all files of the namespace.
pub fn module_targets(db: &dyn Db, from: File, path: &str) -> Vec<Target> {
    let start = |file: File| {
        let range = parse(db, file).tree().mod_decl().map(|decl| without_trivia(decl.syntax()));
        let range = range.unwrap_or_default();
        Target { file, range, name_range: range }
    };
    for layer in layers(db, from.program(db)) {
        let names = program_names(db, layer);
        if let Some(file) = names.modules.get(path) {
            return vec![start(*file)];
        }
        let mut files: Vec<(&Name, &File)> = names
            .modules
            .iter()
            .filter(|(module, _)| module.rsplit_once('.').is_some_and(|(namespace, _)| namespace == path))
            .collect();
        if !files.is_empty() {
            files.sort_by_key(|(name, _)| *name);
            return files.into_iter().map(|(_, file)| start(*file)).collect();
        }
    }
    Vec::new()
}

fn item_target(db: &dyn Db, id: ItemId) -> Option<Target> {
    let node = item_node(db, id)?;
    let name = match ast::Item::cast(node.clone())? {
        ast::Item::Class(item) => item.name(),
        ast::Item::Enum(item) => item.name(),
        ast::Item::Function(item) => item.name(),
        ast::Item::Use(item) => item.alias()?.name(),
        ast::Item::Sup(_) | ast::Item::LetStmt(_) => None,
    };
    named(id.file, &node, name)
}

fn named(file: File, node: &SyntaxNode, name: Option<ast::Name>) -> Option<Target> {
    let name_range = name?.token()?.text_range();
    Some(Target { file, range: without_trivia(node), name_range })
}

fn generic_params(node: &SyntaxNode) -> Option<ast::GenericParamList> {
    match ast::Item::cast(node.clone())? {
        ast::Item::Class(item) => item.generic_param_list(),
        ast::Item::Enum(item) => item.generic_param_list(),
        ast::Item::Function(item) => item.generic_param_list(),
        ast::Item::Sup(item) => item.generic_param_list(),
        ast::Item::Use(item) => item.alias()?.generic_param_list(),
        ast::Item::LetStmt(_) => None,
    }
}

/// The declaration that introduces a variable: its `let`, parameter or pattern.
fn statement_around(db: &dyn Db, file: File, range: TextRange) -> TextRange {
    use syntax::SyntaxKind::*;
    let root = parse(db, file).syntax();
    if !root.text_range().contains_range(range) {
        return range;
    }
    let token = root.covering_element(range);
    let node = token.ancestors().find(|node| {
        matches!(node.kind(), LET_STMT | PARAM | SELF_PARAM | LAMBDA_PARAM | BIND_PAT | CAPTURE | LOCAL_VAR)
    });
    node.map_or(range, |node| without_trivia(&node))
}

/// Everything that the name at an offset may mean, with the range of the name.
pub fn definitions_at(db: &dyn Db, file: File, offset: TextSize) -> Option<(TextRange, Vec<Use>)> {
    let found = uses::at(db, file, offset);
    let range = found.first()?.range;
    Some((range, found))
}

fn targets_of(db: &dyn Db, file: File, definition: &Definition) -> Vec<Target> {
    match definition {
        Definition::Module(path) => module_targets(db, file, path),
        other => target(db, other).into_iter().collect(),
    }
}

/// Where the name at an offset is defined.
pub fn goto_definition(db: &dyn Db, file: File, offset: TextSize) -> Option<(TextRange, Vec<Target>)> {
    let (range, found) = definitions_at(db, file, offset)?;
    let mut targets: Vec<Target> = found.iter().flat_map(|it| targets_of(db, file, &it.definition)).collect();
    targets.dedup();
    Some((range, targets))
}

/// As [`goto_definition`]; for a method that overrides one, the method of the base that it answers to.
pub fn goto_declaration(db: &dyn Db, file: File, offset: TextSize) -> Option<(TextRange, Vec<Target>)> {
    let (range, found) = definitions_at(db, file, offset)?;
    let program = file.program(db);
    let mut targets = Vec::new();
    for it in &found {
        let bases = match &it.definition {
            Definition::Function(func) => hir::members::overridden_by(db, program, *func),
            _ => Vec::new(),
        };
        if bases.is_empty() {
            targets.extend(targets_of(db, file, &it.definition));
        }
        targets.extend(bases.into_iter().filter_map(|base| item_target(db, base.0)));
    }
    targets.dedup();
    Some((range, targets))
}

/// The class of the value that is named.
pub fn goto_type(db: &dyn Db, file: File, offset: TextSize) -> Option<(TextRange, Vec<Target>)> {
    let (range, found) = definitions_at(db, file, offset)?;
    let mut targets = Vec::new();
    for it in &found {
        if let Some(ty) = type_of(db, &it.definition) {
            types_in(&ty, &mut |class| targets.extend(item_target(db, class.0)));
            if let Ty::Param(param) = ty {
                targets.extend(target(db, &Definition::TypeParam(param)));
            }
        }
    }
    targets.dedup();
    Some((range, targets))
}

fn types_in(ty: &Ty, add: &mut impl FnMut(hir::ClassId)) {
    match ty {
        Ty::Class(class, _) => add(*class),
        Ty::Tuple(parts) => parts.iter().for_each(|part| types_in(part, add)),
        _ => {}
    }
}

/// What overrides a method, what super-imposes a class.
pub fn goto_implementation(db: &dyn Db, file: File, offset: TextSize) -> Option<(TextRange, Vec<Target>)> {
    let (range, found) = definitions_at(db, file, offset)?;
    let program = file.program(db);
    let mut targets = Vec::new();
    for it in &found {
        match &it.definition {
            Definition::Function(func) => {
                let overrides = hir::members::overrides_of(db, program, *func);
                let is_abstract = signature(db, *func).is_abstract;
                targets.extend(overrides.into_iter().filter_map(|func| item_target(db, func.0)));
                if !is_abstract {
                    targets.extend(item_target(db, func.0));
                }
            }
            Definition::Class(class) => {
                for sup in hir::sups::blocks_with_base(db, program, *class) {
                    targets.extend(sup_target(db, sup));
                }
            }
            _ => {}
        }
    }
    targets.dedup();
    Some((range, targets))
}

/// A `sup` block, named by its target.
pub fn sup_target(db: &dyn Db, sup: hir::SupId) -> Option<Target> {
    let node = ast::Sup::cast(item_node(db, sup.0)?)?;
    let name_range = without_trivia(node.target()?.syntax());
    Some(Target { file: sup.file(), range: without_trivia(node.syntax()), name_range })
}

/// The type of the value that a name stands for; what a function returns; the class itself for a type.
pub fn type_of(db: &dyn Db, definition: &Definition) -> Option<Ty> {
    match definition {
        Definition::Function(func) => Some(signature(db, *func).ret.clone()),
        Definition::Class(class) | Definition::EnumMember(class, _) => {
            Some(hir::items::class_type(db, *class))
        }
        Definition::Alias(alias) => Some(alias_data(db, *alias).ty.clone()),
        Definition::Attribute(class, index) => {
            Some(class_data(db, *class).attributes.get(*index as usize)?.ty.clone())
        }
        Definition::Local(func, local) => Some(hir::infer::infer(db, *func).local_type(*local).1.clone()),
        Definition::TypeParam(param) => Some(Ty::Param(param.clone())),
        Definition::Module(_) | Definition::Builtin(..) => None,
    }
}

/// The name itself.
pub fn name(db: &dyn Db, definition: &Definition) -> Name {
    match definition {
        Definition::Function(func) => signature(db, *func).name.clone(),
        Definition::Class(class) => class_data(db, *class).name.clone(),
        Definition::Alias(alias) => alias_data(db, *alias).name.clone(),
        Definition::Attribute(class, index) => {
            let data = class_data(db, *class);
            data.attributes.get(*index as usize).map(|it| it.name.clone()).unwrap_or_default()
        }
        Definition::EnumMember(class, index) => {
            let members = class_data(db, *class).members.as_deref().unwrap_or_default();
            members.get(*index as usize).map(|it| it.name.clone()).unwrap_or_default()
        }
        Definition::Local(func, local) => hir::body::body(db, *func).locals[*local].name.clone(),
        Definition::TypeParam(param) => param.name.clone(),
        Definition::Module(path) => path.rsplit('.').next().map(Name::new).unwrap_or_default(),
        Definition::Builtin(_, name) => name.clone(),
    }
}

/// The file that declares it.
pub fn home(db: &dyn Db, definition: &Definition) -> Option<File> {
    let _ = db;
    Some(match definition {
        Definition::Function(func) | Definition::Local(func, _) => func.file(),
        Definition::Class(class)
        | Definition::Attribute(class, _)
        | Definition::EnumMember(class, _)
        | Definition::Builtin(class, _) => class.file(),
        Definition::Alias(alias) => alias.file(),
        Definition::TypeParam(param) => param.owner.file,
        Definition::Module(_) => return None,
    })
}

/// Whether the declaration is part of the bundled library.
pub fn is_library(db: &dyn Db, definition: &Definition) -> bool {
    home(db, definition).is_some_and(|file| file.program(db) == db.library(file.edition(db)))
}

/// The innermost function, nested ones included, around an offset.
pub fn function_at(db: &dyn Db, file: File, offset: TextSize) -> Option<FuncId> {
    let functions = hir::items::functions_of(db, file);
    let around = functions.filter(|func| func_range(db, *func).contains_inclusive(offset));
    around.min_by_key(|func| func_range(db, *func).len())
}

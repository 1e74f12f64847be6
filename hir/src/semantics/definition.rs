//! Something that has a name and a place.

use crate::body::LocalId;
use crate::db::{Db, File};
use crate::display;
use crate::ids::{AliasId, ClassId, FuncId, ItemId, Name};
use crate::items::{alias_data, class_data, generics_of, signature};
use crate::parse::{func_range, item_node, item_tree, parse};
use crate::ty::{Ty, TypeParam};
use syntax::ast::{self, AstNode, HasAnnotations};
use syntax::{SyntaxKind, SyntaxNode, TextRange};

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Definition {
    Function(FuncId),
    /// A class or an enumeration.
    Class(ClassId),
    Alias(AliasId),
    Attribute {
        class: ClassId,
        index: u32,
    },
    EnumMember {
        class: ClassId,
        index: u32,
    },
    TypeParam(TypeParam),
    /// A variable or parameter of a function's body.
    Local(FuncId, LocalId),
    /// A file by its `mod` line.
    Module(File),
    Namespace(Name),
}

impl Definition {
    pub fn name(&self, db: &dyn Db) -> Name {
        match self {
            Definition::Function(func) => signature(db, *func).name.clone(),
            Definition::Class(class) => class_data(db, *class).name.clone(),
            Definition::Alias(alias) => alias_data(db, *alias).name.clone(),
            Definition::Attribute { class, index } => class_data(db, *class)
                .attributes
                .get(*index as usize)
                .map(|it| it.name.clone())
                .unwrap_or_default(),
            Definition::EnumMember { class, index } => {
                let members = class_data(db, *class).members.as_deref().unwrap_or(&[]);
                members.get(*index as usize).map(|it| it.name.clone()).unwrap_or_default()
            }
            Definition::TypeParam(param) => param.name.clone(),
            Definition::Local(func, local) => crate::body::body(db, *func).locals[*local].name.clone(),
            Definition::Module(file) => item_tree(db, *file).module.clone().unwrap_or_default(),
            Definition::Namespace(path) => path.clone(),
        }
    }

    /// The item whose declaration holds it.
    fn item(&self) -> Option<ItemId> {
        match self {
            Definition::Function(func) | Definition::Local(func, _) => Some(func.0),
            Definition::Class(class)
            | Definition::Attribute { class, .. }
            | Definition::EnumMember { class, .. } => Some(class.0),
            Definition::Alias(alias) => Some(alias.0),
            Definition::TypeParam(param) => Some(param.owner),
            Definition::Module(_) | Definition::Namespace(_) => None,
        }
    }

    /// The file that declares it; none for a namespace.
    pub fn file(&self) -> Option<File> {
        match self {
            Definition::Module(file) => Some(*file),
            other => other.item().map(|item| item.file),
        }
    }

    /// Whether the library declares it.
    pub fn is_library(&self, db: &dyn Db) -> bool {
        self.file().is_some_and(|file| file.program(db).kind(db) == crate::db::ProgramKind::Library)
    }

    /// The node that declares it.
    pub fn node(&self, db: &dyn Db) -> Option<SyntaxNode> {
        let child = |list: SyntaxKind, kind: SyntaxKind, index: u32| {
            let node = item_node(db, self.item()?)?;
            let list = node.children().find(|node| node.kind() == list)?;
            list.children().filter(|node| node.kind() == kind).nth(index as usize)
        };
        match self {
            Definition::Function(func) => item_node(db, func.0),
            Definition::Class(class) => item_node(db, class.0),
            Definition::Alias(alias) => item_node(db, alias.0),
            Definition::Attribute { index, .. } => {
                child(SyntaxKind::MEMBER_LIST, SyntaxKind::ATTRIBUTE, *index)
            }
            Definition::EnumMember { index, .. } => {
                child(SyntaxKind::ENUM_MEMBER_LIST, SyntaxKind::ENUM_MEMBER, *index)
            }
            Definition::TypeParam(param) => {
                let node = item_node(db, param.owner)?;
                let list = node.descendants().find(|node| node.kind() == SyntaxKind::GENERIC_PARAM_LIST)?;
                list.children()
                    .filter(|node| node.kind() == SyntaxKind::GENERIC_PARAM)
                    .nth(param.index as usize)
            }
            Definition::Local(func, local) => {
                let body = crate::body::body(db, *func);
                let range = body.locals[*local].range + func_range(db, *func).start();
                let root = parse(db, func.file()).syntax();
                if !root.text_range().contains_range(range) {
                    return None;
                }
                match root.covering_element(range) {
                    syntax::NodeOrToken::Node(node) => Some(node),
                    syntax::NodeOrToken::Token(token) => token.parent(),
                }
            }
            Definition::Module(file) => {
                let root = ast::SourceFile::cast(parse(db, *file).syntax())?;
                root.mod_decl().map(|decl| decl.syntax().clone())
            }
            Definition::Namespace(_) => None,
        }
    }

    /// File and absolute range of its name.
    pub fn location(&self, db: &dyn Db) -> Option<(File, TextRange)> {
        if let Definition::Local(func, local) = self {
            let body = crate::body::body(db, *func);
            return Some((func.file(), body.locals[*local].range + func_range(db, *func).start()));
        }
        let file = self.file()?;
        let node = self.node(db)?;
        let name = match self {
            Definition::Module(_) => node.children().find(|node| node.kind() == SyntaxKind::MODULE_PATH),
            Definition::Alias(_) => node
                .children()
                .find(|node| node.kind() == SyntaxKind::ALIAS)
                .and_then(|alias| alias.children().find(|node| node.kind() == SyntaxKind::NAME)),
            _ => node.children().find(|node| node.kind() == SyntaxKind::NAME),
        };
        let range = crate::green::with_green(&name.unwrap_or(node), |green| green.trimmed_range());
        Some((file, range))
    }

    /// The declaration in one line, as it is shown on hover.
    pub fn label(&self, db: &dyn Db) -> String {
        match self {
            Definition::Function(func) => display::declaration(db, *func),
            Definition::Class(class) => display::class_head(db, *class),
            Definition::Alias(alias) => {
                let data = alias_data(db, *alias);
                let params = display::generic_params(db, &data.generics);
                format!("use {}{params} = {}", data.name, data.ty.display(db))
            }
            Definition::Attribute { class, index } => {
                let data = class_data(db, *class);
                let attribute = data.attributes.get(*index as usize);
                attribute.map_or_else(String::new, |attribute| {
                    format!("{}.{}: {}", data.name, attribute.name, attribute.ty.display(db))
                })
            }
            Definition::EnumMember { class, index } => {
                let data = class_data(db, *class);
                let members = data.members.as_deref().unwrap_or(&[]);
                let Some(member) = members.get(*index as usize) else { return String::new() };
                use crate::item_tree::ConstValue;
                let value = match &member.value {
                    Some(ConstValue::Number(text)) => format!(" = {text}"),
                    Some(ConstValue::Str(text)) => format!(" = {text:?}"),
                    Some(ConstValue::Bool(value)) => format!(" = {value}"),
                    Some(ConstValue::Other) => String::new(),
                    None => format!(" = {index}"),
                };
                format!("{}.{}{value}", data.name, member.name)
            }
            Definition::TypeParam(param) => {
                let generics = generics_of(db, param.owner);
                let own = Ty::Param(param.clone());
                let bounds = generics.bounds.iter().filter(|bound| bound.ty == own);
                let bounds: Vec<String> = bounds.map(|bound| display::bound_class(db, bound)).collect();
                let dots = if param.variadic { "..." } else { "" };
                if bounds.is_empty() {
                    format!("{dots}{}", param.name)
                } else {
                    format!("{dots}{}: {}", param.name, bounds.join(" & "))
                }
            }
            Definition::Local(func, local) => {
                let body = crate::body::body(db, *func);
                let (convention, ty) = crate::infer::infer(db, *func).local_type(*local);
                let local = &body.locals[*local];
                let keyword = match local.kind {
                    crate::body::LocalKind::Let => "let ",
                    _ => "",
                };
                let mutable = if local.mutable { "mut " } else { "" };
                format!("{keyword}{mutable}{}: {}", local.name, ty.display_as(db, convention))
            }
            Definition::Module(file) => {
                format!("mod {}", item_tree(db, *file).module.as_deref().unwrap_or_default())
            }
            Definition::Namespace(path) => path.to_string(),
        }
    }

    /// The comments directly above the declaration.
    pub fn docs(&self, db: &dyn Db) -> Option<String> {
        let node = self.node(db)?;
        match self {
            Definition::Function(_) => ast::Function::cast(node)?.doc_text(),
            Definition::Class(_) => match ast::Class::cast(node.clone()) {
                Some(class) => class.doc_text(),
                None => ast::Enum::cast(node)?.doc_text(),
            },
            Definition::Alias(_) => ast::Use::cast(node)?.doc_text(),
            Definition::Attribute { .. } => ast::Attribute::cast(node)?.doc_text(),
            Definition::Module(_) => ast::ModDecl::cast(node)?.doc_text(),
            _ => None,
        }
        .filter(|text| !text.is_empty())
    }
}

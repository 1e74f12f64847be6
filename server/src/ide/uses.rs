//! What every name of a file denotes: the index behind navigation, rename, highlights and semantic tokens.
//!
//! Inside of functions the index is kept per function with relative ranges, so an edit elsewhere leaves it alone.

mod items;

use hir::body::{Body, Expr, ExprId, LetInit, LocalId, Pat, Stmt};
use hir::infer::{CallRole, Callee, InferenceResult, Resolution, infer};
use hir::items::{class_data, env_of, signature};
use hir::members::{MemberKind, lookup};
use hir::resolve::{Resolver, TypeHead};
use hir::scope::is_namespace;
use hir::ty::{Ty, TypeParam};
use hir::type_ref::{TypePart, TypeRef};
use hir::{ClassId, Db, File, FuncId, Name};
use rustc_hash::FxHashSet;
use std::sync::Arc;
use syntax::{TextRange, TextSize};

/// Anything that has a name.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Definition {
    Function(FuncId),
    /// A class or an enumeration.
    Class(ClassId),
    Alias(hir::ids::AliasId),
    /// An attribute by position in the class that declares it.
    Attribute(ClassId, u32),
    EnumMember(ClassId, u32),
    /// A variable or parameter of a function.
    Local(FuncId, LocalId),
    TypeParam(TypeParam),
    /// A namespace or module by its whole path.
    Module(Name),
    /// An attribute of a primitive representation, such as `Arr.length`.
    Builtin(ClassId, Name),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Role {
    Declaration,
    Read,
    /// Assigned to, or borrowed mutably.
    Write,
    /// An operator that calls the function; the range is not its name.
    Operator,
    /// `Self` for a class; the range is not its name.
    SelfType,
    /// One name for an attribute and the variable that gives or takes its value (`Foo { x }`).
    Shorthand,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Use {
    pub range: TextRange,
    pub definition: Definition,
    pub role: Role,
}

/// Every name of a file, sorted by place.
pub fn uses(db: &dyn Db, file: File) -> Vec<Use> {
    let mut all = items::of_file(db, file);
    for func in hir::items::functions_of(db, file) {
        let start = hir::parse::func_range(db, func).start();
        all.extend(of_body(db, func).iter().map(|it| Use { range: it.range + start, ..it.clone() }));
    }
    all.sort_by_key(|it| (it.range.start(), it.range.end()));
    all
}

/// The names at an offset, with the range they share: the innermost ones that touch it.
pub fn at(db: &dyn Db, file: File, offset: TextSize) -> Vec<Use> {
    let mut found: Vec<Use> =
        items::of_file(db, file).into_iter().filter(|it| it.range.contains_inclusive(offset)).collect();
    for func in hir::items::functions_of(db, file) {
        let range = hir::parse::func_range(db, func);
        if !range.contains_inclusive(offset) {
            continue;
        }
        let relative = offset - range.start();
        let inside = of_body(db, func).iter().filter(|it| it.range.contains_inclusive(relative));
        found.extend(inside.map(|it| Use { range: it.range + range.start(), ..it.clone() }));
    }
    // Between two names that touch, the one that begins here wins; names win over operators.
    let best =
        found.iter().map(|it| (it.role == Role::Operator, it.range.start() != offset, it.range.len())).min();
    found.retain(|it| Some((it.role == Role::Operator, it.range.start() != offset, it.range.len())) == best);
    found.dedup();
    found
}

/// The names inside of one function, relative to its start, sorted.
pub fn of_body(db: &dyn Db, func: FuncId) -> &Arc<[Use]> {
    body_uses(db, func.key(db))
}

#[salsa::tracked(returns(ref), lru = 512)]
fn body_uses<'db>(db: &'db dyn Db, key: hir::ids::FuncKey<'db>) -> Arc<[Use]> {
    let func = key.func(db);
    let body = hir::body::body(db, func);
    let mut collector = Collector {
        db,
        func,
        body,
        inferred: infer(db, func),
        written: FxHashSet::default(),
        uses: Vec::new(),
    };
    collector.run();
    let mut uses = collector.uses;
    uses.retain(|it| !it.range.is_empty());
    uses.sort_by_key(|it| (it.range.start(), it.range.end(), it.role != Role::Declaration));
    uses.dedup();
    Arc::from(uses)
}

struct Collector<'db> {
    db: &'db dyn Db,
    func: FuncId,
    body: &'db Body,
    inferred: &'db InferenceResult,
    /// Targets of assignments and of mutable borrows.
    written: FxHashSet<ExprId>,
    uses: Vec<Use>,
}

impl Collector<'_> {
    fn push(&mut self, range: TextRange, definition: Definition, role: Role) {
        self.uses.push(Use { range, definition, role });
    }

    fn run(&mut self) {
        let body = self.body;
        for (local, data) in body.locals.iter() {
            self.push(data.range, Definition::Local(self.func, local), Role::Declaration);
        }
        for (_, expr) in body.exprs.iter() {
            self.note_writes(expr);
        }
        for (id, expr) in body.exprs.iter() {
            self.expr(id, expr);
        }
        for (id, pat) in body.pats.iter() {
            self.pat(id, pat);
        }
        let resolver = Resolver::for_func(self.db, self.func);
        for (_, node) in body.types.iter() {
            let resolver = self.at_block(&resolver, node.range);
            let mut ranges = node.parts.iter().copied();
            type_uses(&resolver, &env_of(self.db, self.func.0), &node.ty, &mut ranges, &mut self.uses);
        }
    }

    /// Inside of blocks with items of their own, names mean what those say.
    fn at_block<'r>(&self, resolver: &Resolver<'r>, range: TextRange) -> Resolver<'r> {
        let innermost =
            self.body.scopes.iter().rev().filter(|scope| scope.range.contains_range(range)).find_map(
                |scope| {
                    let inner = resolver.in_block(self.func, scope.range);
                    inner.has_block().then_some(inner)
                },
            );
        innermost.unwrap_or_else(|| resolver.clone())
    }

    fn note_writes(&mut self, expr: &Expr) {
        match expr {
            Expr::Block { statements, .. } => {
                for statement in statements {
                    if let Stmt::Assign { targets, .. } = statement {
                        self.written.extend(targets.iter().copied());
                    }
                }
            }
            Expr::Call { args, .. } => {
                let borrowed = args.iter().filter(|arg| arg.convention == hir::Convention::Mut);
                self.written.extend(borrowed.map(|arg| arg.value));
            }
            _ => {}
        }
    }

    fn role(&self, expr: ExprId) -> Role {
        if self.written.contains(&expr) { Role::Write } else { Role::Read }
    }

    fn expr(&mut self, id: ExprId, expr: &Expr) {
        let range = self.body.range(id);
        match expr {
            Expr::Local(local) => {
                self.push(range, Definition::Local(self.func, *local), self.role(id));
            }
            Expr::Path(names) => self.path(id, names),
            Expr::NestedFunctions(funcs) => {
                let func = match self.inferred.resolution(id) {
                    Some(Resolution::Function(func)) => Some(*func),
                    _ => funcs.first().copied(),
                };
                if let Some(func) = func {
                    self.push(range, Definition::Function(func), Role::Read);
                }
            }
            Expr::Field { name, name_range, .. } => {
                if let Some(definition) = self.member(id, name) {
                    self.push(*name_range, definition, self.role(id));
                }
            }
            Expr::Init { fields, .. } => {
                if let Some(class) = self.inferred.expr_type(id).class() {
                    for field in fields {
                        let value = &self.body.exprs[field.value];
                        let shorthand = self.body.range(field.value) == field.name_range
                            && matches!(value, Expr::Local(_) | Expr::Path(_));
                        self.attribute(class, &field.name, field.name_range, shorthand);
                    }
                }
            }
            Expr::Call { args, .. } => {
                let named = args.iter().filter_map(|arg| arg.name.as_ref());
                for (name, range) in named {
                    if let Some(definition) = self.parameter(id, name) {
                        self.push(*range, definition, Role::Read);
                    }
                }
            }
            Expr::Binary { op_range, .. } => self.operator(id, CallRole::Main, *op_range),
            Expr::Chain { links, .. } => {
                for (index, (_, op_range, _)) in links.iter().enumerate() {
                    self.operator(id, CallRole::Link(index as u32), *op_range);
                }
            }
            Expr::Fold { op_range, .. } => self.operator(id, CallRole::Main, *op_range),
            Expr::Block { statements, .. } => {
                for statement in statements {
                    if let Stmt::Assign { op: Some(_), op_range, value, .. } = statement {
                        self.operator(*value, CallRole::Main, *op_range);
                    }
                    if let Stmt::Let { init: LetInit::Value { .. }, .. } = statement {
                        // Its variables are declarations, its value an expression.
                    }
                }
            }
            _ => {}
        }
    }

    fn path(&mut self, id: ExprId, names: &[(Name, TextRange)]) {
        let Some(((last, range), before)) = names.split_last() else { return };
        let mut path = String::new();
        for (name, range) in before {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(name);
            // Names that a `use` in the block stands for have the range of the last one.
            if *range != names[names.len() - 1].1 {
                self.push(*range, Definition::Module(Name::new(&path)), Role::Read);
            }
        }
        if let Some(definition) = self.member(id, last) {
            self.push(*range, definition, self.role(id));
        } else {
            let path = if path.is_empty() { last.to_string() } else { format!("{path}.{last}") };
            if is_namespace(self.db, self.func.file().program(self.db), &path) {
                self.push(*range, Definition::Module(Name::new(path)), Role::Read);
            }
        }
    }

    fn member(&self, id: ExprId, name: &Name) -> Option<Definition> {
        Some(match self.inferred.resolution(id)? {
            Resolution::Function(func) | Resolution::Method(func) => Definition::Function(*func),
            Resolution::Attribute { class, index } => Definition::Attribute(*class, *index),
            Resolution::EnumMember { class, index } => Definition::EnumMember(*class, *index),
            Resolution::EnumValue { class } => Definition::Builtin(*class, name.clone()),
            Resolution::BuiltinAttribute(class, name) => Definition::Builtin(*class, name.clone()),
            Resolution::Type(_) => return None,
        })
    }

    fn attribute(&mut self, class: ClassId, name: &Name, range: TextRange, shorthand: bool) {
        let data = class_data(self.db, class);
        if let Some(index) = data.attributes.iter().position(|attribute| attribute.name == *name) {
            let role = if shorthand { Role::Shorthand } else { Role::Read };
            self.push(range, Definition::Attribute(class, index as u32), role);
        }
    }

    /// The parameter that a named argument of a call means.
    fn parameter(&self, call: ExprId, name: &Name) -> Option<Definition> {
        let Callee::Function { func, .. } = &self.inferred.call(call, CallRole::Main)?.callee else {
            return None;
        };
        parameter_named(self.db, *func, name)
    }

    fn operator(&mut self, id: ExprId, role: CallRole, range: TextRange) {
        if let Some(info) = self.inferred.call(id, role)
            && let Callee::Function { func, .. } = &info.callee
        {
            self.push(range, Definition::Function(*func), Role::Operator);
        }
    }

    fn pat(&mut self, id: hir::body::PatId, pat: &Pat) {
        let Pat::Object { fields, .. } = pat else { return };
        let Some(class) = self.object_class(id) else { return };
        for field in fields {
            let shorthand = self.body.pat_range(field.pat) == field.name_range;
            self.attribute(class, &field.name, field.name_range, shorthand);
        }
    }

    /// The class that an object pattern names: the matched type or one below it.
    fn object_class(&self, id: hir::body::PatId) -> Option<ClassId> {
        let Pat::Object { ty, .. } = &self.body.pats[id] else { return None };
        let TypeRef::Path { namespaces, parts } = &self.body.types[*ty].ty else { return None };
        let TypePart::Name(name, _) = parts.first()? else { return None };
        let resolver = Resolver::for_func(self.db, self.func);
        class_of_head(&resolver, &resolver.type_head(namespaces, name))
    }
}

/// The variable that stands for a parameter of this name.
pub fn parameter_named(db: &dyn Db, func: FuncId, name: &str) -> Option<Definition> {
    let index = signature(db, func).params.iter().position(|param| param.name == name)?;
    parameter_at(db, func, index)
}

/// The variable that stands for the n-th parameter after `self`.
pub fn parameter_at(db: &dyn Db, func: FuncId, index: usize) -> Option<Definition> {
    let skip = usize::from(signature(db, func).self_param.is_some());
    let local = hir::body::body(db, func).params.get(index + skip)?;
    Some(Definition::Local(func, *local))
}

fn class_of_head(resolver: &Resolver<'_>, head: &TypeHead) -> Option<ClassId> {
    match head {
        TypeHead::Class(class) => Some(*class),
        TypeHead::Alias(alias) => hir::items::alias_data(resolver.db, *alias).ty.class(),
        TypeHead::Expanded(ty) => ty.class(),
        TypeHead::SelfTy => resolver.enclosing_type()?.class(),
        _ => None,
    }
}

/// The names in a written type. `ranges` are those of its parts in pre-order.
fn type_uses(
    resolver: &Resolver<'_>,
    env: &hir::items::Env,
    ty: &TypeRef,
    ranges: &mut impl Iterator<Item = TextRange>,
    uses: &mut Vec<Use>,
) {
    match ty {
        TypeRef::Missing => {
            ranges.next();
        }
        TypeRef::Tuple(parts) => {
            ranges.next();
            for part in parts {
                type_uses(resolver, env, part, ranges, uses);
            }
        }
        TypeRef::Borrow(_, inner) => {
            ranges.next();
            type_uses(resolver, env, inner, ranges, uses);
        }
        TypeRef::Path { namespaces, parts } => {
            let mut path = String::new();
            for name in namespaces {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(name);
                if let Some(range) = ranges.next() {
                    let definition = Definition::Module(Name::new(&path));
                    uses.push(Use { range, definition, role: Role::Read });
                }
            }
            let mut current: Option<Ty> = None;
            for (index, part) in parts.iter().enumerate() {
                let Some(range) = ranges.next() else { return };
                let TypePart::Name(name, args) = part else {
                    current = None;
                    continue;
                };
                let (definition, role, ty) = if index == 0 {
                    first_part(resolver, namespaces, name)
                } else {
                    member_part(resolver, env, current.as_ref(), name)
                };
                if let Some(definition) = definition {
                    uses.push(Use { range, definition, role });
                }
                current = ty;
                for arg in args {
                    type_uses(resolver, env, &arg.ty, ranges, uses);
                }
            }
        }
    }
}

type Part = (Option<Definition>, Role, Option<Ty>);

fn first_part(resolver: &Resolver<'_>, namespaces: &[Name], name: &Name) -> Part {
    let db = resolver.db;
    match resolver.type_head(namespaces, name) {
        TypeHead::Class(class) => {
            (Some(Definition::Class(class)), Role::Read, Some(hir::items::class_type(db, class)))
        }
        TypeHead::Alias(alias) => {
            let ty = hir::items::alias_data(db, alias).ty.clone();
            (Some(Definition::Alias(alias)), Role::Read, Some(ty))
        }
        TypeHead::Param(param) => {
            (Some(Definition::TypeParam(param.clone())), Role::Read, Some(Ty::Param(param)))
        }
        TypeHead::SelfTy => {
            let ty = resolver.enclosing_type();
            let class = ty.as_ref().and_then(Ty::class).map(Definition::Class);
            (class, Role::SelfType, ty)
        }
        TypeHead::Expanded(ty) => (None, Role::Read, Some(ty)),
        TypeHead::NoSelf | TypeHead::NotFound { .. } | TypeHead::Hidden(_) => (None, Role::Read, None),
    }
}

fn member_part(resolver: &Resolver<'_>, env: &hir::items::Env, of: Option<&Ty>, name: &Name) -> Part {
    let Some(of) = of else { return (None, Role::Read, None) };
    let found = lookup(resolver.db, resolver.program, env, of, name);
    let Some(member) = found.members.first() else { return (None, Role::Read, None) };
    match &member.kind {
        MemberKind::Alias(alias) => {
            let ty = hir::items::alias_data(resolver.db, *alias).ty.clone();
            (Some(Definition::Alias(*alias)), Role::Read, Some(ty))
        }
        MemberKind::EnumMember { class, index } => {
            (Some(Definition::EnumMember(*class, *index)), Role::Read, None)
        }
        MemberKind::Method(func) => (Some(Definition::Function(*func)), Role::Read, None),
        MemberKind::Attribute { class, index, ty } => {
            (Some(Definition::Attribute(*class, *index)), Role::Read, Some(ty.clone()))
        }
    }
}

//! The items of the library that the language itself knows.

use crate::body::BinaryOp;
use crate::db::{Db, Program};
use crate::ids::{ClassId, FuncId, LocalItemId, Name};
use crate::parse::item_tree;
use crate::scope::{TypeItem, namespace};
use syntax::Edition;

macro_rules! lang_items {
    (
        classes { $($class:ident: $class_name:literal in $class_ns:literal,)* }
        functions { $($func:ident: $func_name:literal in $func_ns:literal,)* }
        methods { $($method:ident: $owner:ident . $method_name:literal,)* }
    ) => {
        /// Ids of the library's items. One that the library lacks gets an id that no item has.
        #[derive(PartialEq, Eq, Debug)]
        pub struct LangItems {
            $(pub $class: ClassId,)*
            $(pub $func: FuncId,)*
            $(pub $method: FuncId,)*
            /// All overloads.
            pub print: Vec<FuncId>,
            operators: Vec<OperatorItem>,
        }

        fn collect(db: &dyn Db, library: Program) -> LangItems {
            $(let $class = find_class(db, library, $class_ns, $class_name);)*
            $(let $func = find_func(db, library, $func_ns, $func_name);)*
            $(let $method = find_method(db, $owner, $method_name);)*
            LangItems {
                $($class,)*
                $($func,)*
                $($method,)*
                print: find_funcs(db, library, "std.io", "print"),
                operators: operators(db, library),
            }
        }
    };
}

lang_items! {
    classes {
        void: "Void" in "std", bool: "Bool" in "std", num: "Num" in "std", str: "Str" in "std", rgx: "Rgx" in "std",
        tup: "Tup" in "std", arr: "Arr" in "std", vec: "Vec" in "std", map: "Map" in "std", set: "Set" in "std",
        opt: "Opt" in "std", ret: "Ret" in "std", var: "Var" in "std",
        fn_ref: "FnRef" in "std", fn_mut: "FnMut" in "std", fn_one: "FnOne" in "std",
        asynk: "Async" in "std", generator: "Gen" in "std", fut: "Fut" in "std", iter: "Iter" in "std",
        copy: "Copy" in "std", default: "Default" in "std", del: "Del" in "std", to: "To" in "std",
        ord: "Ord" in "std", residual: "Try" in "std.ops", ctx: "Ctx" in "std.ops", hash: "Hash" in "std.ops",
        atom_num: "AtomNum" in "std", atom_bool: "AtomBool" in "std",
        alloc: "Alloc" in "std", alloc_err: "AllocErr" in "std", global_alloc: "GlobalAlloc" in "std",
        bounds_err: "BoundsErr" in "std", gen_err: "GenErr" in "std", cast_err: "CastErr" in "std",
        token: "Token" in "std",
    }
    functions {
        panic: "panic" in "std", some: "some" in "std", none: "none" in "std", pass: "pass" in "std",
        fail: "fail" in "std", err: "err" in "std", upcast: "upcast" in "std", downcast: "downcast" in "std",
        mem_replace: "replace" in "std.mem", mem_swap: "swap" in "std.mem",
    }
    methods {
        copy_copy: copy."copy", default_default: default."default", del_del: del."del", to_to: to."to",
        try_is_pass: residual."is_pass", try_unwrap: residual."unwrap", try_unwrap_fail: residual."unwrap_fail",
        ctx_enter: ctx."enter", ctx_exit: ctx."exit", hash_hash: hash."hash",
        alloc_alloc: alloc."alloc", alloc_realloc: alloc."realloc", alloc_dealloc: alloc."dealloc",
        alloc_zero: alloc."alloc_zero",
        gen_next: generator."next", gen_result: generator."result", fut_await: fut."await",
    }
}

/// The class and method behind an operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OperatorItem {
    pub op: BinaryOp,
    pub class: ClassId,
    pub method: FuncId,
    /// `op=`; absent for comparisons.
    pub assign: Option<(ClassId, FuncId)>,
}

/// Operator, class, method, OP1; the compound form is `MAssign` and `m_assign` (OP2).
pub const OPERATORS: [(BinaryOp, &str, &str, &str); 21] = [
    (BinaryOp::Add, "+", "Add", "add"),
    (BinaryOp::Sub, "-", "Sub", "sub"),
    (BinaryOp::Mul, "*", "Mul", "mul"),
    (BinaryOp::Div, "/", "Div", "div"),
    (BinaryOp::Rem, "%", "Rem", "rem"),
    (BinaryOp::BitAnd, "&", "BAnd", "bit_and"),
    (BinaryOp::BitOr, "|", "BOr", "bit_or"),
    (BinaryOp::BitXor, "^", "BXor", "bit_xor"),
    (BinaryOp::Shl, "<<", "Shl", "shl"),
    (BinaryOp::Shr, ">>", "Shr", "shr"),
    (BinaryOp::Rol, "<<<", "Rol", "rol"),
    (BinaryOp::Ror, ">>>", "Ror", "ror"),
    (BinaryOp::And, "&&", "And", "and"),
    (BinaryOp::Or, "||", "Or", "or"),
    (BinaryOp::Eq, "==", "Eq", "eq"),
    (BinaryOp::Ne, "!=", "Ne", "ne"),
    (BinaryOp::Lt, "<", "Lt", "lt"),
    (BinaryOp::Le, "<=", "Le", "le"),
    (BinaryOp::Gt, ">", "Gt", "gt"),
    (BinaryOp::Ge, ">=", "Ge", "ge"),
    (BinaryOp::Cmp, "<=>", "Cmp", "cmp"),
];

#[salsa::tracked(returns(ref))]
fn lang_items_of(db: &dyn Db, library: Program) -> LangItems {
    collect(db, library)
}

pub fn lang_items(db: &dyn Db, edition: Edition) -> &LangItems {
    lang_items_of(db, db.library(edition))
}

impl LangItems {
    /// Class and method of an operator, and of its compound form.
    pub fn operator(&self, op: BinaryOp) -> OperatorItem {
        // the list has the order of the table above, one entry for each operator
        self.operators[OPERATORS.iter().position(|(known, ..)| *known == op).unwrap_or(0)]
    }

    /// Whether a class is one of `std.ops` whose methods may choose their conventions (SP4, OP3).
    pub fn is_operator_class(&self, class: ClassId) -> bool {
        self.operators
            .iter()
            .any(|item| item.class == class || item.assign.is_some_and(|(assign, _)| assign == class))
    }

    /// `FnRef`, `FnMut` or `FnOne`.
    pub fn fn_kind(&self, class: ClassId) -> Option<crate::ty::FnKind> {
        use crate::ty::FnKind;
        [(self.fn_ref, FnKind::Ref), (self.fn_mut, FnKind::Mut), (self.fn_one, FnKind::One)]
            .into_iter()
            .find_map(|(known, kind)| (known == class).then_some(kind))
    }

    pub fn fn_class(&self, kind: crate::ty::FnKind) -> ClassId {
        match kind {
            crate::ty::FnKind::Ref => self.fn_ref,
            crate::ty::FnKind::Mut => self.fn_mut,
            crate::ty::FnKind::One => self.fn_one,
        }
    }
}

/// The symbol of an operator.
pub fn symbol(op: BinaryOp) -> &'static str {
    OPERATORS.iter().find(|(known, ..)| *known == op).map_or("", |(_, symbol, ..)| symbol)
}

fn operators(db: &dyn Db, library: Program) -> Vec<OperatorItem> {
    let ops = "std.ops";
    let item = |(op, _, class, method): &(BinaryOp, &str, &str, &str)| {
        let has_assign = !op.is_comparison();
        let class_id = find_class(db, library, ops, class);
        let assign = has_assign.then(|| {
            let assign = find_class(db, library, ops, &format!("{class}Assign"));
            (assign, find_method(db, assign, &format!("{method}_assign")))
        });
        OperatorItem { op: *op, class: class_id, method: find_method(db, class_id, method), assign }
    };
    OPERATORS.iter().map(item).collect()
}

/// A file to which ids of missing items belong. A library has at least one file.
fn absent(db: &dyn Db, library: Program, name: &str) -> Option<(crate::db::File, LocalItemId)> {
    use std::hash::{Hash, Hasher};
    let file = library.files(db).first().copied()?;
    let mut hasher = rustc_hash::FxHasher::default();
    name.hash(&mut hasher);
    Some((file, LocalItemId(hasher.finish() as u32 | 1)))
}

fn find_class(db: &dyn Db, library: Program, path: &str, name: &str) -> ClassId {
    let entry = namespace(db, library, path).and_then(|data| data.types.get(name));
    match entry.map(|entry| entry.item) {
        Some(TypeItem::Class(class)) => class,
        _ => {
            let (file, local) = absent(db, library, name).expect("a library has at least one file");
            ClassId::new(file, local)
        }
    }
}

fn find_funcs(db: &dyn Db, library: Program, path: &str, name: &str) -> Vec<FuncId> {
    let entries = namespace(db, library, path).and_then(|data| data.funcs.get(name));
    entries.map_or_else(Vec::new, |entries| entries.iter().map(|entry| entry.func).collect())
}

fn find_func(db: &dyn Db, library: Program, path: &str, name: &str) -> FuncId {
    find_funcs(db, library, path, name).first().copied().unwrap_or_else(|| {
        let (file, local) = absent(db, library, name).expect("a library has at least one file");
        FuncId::new(file, local)
    })
}

/// A method that a class declares, in its body or in a `sup` block of the same file.
fn find_method(db: &dyn Db, class: ClassId, name: &str) -> FuncId {
    let tree = item_tree(db, class.file());
    let found = tree.class(class.local()).and_then(|item| {
        let own = item.funcs.iter();
        let in_blocks = tree.sups.iter().filter(|sup| {
            let parts = match &sup.target {
                crate::type_ref::TypeRef::Path { parts, .. } => &**parts,
                _ => &[],
            };
            let head: Option<&Name> = match parts {
                [crate::type_ref::TypePart::Name(head, _)] => Some(head),
                _ => None,
            };
            sup.base.is_none() && head == Some(&item.name)
        });
        let mut all = own.chain(in_blocks.flat_map(|sup| sup.funcs.iter()));
        all.find(|func| tree.funcs[**func as usize].name == name).map(|func| tree.funcs[*func as usize].id)
    });
    FuncId::new(class.file(), found.unwrap_or(LocalItemId(0)))
}

/// The methods through which function values are called (CL7).
pub fn is_call_method(name: &str) -> bool {
    matches!(name, "call_ref" | "call_mut" | "call_one")
}

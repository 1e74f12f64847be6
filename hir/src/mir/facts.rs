//! What the builder and the analyses need to know about types and items, with answers kept per function.

use super::{CallTarget, Const, Mir, Place, Projection};
use crate::body::{Body, Expr, Pat, PatId};
use crate::db::{Db, Program};
use crate::ids::{ClassId, FuncId, Name};
use crate::infer::{Callee, Dispatch};
use crate::items::{Env, class_data, env_of, signature, sup_head};
use crate::lang::{LangItems, lang_items};
use crate::layout::ClassKey;
use crate::signature::{ClassData, Container, Signature};
use crate::sups::{class_sups, direct_bases, normalise, superimposes};
use crate::ty::{Convention, Subst, Ty, TyArgs};
use rustc_hash::FxHashMap;
use std::cell::{OnceCell, RefCell};

/// How a value is duplicated (OW2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum CopyKind {
    /// It is not: by-value use moves it.
    No,
    /// Its representation is copied.
    Bitwise,
    /// By calling this method, `Copy.copy`, for the type.
    User(FuncId),
}

/// Which method of `Alloc` a call is (A3).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AllocOp {
    Alloc,
    AllocZero,
    Realloc,
    Dealloc,
}

/// Facts under the constraints of one function.
pub(crate) struct Facts<'db> {
    pub db: &'db dyn Db,
    pub program: Program,
    pub lang: &'db LangItems,
    env: OnceCell<Env>,
    /// What `Self` is here.
    self_ty: OnceCell<Option<Ty>>,
    func: FuncId,
    drops: RefCell<FxHashMap<Ty, bool>>,
    copies: RefCell<FxHashMap<Ty, CopyKind>>,
    body: Option<&'db Body>,
}

/// What is known of a class without generic parameters; it is the same in every function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct PlainClass {
    copy: CopyKind,
    drop: bool,
}

#[salsa::tracked(returns(copy))]
fn plain_class<'db>(db: &'db dyn Db, program: Program, class: ClassKey<'db>) -> PlainClass {
    // Constraints and `Self` of a function play no part, so any will do.
    let facts = Facts::in_program(db, lang_items(db, program.edition(db)).del_del, program);
    let ty = Ty::Class(class.class(db), TyArgs::EMPTY);
    PlainClass { copy: facts.compute_copy_kind(&ty), drop: facts.needs_drop_at(&ty, 0) }
}

/// Types nest at most this deep before an answer is given up; a finite program stays far below (TY14).
const MAX_DEPTH: u32 = 64;

impl<'db> Facts<'db> {
    /// For the body of `func`, within its own program.
    pub fn new(db: &'db dyn Db, func: FuncId) -> Self {
        Self::in_program(db, func, func.file().program(db))
    }

    pub fn in_program(db: &'db dyn Db, func: FuncId, program: Program) -> Self {
        Facts {
            db,
            program,
            lang: lang_items(db, func.file().edition(db)),
            env: OnceCell::new(),
            self_ty: OnceCell::new(),
            func,
            drops: RefCell::default(),
            copies: RefCell::default(),
            body: None,
        }
    }

    /// The constraints that hold in the function; most answers need none.
    pub fn env(&self) -> &Env {
        self.env.get_or_init(|| env_of(self.db, self.func.0))
    }

    /// With the body, captures of its lambdas are known.
    pub fn with_body(mut self, body: &'db Body) -> Self {
        self.body = Some(body);
        self
    }

    pub fn signature(&self, func: FuncId) -> &'db Signature {
        signature(self.db, func)
    }

    pub fn class_data(&self, class: ClassId) -> &'db ClassData {
        class_data(self.db, class)
    }

    /// A type of a declaration as the body sees it: without `Self`.
    pub fn in_body(&self, ty: &Ty) -> Ty {
        if !ty.any(&mut |part| matches!(part, Ty::SelfTy)) {
            return ty.clone();
        }
        match self.self_ty.get_or_init(|| enclosing_type(self.db, self.func)) {
            Some(self_ty) => Subst::default().with_self(self_ty.clone()).apply(ty),
            None => ty.clone(),
        }
    }

    pub fn normal(&self, ty: Ty) -> Ty {
        if ty.any(&mut |part| matches!(part, Ty::Assoc(..))) {
            normalise(self.db, self.program, self.env(), &ty)
        } else {
            ty
        }
    }

    // Which type it is.

    pub fn is_class(&self, ty: &Ty, class: ClassId) -> bool {
        matches!(ty, Ty::Class(known, _) if *known == class)
    }

    pub fn is_void(&self, ty: &Ty) -> bool {
        self.is_class(ty, self.lang.void)
    }

    pub fn is_bool(&self, ty: &Ty) -> bool {
        self.is_class(ty, self.lang.bool)
    }

    pub fn is_num(&self, ty: &Ty) -> bool {
        self.is_class(ty, self.lang.num)
    }

    pub fn is_str(&self, ty: &Ty) -> bool {
        self.is_class(ty, self.lang.str)
    }

    pub fn is_array(&self, ty: &Ty) -> bool {
        self.is_class(ty, self.lang.arr)
    }

    pub fn is_opt_or_ret(&self, ty: &Ty) -> bool {
        self.is_class(ty, self.lang.opt) || self.is_class(ty, self.lang.ret)
    }

    pub fn is_enum(&self, ty: &Ty) -> bool {
        matches!(ty, Ty::Class(class, _) if self.class_data(*class).members.is_some())
    }

    pub fn bool_ty(&self) -> Ty {
        Ty::Class(self.lang.bool, TyArgs::EMPTY)
    }

    pub fn array_of(&self, element: Ty) -> Ty {
        Ty::Class(self.lang.arr, TyArgs::from(vec![element]))
    }

    /// What `ret` gives in a coroutine of this generator type (CO5).
    pub fn coroutine_return(&self, ret: &Ty) -> Ty {
        let void = || Ty::Class(self.lang.void, TyArgs::EMPTY);
        match ret {
            Ty::Class(class, args) if *class == self.lang.generator => {
                args.get(1).cloned().unwrap_or_else(void)
            }
            _ => void(),
        }
    }

    /// The failure that a residual type carries: nothing for an `Opt`.
    pub fn failure_type(&self, ty: &Ty) -> Option<Ty> {
        match ty {
            Ty::Class(class, args) if *class == self.lang.ret => args.get(1).cloned(),
            _ => None,
        }
    }

    // What a type can do.

    pub fn superimposes(&self, ty: &Ty, class: ClassId) -> bool {
        match ty {
            Ty::Class(own, _) => {
                (class_sups(self.db, self.program, *own).may_reach(class) || self.is_enum(ty))
                    && superimposes(self.db, self.program, self.env(), ty, class).is_some()
            }
            _ => superimposes(self.db, self.program, self.env(), ty, class).is_some(),
        }
    }

    pub fn has_del(&self, ty: &Ty) -> bool {
        matches!(ty, Ty::Class(class, _) if class_sups(self.db, self.program, *class).may_reach(self.lang.del))
            && self.superimposes(ty, self.lang.del)
    }

    pub fn copy_kind(&self, ty: &Ty) -> CopyKind {
        match ty {
            Ty::Unknown | Ty::Never | Ty::Func(..) | Ty::Infer(_) => return CopyKind::Bitwise,
            Ty::Closure(_) => return CopyKind::No,
            Ty::Class(class, _) => {
                let lang = self.lang;
                if [lang.num, lang.bool, lang.void, lang.rgx].contains(class) {
                    return CopyKind::Bitwise;
                }
                if [lang.str, lang.arr, lang.vec, lang.ret, lang.opt].contains(class) {
                    return CopyKind::No;
                }
            }
            Ty::Tuple(_) | Ty::Param(_) | Ty::Assoc(..) | Ty::SelfTy => {}
        }
        if let Some(known) = self.copies.borrow().get(ty) {
            return *known;
        }
        let kind = match ty {
            Ty::Class(class, args) if args.is_empty() => self.plain_class(*class).copy,
            _ => self.compute_copy_kind(ty),
        };
        self.copies.borrow_mut().insert(ty.clone(), kind);
        kind
    }

    fn compute_copy_kind(&self, ty: &Ty) -> CopyKind {
        match ty {
            Ty::Tuple(parts) => {
                parts.iter().map(|part| self.copy_kind(part)).fold(CopyKind::Bitwise, |all, part| {
                    match (all, part) {
                        (CopyKind::No, _) | (_, CopyKind::No) => CopyKind::No,
                        (CopyKind::User(copy), _) | (_, CopyKind::User(copy)) => CopyKind::User(copy),
                        _ => CopyKind::Bitwise,
                    }
                })
            }
            _ if self.is_enum(ty) => CopyKind::Bitwise,
            _ if self.superimposes(ty, self.lang.copy) => CopyKind::User(self.lang.copy_copy),
            _ => CopyKind::No,
        }
    }

    /// Whether dropping a value can do anything: run a `del`, or release a block.
    pub fn needs_drop(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Class(class, args) if args.is_empty() => {
                let lang = self.lang;
                if [lang.num, lang.bool, lang.void, lang.rgx].contains(class) || *class == lang.str {
                    return *class == lang.str;
                }
                if let Some(known) = self.drops.borrow().get(ty) {
                    return *known;
                }
                let answer = self.plain_class(*class).drop;
                self.drops.borrow_mut().insert(ty.clone(), answer);
                answer
            }
            _ => self.needs_drop_at(ty, 0),
        }
    }

    fn plain_class(&self, class: ClassId) -> PlainClass {
        plain_class(self.db, self.program, ClassKey::new(self.db, class))
    }

    fn needs_drop_at(&self, ty: &Ty, depth: u32) -> bool {
        match ty {
            Ty::Unknown | Ty::Never | Ty::Func(..) | Ty::Infer(_) => return false,
            Ty::Param(_) | Ty::Assoc(..) | Ty::SelfTy => return true,
            Ty::Closure(closure) => return self.closure_needs_drop(closure.owner, closure.expr),
            Ty::Class(class, args) if args.is_empty() => {
                let lang = self.lang;
                if [lang.num, lang.bool, lang.void, lang.rgx].contains(class) {
                    return false;
                }
            }
            Ty::Class(..) | Ty::Tuple(_) => {}
        }
        if depth > MAX_DEPTH {
            return true;
        }
        if let Some(known) = self.drops.borrow().get(ty) {
            return *known;
        }
        let answer = match ty {
            Ty::Tuple(parts) => parts.iter().any(|part| self.needs_drop_at(part, depth + 1)),
            Ty::Class(class, args) => {
                let lang = self.lang;
                let data = self.class_data(*class);
                if [lang.opt, lang.ret, lang.var].contains(class) {
                    args.iter().any(|arg| self.needs_drop_at(arg, depth + 1))
                } else if [
                    lang.str,
                    lang.arr,
                    lang.fn_ref,
                    lang.fn_mut,
                    lang.fn_one,
                    lang.generator,
                    lang.fut,
                ]
                .contains(class)
                {
                    true
                } else if data.is_builtin || data.members.is_some() {
                    false
                } else {
                    self.has_del(ty)
                        || self.attribute_types(ty).iter().any(|part| self.needs_drop_at(part, depth + 1))
                        || self.bases(ty).iter().any(|base| self.needs_drop_at(base, depth + 1))
                }
            }
            _ => true,
        };
        self.drops.borrow_mut().insert(ty.clone(), answer);
        answer
    }

    /// A lambda that captures nothing by value has nothing to drop.
    fn closure_needs_drop(&self, owner: FuncId, expr: u32) -> bool {
        let Some(body) = self.body.filter(|body| body.owner == owner) else { return true };
        if expr as usize >= body.exprs.len() {
            return true;
        }
        match &body.exprs[la_arena::Idx::from_raw(la_arena::RawIdx::from_u32(expr))] {
            Expr::Lambda { captures, .. } => {
                captures.iter().any(|capture| capture.convention == Convention::Value)
            }
            _ => true,
        }
    }

    /// A lambda, a function item or an object of a function type.
    pub fn is_callable(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Closure(_) | Ty::Func(..) => true,
            Ty::Class(class, _) => self.lang.fn_kind(*class).is_some(),
            _ => false,
        }
    }

    /// Whether a value may hold a borrow of another: a second-class lambda (CL5) or a generator (CO8).
    pub fn may_hold_borrow(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Closure(closure) => closure.second_class,
            Ty::Class(class, _) => {
                let lang = self.lang;
                [lang.generator, lang.fut, lang.fn_ref, lang.fn_mut, lang.fn_one].contains(class)
            }
            _ => false,
        }
    }

    // Parts of objects.

    pub fn attribute_names(&self, class: ClassId) -> Vec<Name> {
        self.class_data(class).attributes.iter().map(|attribute| attribute.name.clone()).collect()
    }

    /// Types of the attributes that the class of `ty` itself declares, in order.
    pub fn attribute_types(&self, ty: &Ty) -> Vec<Ty> {
        let Ty::Class(class, args) = ty else { return Vec::new() };
        let data = self.class_data(*class);
        if data.attributes.is_empty() {
            return Vec::new();
        }
        let subst = Subst::new(class.0, args.clone()).with_self(ty.clone());
        data.attributes.iter().map(|attribute| self.normal(subst.apply(&attribute.ty))).collect()
    }

    fn attribute_type(&self, ty: &Ty, index: u32) -> Ty {
        let Ty::Class(class, args) = ty else { return Ty::Unknown };
        match self.class_data(*class).attributes.get(index as usize) {
            Some(attribute) if args.is_empty() => attribute.ty.clone(),
            Some(attribute) => {
                let subst = Subst::new(class.0, args.clone()).with_self(ty.clone());
                self.normal(subst.apply(&attribute.ty))
            }
            None => Ty::Unknown,
        }
    }

    /// Classes directly placed onto the class of `ty`, in the order of the `sup` blocks (8.3.9).
    pub fn bases(&self, ty: &Ty) -> Vec<Ty> {
        match ty {
            Ty::Class(class, _) if class_sups(self.db, self.program, *class).bases.is_empty() => Vec::new(),
            Ty::Class(class, _) if self.class_data(*class).members.is_some() => Vec::new(),
            Ty::Class(..) => direct_bases(self.db, self.program, self.env(), ty, 0),
            _ => Vec::new(),
        }
    }

    /// Whether objects of the class have attributes, own or inherited.
    pub fn has_state(&self, ty: &Ty) -> bool {
        self.has_state_at(ty, 0)
    }

    fn has_state_at(&self, ty: &Ty, depth: u32) -> bool {
        let Ty::Class(class, _) = ty else { return false };
        !self.class_data(*class).attributes.is_empty()
            || depth < MAX_DEPTH && self.bases(ty).iter().any(|base| self.has_state_at(base, depth + 1))
    }

    /// An attribute by name, own or inherited: declaring class, index and type.
    pub fn attribute_named(&self, ty: &Ty, name: &Name) -> Option<(ClassId, u32, Ty)> {
        let mut todo = vec![ty.clone()];
        let mut next = 0;
        while let Some(current) = todo.get(next).cloned() {
            next += 1;
            if let Ty::Class(class, _) = &current {
                let found =
                    self.class_data(*class).attributes.iter().position(|attribute| attribute.name == *name);
                if let Some(index) = found {
                    return Some((*class, index as u32, self.attribute_type(&current, index as u32)));
                }
            }
            for base in self.bases(&current) {
                if !todo.contains(&base) && todo.len() < 256 {
                    todo.push(base);
                }
            }
        }
        None
    }

    /// The instance of `class` that `ty` is or super-imposes.
    pub fn as_class(&self, ty: &Ty, class: ClassId) -> Option<Ty> {
        if ty.class() == Some(class) {
            return Some(ty.clone());
        }
        superimposes(self.db, self.program, self.env(), ty, class)
    }

    pub fn place_type(&self, mir: &Mir, place: &Place) -> Ty {
        let mut ty = match mir.slots.get(place.slot.0 as usize) {
            Some(slot) => slot.ty.clone(),
            None => return Ty::Unknown,
        };
        for projection in &place.projection {
            ty = self.projected(mir, ty, projection);
        }
        ty
    }

    pub fn projected(&self, mir: &Mir, ty: Ty, projection: &Projection) -> Ty {
        match projection {
            Projection::Deref => ty,
            Projection::Attribute { class, index } => {
                self.as_class(&ty, *class).map_or(Ty::Unknown, |ty| self.attribute_type(&ty, *index))
            }
            Projection::Base(class) => self.as_class(&ty, *class).unwrap_or(Ty::Unknown),
            Projection::TupleField(index) => match &ty {
                Ty::Tuple(parts) => parts.get(*index as usize).cloned().unwrap_or(Ty::Unknown),
                _ => Ty::Unknown,
            },
            Projection::Capture(index) => {
                mir.captures.get(*index as usize).map_or(Ty::Unknown, |field| field.ty.clone())
            }
        }
    }

    pub fn const_type(&self, constant: &Const) -> Ty {
        let class = match constant {
            Const::Number(_) => self.lang.num,
            Const::Bool(_) => self.lang.bool,
            Const::Str(_) => self.lang.str,
            Const::Regex(_) => self.lang.rgx,
            Const::EnumMember(class, _) => *class,
            Const::Func(of) => return Ty::Func(of.0, of.1.clone()),
            Const::Void => self.lang.void,
        };
        Ty::Class(class, TyArgs::EMPTY)
    }

    // Callees.

    pub fn is_generator_next(&self, func: FuncId) -> bool {
        func == self.lang.gen_next
    }

    pub fn never_returns(&self, target: &CallTarget) -> bool {
        matches!(target, CallTarget::Func { func, .. } if *func == self.lang.panic)
    }

    /// Whether the callee and this function lie on one cycle of the static call graph (F10).
    pub fn is_recursive(&self, target: &CallTarget) -> bool {
        let CallTarget::Func { func, container_args, dispatch, self_ty, .. } = target else { return false };
        let self_ty = self_ty.as_ref();
        super::recursion::on_one_cycle(
            self.db,
            self.program,
            self.func,
            *func,
            container_args,
            *dispatch,
            self_ty,
        )
    }

    /// The substitution of a callee's generic parameters.
    pub fn callee_subst(
        &self,
        func: FuncId,
        container_args: &TyArgs,
        args: &TyArgs,
        self_ty: Option<&Ty>,
    ) -> Subst {
        callee_subst(self.db, func, container_args, args, self_ty)
    }

    /// Declared type of a parameter after `self`, at this call.
    pub fn param_type(&self, callee: &Callee, index: usize) -> Ty {
        let Callee::Function { func, container_args, args, self_ty, .. } = callee else { return Ty::Unknown };
        let Some(param) = self.signature(*func).params.get(index) else { return Ty::Unknown };
        self.normal(self.callee_subst(*func, container_args, args, self_ty.as_ref()).apply(&param.ty))
    }

    /// Element type of a homogeneous variadic parameter.
    pub fn pack_element(&self, callee: &Callee, index: usize) -> Option<Ty> {
        match self.param_type(callee, index) {
            Ty::Unknown => None,
            ty => Some(ty),
        }
    }

    /// `Default.default` for a type (SP9).
    pub fn default_of(&self, ty: &Ty) -> Option<CallTarget> {
        self.superimposes(ty, self.lang.default).then(|| CallTarget::Func {
            func: self.lang.default_default,
            container_args: TyArgs::EMPTY,
            args: TyArgs::EMPTY,
            self_ty: Some(ty.clone()),
            dispatch: Dispatch::Static,
        })
    }

    /// The base class as which a method sees its receiver, if that is another class (TY2).
    pub fn receiver_upcast(&self, func: FuncId, container_args: &TyArgs, receiver: &Ty) -> Option<Ty> {
        let class = receiver.class()?;
        let container = self.signature(func).container;
        let target = enclosing_type(self.db, func)?;
        if target.class() == Some(class) || target.class().is_none() {
            return None;
        }
        let subst = Subst::new(container.item()?, container_args.clone());
        Some(subst.apply(&target))
    }

    /// The type that an object pattern names; that of the value where it names the same class.
    pub fn object_pattern_class(&self, pat: PatId, value: &Ty) -> Ty {
        let Some(body) = self.body else { return value.clone() };
        let Pat::Object { ty, .. } = &body.pats[pat] else { return value.clone() };
        let resolver = crate::resolve::Resolver::for_func(self.db, body.owner);
        let named = resolver.lower_type(&body.types[*ty].ty, &mut |_| {});
        if named.class().is_none() || named.class() == value.class() { value.clone() } else { named }
    }

    /// Which allocator method a call makes, and the allocator (A34).
    pub fn alloc_call<'t>(&self, target: &'t CallTarget) -> Option<(AllocOp, &'t Ty)> {
        let CallTarget::Func { func, self_ty, .. } = target else { return None };
        let ty = self_ty.as_ref()?;
        Some((self.alloc_op(*func)?, ty))
    }

    pub fn alloc_op(&self, func: FuncId) -> Option<AllocOp> {
        alloc_op(self.db, self.lang, func)
    }
}

/// Which method of an allocator a function is.
pub(crate) fn alloc_op(db: &dyn Db, lang: &LangItems, func: FuncId) -> Option<AllocOp> {
    let known = [
        (lang.alloc_alloc, AllocOp::Alloc),
        (lang.alloc_zero, AllocOp::AllocZero),
        (lang.alloc_realloc, AllocOp::Realloc),
        (lang.alloc_dealloc, AllocOp::Dealloc),
    ];
    if let Some((_, op)) = known.iter().find(|(known, _)| *known == func) {
        return Some(*op);
    }
    let signature = signature(db, func);
    let op = match signature.name.as_str() {
        "alloc" => AllocOp::Alloc,
        "alloc_zero" => AllocOp::AllocZero,
        "realloc" => AllocOp::Realloc,
        "dealloc" => AllocOp::Dealloc,
        _ => return None,
    };
    let Container::Sup(sup) = signature.container else { return None };
    (sup_head(db, sup).base.as_ref().and_then(Ty::class) == Some(lang.alloc)).then_some(op)
}

/// The substitution of a callee's generic parameters.
pub(crate) fn callee_subst(
    db: &dyn Db,
    func: FuncId,
    container_args: &TyArgs,
    args: &TyArgs,
    self_ty: Option<&Ty>,
) -> Subst {
    let mut subst = Subst::new(func.0, args.clone());
    if let Some(container) = signature(db, func).container.item() {
        subst = subst.with(container, container_args.clone());
    }
    let self_ty = self_ty.cloned().or_else(|| enclosing_type(db, func).map(|ty| subst.apply(&ty)));
    subst.self_ty = self_ty;
    subst
}

/// The type that the block around a method is written for.
pub(crate) fn enclosing_type(db: &dyn Db, func: FuncId) -> Option<Ty> {
    match signature(db, func).container {
        Container::Module => None,
        Container::Class(class) => Some(crate::items::class_type(db, class)),
        Container::Sup(sup) => Some(sup_head(db, sup).target.clone()),
        Container::Function(outer) => enclosing_type(db, outer),
    }
}

//! Generated from `spp.ungram` by `tests/codegen.rs`; do not edit.

use crate::ast::{self, AstChildren, AstNode, support};
use crate::{SyntaxKind, SyntaxNode, SyntaxToken};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SourceFile {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for SourceFile {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::SOURCE_FILE
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl SourceFile {
    pub fn mod_decl(&self) -> Option<ModDecl> {
        support::child(&self.syntax)
    }

    pub fn items(&self) -> AstChildren<Item> {
        support::children(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ModDecl {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for ModDecl {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::MOD_DECL
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ast::HasAnnotations for ModDecl {}

impl ModDecl {
    pub fn mod_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::MOD_KW)
    }

    pub fn module_path(&self) -> Option<ModulePath> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Annotation {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for Annotation {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::ANNOTATION
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ast::HasArgList for Annotation {}

impl Annotation {
    pub fn at_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::AT)
    }

    pub fn annotation_path(&self) -> Option<AnnotationPath> {
        support::child(&self.syntax)
    }

    pub fn generic_arg_list(&self) -> Option<GenericArgList> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ModulePath {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for ModulePath {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::MODULE_PATH
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ModulePath {
    pub fn name_refs(&self) -> AstChildren<NameRef> {
        support::children(&self.syntax)
    }

    pub fn dot_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::DOT)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NameRef {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for NameRef {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::NAME_REF
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl NameRef {
    pub fn ident_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::IDENT)
    }

    pub fn uident_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::UIDENT)
    }

    pub fn self_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::SELF_KW)
    }

    pub fn self_type_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::SELF_TYPE_KW)
    }

    pub fn sup_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::SUP_KW)
    }

    pub fn int_number_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::INT_NUMBER)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Use {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for Use {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::USE
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ast::HasAnnotations for Use {}

impl Use {
    pub fn use_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::USE_KW)
    }

    pub fn alias(&self) -> Option<Alias> {
        support::child(&self.syntax)
    }

    pub fn import(&self) -> Option<Import> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Class {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for Class {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::CLASS
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ast::HasAnnotations for Class {}

impl ast::HasName for Class {}

impl ast::HasGenericParams for Class {}

impl ast::HasWhereClause for Class {}

impl Class {
    pub fn cls_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::CLS_KW)
    }

    pub fn member_list(&self) -> Option<MemberList> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Enum {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for Enum {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::ENUM
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ast::HasAnnotations for Enum {}

impl ast::HasName for Enum {}

impl ast::HasGenericParams for Enum {}

impl ast::HasWhereClause for Enum {}

impl Enum {
    pub fn enum_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::ENUM_KW)
    }

    pub fn enum_member_list(&self) -> Option<EnumMemberList> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sup {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for Sup {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::SUP
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ast::HasAnnotations for Sup {}

impl ast::HasGenericParams for Sup {}

impl ast::HasWhereClause for Sup {}

impl Sup {
    pub fn sup_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::SUP_KW)
    }

    pub fn for_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::FOR_KW)
    }

    pub fn member_list(&self) -> Option<MemberList> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Function {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for Function {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::FUNCTION
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ast::HasAnnotations for Function {}

impl ast::HasName for Function {}

impl ast::HasGenericParams for Function {}

impl ast::HasWhereClause for Function {}

impl Function {
    pub fn fn_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::FN_KW)
    }

    pub fn gn_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::GN_KW)
    }

    pub fn param_list(&self) -> Option<ParamList> {
        support::child(&self.syntax)
    }

    pub fn ret_type(&self) -> Option<RetType> {
        support::child(&self.syntax)
    }

    pub fn body(&self) -> Option<Block> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LetStmt {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for LetStmt {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::LET_STMT
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl LetStmt {
    pub fn let_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::LET_KW)
    }

    pub fn local_vars(&self) -> AstChildren<LocalVar> {
        support::children(&self.syntax)
    }

    pub fn comma_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::COMMA)
    }

    pub fn colon_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::COLON)
    }

    pub fn ty(&self) -> Option<Type> {
        support::child(&self.syntax)
    }

    pub fn eq_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::EQ)
    }

    pub fn value(&self) -> Option<Expr> {
        support::child(&self.syntax)
    }

    pub fn else_clause(&self) -> Option<ElseClause> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Alias {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for Alias {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::ALIAS
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ast::HasName for Alias {}

impl ast::HasGenericParams for Alias {}

impl Alias {
    pub fn eq_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::EQ)
    }

    pub fn as_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::AS_KW)
    }

    pub fn ty(&self) -> Option<Type> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Import {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for Import {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::IMPORT
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl Import {
    pub fn import_tree(&self) -> Option<ImportTree> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for Name {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::NAME
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl Name {
    pub fn ident_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::IDENT)
    }

    pub fn uident_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::UIDENT)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GenericParamList {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for GenericParamList {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::GENERIC_PARAM_LIST
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl GenericParamList {
    pub fn l_brack_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::L_BRACK)
    }

    pub fn generic_params(&self) -> AstChildren<GenericParam> {
        support::children(&self.syntax)
    }

    pub fn comma_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::COMMA)
    }

    pub fn r_brack_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::R_BRACK)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ImportTree {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for ImportTree {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::IMPORT_TREE
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ImportTree {
    pub fn module_path(&self) -> Option<ModulePath> {
        support::child(&self.syntax)
    }

    pub fn dot_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::DOT)
    }

    pub fn star_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::STAR)
    }

    pub fn import_group(&self) -> Option<ImportGroup> {
        support::child(&self.syntax)
    }

    pub fn rename(&self) -> Option<Rename> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ImportGroup {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for ImportGroup {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::IMPORT_GROUP
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ImportGroup {
    pub fn l_brace_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::L_BRACE)
    }

    pub fn import_trees(&self) -> AstChildren<ImportTree> {
        support::children(&self.syntax)
    }

    pub fn comma_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::COMMA)
    }

    pub fn r_brace_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::R_BRACE)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Rename {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for Rename {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::RENAME
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ast::HasName for Rename {}

impl Rename {
    pub fn as_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::AS_KW)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AnnotationPath {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for AnnotationPath {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::ANNOTATION_PATH
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl AnnotationPath {
    pub fn name_refs(&self) -> AstChildren<NameRef> {
        support::children(&self.syntax)
    }

    pub fn dot_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::DOT)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GenericArgList {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for GenericArgList {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::GENERIC_ARG_LIST
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl GenericArgList {
    pub fn l_brack_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::L_BRACK)
    }

    pub fn generic_args(&self) -> AstChildren<GenericArg> {
        support::children(&self.syntax)
    }

    pub fn comma_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::COMMA)
    }

    pub fn r_brack_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::R_BRACK)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ArgList {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for ArgList {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::ARG_LIST
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ArgList {
    pub fn l_paren_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::L_PAREN)
    }

    pub fn args(&self) -> AstChildren<Arg> {
        support::children(&self.syntax)
    }

    pub fn comma_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::COMMA)
    }

    pub fn r_paren_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::R_PAREN)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WhereClause {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for WhereClause {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::WHERE_CLAUSE
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl WhereClause {
    pub fn where_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::WHERE_KW)
    }

    pub fn l_brack_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::L_BRACK)
    }

    pub fn where_items(&self) -> AstChildren<WhereItem> {
        support::children(&self.syntax)
    }

    pub fn comma_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::COMMA)
    }

    pub fn r_brack_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::R_BRACK)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MemberList {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for MemberList {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::MEMBER_LIST
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl MemberList {
    pub fn l_brace_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::L_BRACE)
    }

    pub fn members(&self) -> AstChildren<Member> {
        support::children(&self.syntax)
    }

    pub fn r_brace_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::R_BRACE)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Attribute {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for Attribute {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::ATTRIBUTE
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ast::HasAnnotations for Attribute {}

impl ast::HasName for Attribute {}

impl Attribute {
    pub fn mut_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::MUT_KW)
    }

    pub fn colon_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::COLON)
    }

    pub fn ty(&self) -> Option<Type> {
        support::child(&self.syntax)
    }

    pub fn eq_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::EQ)
    }

    pub fn default(&self) -> Option<Expr> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ElidedMembers {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for ElidedMembers {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::ELIDED_MEMBERS
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ElidedMembers {
    pub fn dot3_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::DOT3)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EnumMemberList {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for EnumMemberList {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::ENUM_MEMBER_LIST
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl EnumMemberList {
    pub fn l_brace_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::L_BRACE)
    }

    pub fn enum_members(&self) -> AstChildren<EnumMember> {
        support::children(&self.syntax)
    }

    pub fn comma_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::COMMA)
    }

    pub fn r_brace_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::R_BRACE)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EnumMember {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for EnumMember {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::ENUM_MEMBER
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ast::HasName for EnumMember {}

impl EnumMember {
    pub fn eq_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::EQ)
    }

    pub fn value(&self) -> Option<Expr> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ParamList {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for ParamList {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::PARAM_LIST
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ParamList {
    pub fn l_paren_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::L_PAREN)
    }

    pub fn self_param(&self) -> Option<SelfParam> {
        support::child(&self.syntax)
    }

    pub fn comma_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::COMMA)
    }

    pub fn params(&self) -> AstChildren<Param> {
        support::children(&self.syntax)
    }

    pub fn r_paren_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::R_PAREN)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RetType {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for RetType {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::RET_TYPE
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl RetType {
    pub fn thin_arrow_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::THIN_ARROW)
    }

    pub fn ty(&self) -> Option<Type> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Block {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for Block {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::BLOCK
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl Block {
    pub fn l_brace_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::L_BRACE)
    }

    pub fn dot3_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::DOT3)
    }

    pub fn stmts(&self) -> AstChildren<Stmt> {
        support::children(&self.syntax)
    }

    pub fn r_brace_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::R_BRACE)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SelfParam {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for SelfParam {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::SELF_PARAM
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl SelfParam {
    pub fn borrow_mark(&self) -> Option<BorrowMark> {
        support::child(&self.syntax)
    }

    pub fn mut_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::MUT_KW)
    }

    pub fn self_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::SELF_KW)
    }

    pub fn colon_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::COLON)
    }

    pub fn ty(&self) -> Option<Type> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Param {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for Param {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::PARAM
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ast::HasName for Param {}

impl Param {
    pub fn dot3_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::DOT3)
    }

    pub fn mut_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::MUT_KW)
    }

    pub fn colon_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::COLON)
    }

    pub fn borrow_mark(&self) -> Option<BorrowMark> {
        support::child(&self.syntax)
    }

    pub fn ty(&self) -> Option<Type> {
        support::child(&self.syntax)
    }

    pub fn eq_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::EQ)
    }

    pub fn default(&self) -> Option<Expr> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BorrowMark {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for BorrowMark {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::BORROW_MARK
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl BorrowMark {
    pub fn amp_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::AMP)
    }

    pub fn mut_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::MUT_KW)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GenericParam {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for GenericParam {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::GENERIC_PARAM
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ast::HasName for GenericParam {}

impl GenericParam {
    pub fn dot3_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::DOT3)
    }

    pub fn colon_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::COLON)
    }

    pub fn constraint(&self) -> Option<Constraint> {
        support::child(&self.syntax)
    }

    pub fn eq_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::EQ)
    }

    pub fn default(&self) -> Option<Type> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Constraint {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for Constraint {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::CONSTRAINT
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl Constraint {
    pub fn types(&self) -> AstChildren<Type> {
        support::children(&self.syntax)
    }

    pub fn amp_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::AMP)
    }

    pub fn plus_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::PLUS)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WhereItem {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for WhereItem {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::WHERE_ITEM
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl WhereItem {
    pub fn types(&self) -> AstChildren<Type> {
        support::children(&self.syntax)
    }

    pub fn comma_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::COMMA)
    }

    pub fn colon_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::COLON)
    }

    pub fn constraint(&self) -> Option<Constraint> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GenericArg {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for GenericArg {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::GENERIC_ARG
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl GenericArg {
    pub fn name_ref(&self) -> Option<NameRef> {
        support::child(&self.syntax)
    }

    pub fn eq_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::EQ)
    }

    pub fn ty(&self) -> Option<Type> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PathType {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for PathType {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::PATH_TYPE
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl PathType {
    pub fn type_segments(&self) -> AstChildren<TypeSegment> {
        support::children(&self.syntax)
    }

    pub fn dot_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::DOT)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TupleType {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for TupleType {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::TUPLE_TYPE
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl TupleType {
    pub fn l_paren_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::L_PAREN)
    }

    pub fn types(&self) -> AstChildren<Type> {
        support::children(&self.syntax)
    }

    pub fn comma_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::COMMA)
    }

    pub fn r_paren_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::R_PAREN)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ParenType {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for ParenType {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::PAREN_TYPE
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ParenType {
    pub fn l_paren_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::L_PAREN)
    }

    pub fn ty(&self) -> Option<Type> {
        support::child(&self.syntax)
    }

    pub fn r_paren_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::R_PAREN)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RefType {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for RefType {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::REF_TYPE
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl RefType {
    pub fn borrow_mark(&self) -> Option<BorrowMark> {
        support::child(&self.syntax)
    }

    pub fn ty(&self) -> Option<Type> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TypeSegment {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for TypeSegment {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::TYPE_SEGMENT
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl TypeSegment {
    pub fn name_ref(&self) -> Option<NameRef> {
        support::child(&self.syntax)
    }

    pub fn generic_arg_list(&self) -> Option<GenericArgList> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReturnStmt {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for ReturnStmt {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::RETURN_STMT
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ReturnStmt {
    pub fn ret_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::RET_KW)
    }

    pub fn return_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::RETURN_KW)
    }

    pub fn expr(&self) -> Option<Expr> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AssignStmt {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for AssignStmt {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::ASSIGN_STMT
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl AssignStmt {
    pub fn comma_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::COMMA)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ExprStmt {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for ExprStmt {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::EXPR_STMT
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ExprStmt {
    pub fn expr(&self) -> Option<Expr> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LocalVar {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for LocalVar {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::LOCAL_VAR
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ast::HasName for LocalVar {}

impl LocalVar {
    pub fn mut_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::MUT_KW)
    }

    pub fn underscore_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::UNDERSCORE)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ElseClause {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for ElseClause {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::ELSE_CLAUSE
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ElseClause {
    pub fn else_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::ELSE_KW)
    }

    pub fn block(&self) -> Option<Block> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Literal {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for Literal {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::LITERAL
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl Literal {
    pub fn plus_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::PLUS)
    }

    pub fn minus_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::MINUS)
    }

    pub fn int_number_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::INT_NUMBER)
    }

    pub fn dec_number_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::DEC_NUMBER)
    }

    pub fn bin_number_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::BIN_NUMBER)
    }

    pub fn hex_number_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::HEX_NUMBER)
    }

    pub fn string_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::STRING)
    }

    pub fn regex_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::REGEX)
    }

    pub fn true_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::TRUE_KW)
    }

    pub fn false_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::FALSE_KW)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StringExpr {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for StringExpr {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::STRING_EXPR
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl StringExpr {
    pub fn string_head_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::STRING_HEAD)
    }

    pub fn interpolations(&self) -> AstChildren<Interpolation> {
        support::children(&self.syntax)
    }

    pub fn string_mid_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::STRING_MID)
    }

    pub fn string_tail_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::STRING_TAIL)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ArrayExpr {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for ArrayExpr {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::ARRAY_EXPR
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ArrayExpr {
    pub fn l_brack_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::L_BRACK)
    }

    pub fn exprs(&self) -> AstChildren<Expr> {
        support::children(&self.syntax)
    }

    pub fn comma_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::COMMA)
    }

    pub fn r_brack_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::R_BRACK)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TupleExpr {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for TupleExpr {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::TUPLE_EXPR
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl TupleExpr {
    pub fn l_paren_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::L_PAREN)
    }

    pub fn exprs(&self) -> AstChildren<Expr> {
        support::children(&self.syntax)
    }

    pub fn comma_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::COMMA)
    }

    pub fn r_paren_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::R_PAREN)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ParenExpr {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for ParenExpr {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::PAREN_EXPR
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ParenExpr {
    pub fn l_paren_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::L_PAREN)
    }

    pub fn expr(&self) -> Option<Expr> {
        support::child(&self.syntax)
    }

    pub fn r_paren_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::R_PAREN)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NameExpr {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for NameExpr {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::NAME_EXPR
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl NameExpr {
    pub fn name_ref(&self) -> Option<NameRef> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TypeExpr {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for TypeExpr {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::TYPE_EXPR
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl TypeExpr {
    pub fn ty(&self) -> Option<Type> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct InitExpr {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for InitExpr {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::INIT_EXPR
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl InitExpr {
    pub fn ty(&self) -> Option<Type> {
        support::child(&self.syntax)
    }

    pub fn field_init_list(&self) -> Option<FieldInitList> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LambdaExpr {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for LambdaExpr {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::LAMBDA_EXPR
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl LambdaExpr {
    pub fn capture_list(&self) -> Option<CaptureList> {
        support::child(&self.syntax)
    }

    pub fn lambda_param_list(&self) -> Option<LambdaParamList> {
        support::child(&self.syntax)
    }

    pub fn with_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::WITH_KW)
    }

    pub fn thin_arrow_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::THIN_ARROW)
    }

    pub fn body(&self) -> Option<Expr> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IfExpr {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for IfExpr {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::IF_EXPR
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl IfExpr {
    pub fn if_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::IF_KW)
    }

    pub fn subject(&self) -> Option<Expr> {
        support::child(&self.syntax)
    }

    pub fn branch_list(&self) -> Option<BranchList> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WhileExpr {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for WhileExpr {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::WHILE_EXPR
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl WhileExpr {
    pub fn while_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::WHILE_KW)
    }

    pub fn do_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::DO_KW)
    }

    pub fn condition(&self) -> Option<Expr> {
        support::child(&self.syntax)
    }

    pub fn block(&self) -> Option<Block> {
        support::child(&self.syntax)
    }

    pub fn else_clause(&self) -> Option<ElseClause> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WithExpr {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for WithExpr {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::WITH_EXPR
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl WithExpr {
    pub fn with_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::WITH_KW)
    }

    pub fn context(&self) -> Option<Expr> {
        support::child(&self.syntax)
    }

    pub fn as_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::AS_KW)
    }

    pub fn local_var(&self) -> Option<LocalVar> {
        support::child(&self.syntax)
    }

    pub fn block(&self) -> Option<Block> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct YieldExpr {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for YieldExpr {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::YIELD_EXPR
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl YieldExpr {
    pub fn yield_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::YIELD_KW)
    }

    pub fn borrow_mark(&self) -> Option<BorrowMark> {
        support::child(&self.syntax)
    }

    pub fn expr(&self) -> Option<Expr> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BlockExpr {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for BlockExpr {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::BLOCK_EXPR
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl BlockExpr {
    pub fn block(&self) -> Option<Block> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BinExpr {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for BinExpr {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::BIN_EXPR
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CallExpr {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for CallExpr {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::CALL_EXPR
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ast::HasArgList for CallExpr {}

impl CallExpr {
    pub fn generic_arg_list(&self) -> Option<GenericArgList> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FieldExpr {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for FieldExpr {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::FIELD_EXPR
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl FieldExpr {
    pub fn dot_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::DOT)
    }

    pub fn name_ref(&self) -> Option<NameRef> {
        support::child(&self.syntax)
    }

    pub fn int_number_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::INT_NUMBER)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TryExpr {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for TryExpr {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::TRY_EXPR
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl TryExpr {
    pub fn expr(&self) -> Option<Expr> {
        support::child(&self.syntax)
    }

    pub fn question_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::QUESTION)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IndexExpr {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for IndexExpr {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::INDEX_EXPR
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl IndexExpr {
    pub fn l_brack_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::L_BRACK)
    }

    pub fn r_brack_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::R_BRACK)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PlaceholderExpr {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for PlaceholderExpr {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::PLACEHOLDER_EXPR
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl PlaceholderExpr {
    pub fn underscore_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::UNDERSCORE)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EllipsisExpr {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for EllipsisExpr {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::ELLIPSIS_EXPR
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl EllipsisExpr {
    pub fn dot3_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::DOT3)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BorrowExpr {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for BorrowExpr {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::BORROW_EXPR
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl BorrowExpr {
    pub fn borrow_mark(&self) -> Option<BorrowMark> {
        support::child(&self.syntax)
    }

    pub fn expr(&self) -> Option<Expr> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Interpolation {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for Interpolation {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::INTERPOLATION
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl Interpolation {
    pub fn expr(&self) -> Option<Expr> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FieldInitList {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for FieldInitList {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::FIELD_INIT_LIST
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl FieldInitList {
    pub fn l_brace_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::L_BRACE)
    }

    pub fn field_inits(&self) -> AstChildren<FieldInit> {
        support::children(&self.syntax)
    }

    pub fn comma_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::COMMA)
    }

    pub fn r_brace_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::R_BRACE)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FieldInit {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for FieldInit {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::FIELD_INIT
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl FieldInit {
    pub fn name_ref(&self) -> Option<NameRef> {
        support::child(&self.syntax)
    }

    pub fn else_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::ELSE_KW)
    }

    pub fn sup_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::SUP_KW)
    }

    pub fn eq_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::EQ)
    }

    pub fn colon_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::COLON)
    }

    pub fn expr(&self) -> Option<Expr> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CaptureList {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for CaptureList {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::CAPTURE_LIST
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl CaptureList {
    pub fn l_brack_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::L_BRACK)
    }

    pub fn captures(&self) -> AstChildren<Capture> {
        support::children(&self.syntax)
    }

    pub fn comma_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::COMMA)
    }

    pub fn r_brack_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::R_BRACK)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LambdaParamList {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for LambdaParamList {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::LAMBDA_PARAM_LIST
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl LambdaParamList {
    pub fn l_paren_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::L_PAREN)
    }

    pub fn lambda_params(&self) -> AstChildren<LambdaParam> {
        support::children(&self.syntax)
    }

    pub fn comma_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::COMMA)
    }

    pub fn r_paren_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::R_PAREN)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Capture {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for Capture {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::CAPTURE
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ast::HasName for Capture {}

impl Capture {
    pub fn eq_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::EQ)
    }

    pub fn borrow_mark(&self) -> Option<BorrowMark> {
        support::child(&self.syntax)
    }

    pub fn name_ref(&self) -> Option<NameRef> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LambdaParam {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for LambdaParam {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::LAMBDA_PARAM
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ast::HasName for LambdaParam {}

impl LambdaParam {
    pub fn mut_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::MUT_KW)
    }

    pub fn colon_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::COLON)
    }

    pub fn borrow_mark(&self) -> Option<BorrowMark> {
        support::child(&self.syntax)
    }

    pub fn ty(&self) -> Option<Type> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BranchList {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for BranchList {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::BRANCH_LIST
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl BranchList {
    pub fn l_brace_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::L_BRACE)
    }

    pub fn branches(&self) -> AstChildren<Branch> {
        support::children(&self.syntax)
    }

    pub fn else_clause(&self) -> Option<ElseClause> {
        support::child(&self.syntax)
    }

    pub fn r_brace_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::R_BRACE)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Branch {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for Branch {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::BRANCH
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl Branch {
    pub fn pats(&self) -> AstChildren<Pat> {
        support::children(&self.syntax)
    }

    pub fn pipe_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::PIPE)
    }

    pub fn guard(&self) -> Option<Guard> {
        support::child(&self.syntax)
    }

    pub fn block(&self) -> Option<Block> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Guard {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for Guard {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::GUARD
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl Guard {
    pub fn amp2_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::AMP2)
    }

    pub fn expr(&self) -> Option<Expr> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Arg {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for Arg {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::ARG
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl Arg {
    pub fn name_ref(&self) -> Option<NameRef> {
        support::child(&self.syntax)
    }

    pub fn eq_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::EQ)
    }

    pub fn borrow_mark(&self) -> Option<BorrowMark> {
        support::child(&self.syntax)
    }

    pub fn dot3_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::DOT3)
    }

    pub fn expr(&self) -> Option<Expr> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MemberPat {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for MemberPat {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::MEMBER_PAT
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl MemberPat {
    pub fn member_steps(&self) -> AstChildren<MemberStep> {
        support::children(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ObjectPat {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for ObjectPat {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::OBJECT_PAT
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ObjectPat {
    pub fn ty(&self) -> Option<Type> {
        support::child(&self.syntax)
    }

    pub fn field_pat_list(&self) -> Option<FieldPatList> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TuplePat {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for TuplePat {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::TUPLE_PAT
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl TuplePat {
    pub fn l_paren_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::L_PAREN)
    }

    pub fn pats(&self) -> AstChildren<Pat> {
        support::children(&self.syntax)
    }

    pub fn comma_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::COMMA)
    }

    pub fn r_paren_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::R_PAREN)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ArrayPat {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for ArrayPat {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::ARRAY_PAT
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ArrayPat {
    pub fn l_brack_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::L_BRACK)
    }

    pub fn pats(&self) -> AstChildren<Pat> {
        support::children(&self.syntax)
    }

    pub fn comma_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::COMMA)
    }

    pub fn r_brack_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::R_BRACK)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LiteralPat {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for LiteralPat {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::LITERAL_PAT
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl LiteralPat {
    pub fn expr(&self) -> Option<Expr> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ValuePat {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for ValuePat {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::VALUE_PAT
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ValuePat {
    pub fn expr(&self) -> Option<Expr> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BindPat {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for BindPat {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::BIND_PAT
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ast::HasName for BindPat {}

impl BindPat {
    pub fn mut_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::MUT_KW)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SkipPat {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for SkipPat {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::SKIP_PAT
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl SkipPat {
    pub fn underscore_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::UNDERSCORE)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RestPat {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for RestPat {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::REST_PAT
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ast::HasName for RestPat {}

impl RestPat {
    pub fn dot3_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::DOT3)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MemberStep {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for MemberStep {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::MEMBER_STEP
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl ast::HasArgList for MemberStep {}

impl MemberStep {
    pub fn dot_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::DOT)
    }

    pub fn name_ref(&self) -> Option<NameRef> {
        support::child(&self.syntax)
    }

    pub fn generic_arg_list(&self) -> Option<GenericArgList> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FieldPatList {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for FieldPatList {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::FIELD_PAT_LIST
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl FieldPatList {
    pub fn l_brace_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::L_BRACE)
    }

    pub fn field_pats(&self) -> AstChildren<FieldPat> {
        support::children(&self.syntax)
    }

    pub fn comma_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::COMMA)
    }

    pub fn rest_pat(&self) -> Option<RestPat> {
        support::child(&self.syntax)
    }

    pub fn r_brace_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::R_BRACE)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FieldPat {
    pub(crate) syntax: SyntaxNode,
}

impl AstNode for FieldPat {
    fn can_cast(kind: SyntaxKind) -> bool {
        kind == SyntaxKind::FIELD_PAT
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        if Self::can_cast(syntax.kind()) { Some(Self { syntax }) } else { None }
    }
    fn syntax(&self) -> &SyntaxNode {
        &self.syntax
    }
}

impl FieldPat {
    pub fn name_ref(&self) -> Option<NameRef> {
        support::child(&self.syntax)
    }

    pub fn eq_token(&self) -> Option<SyntaxToken> {
        support::token(&self.syntax, SyntaxKind::EQ)
    }

    pub fn pat(&self) -> Option<Pat> {
        support::child(&self.syntax)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Item {
    Use(Use),
    Class(Class),
    Enum(Enum),
    Sup(Sup),
    Function(Function),
    LetStmt(LetStmt),
}

impl AstNode for Item {
    fn can_cast(kind: SyntaxKind) -> bool {
        matches!(
            kind,
            SyntaxKind::USE
                | SyntaxKind::CLASS
                | SyntaxKind::ENUM
                | SyntaxKind::SUP
                | SyntaxKind::FUNCTION
                | SyntaxKind::LET_STMT
        )
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        Some(match syntax.kind() {
            SyntaxKind::USE => Item::Use(Use { syntax }),
            SyntaxKind::CLASS => Item::Class(Class { syntax }),
            SyntaxKind::ENUM => Item::Enum(Enum { syntax }),
            SyntaxKind::SUP => Item::Sup(Sup { syntax }),
            SyntaxKind::FUNCTION => Item::Function(Function { syntax }),
            SyntaxKind::LET_STMT => Item::LetStmt(LetStmt { syntax }),
            _ => return None,
        })
    }
    fn syntax(&self) -> &SyntaxNode {
        match self {
            Item::Use(it) => &it.syntax,
            Item::Class(it) => &it.syntax,
            Item::Enum(it) => &it.syntax,
            Item::Sup(it) => &it.syntax,
            Item::Function(it) => &it.syntax,
            Item::LetStmt(it) => &it.syntax,
        }
    }
}

impl From<Use> for Item {
    fn from(node: Use) -> Self {
        Item::Use(node)
    }
}

impl From<Class> for Item {
    fn from(node: Class) -> Self {
        Item::Class(node)
    }
}

impl From<Enum> for Item {
    fn from(node: Enum) -> Self {
        Item::Enum(node)
    }
}

impl From<Sup> for Item {
    fn from(node: Sup) -> Self {
        Item::Sup(node)
    }
}

impl From<Function> for Item {
    fn from(node: Function) -> Self {
        Item::Function(node)
    }
}

impl From<LetStmt> for Item {
    fn from(node: LetStmt) -> Self {
        Item::LetStmt(node)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Type {
    PathType(PathType),
    TupleType(TupleType),
    ParenType(ParenType),
    RefType(RefType),
}

impl AstNode for Type {
    fn can_cast(kind: SyntaxKind) -> bool {
        matches!(
            kind,
            SyntaxKind::PATH_TYPE | SyntaxKind::TUPLE_TYPE | SyntaxKind::PAREN_TYPE | SyntaxKind::REF_TYPE
        )
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        Some(match syntax.kind() {
            SyntaxKind::PATH_TYPE => Type::PathType(PathType { syntax }),
            SyntaxKind::TUPLE_TYPE => Type::TupleType(TupleType { syntax }),
            SyntaxKind::PAREN_TYPE => Type::ParenType(ParenType { syntax }),
            SyntaxKind::REF_TYPE => Type::RefType(RefType { syntax }),
            _ => return None,
        })
    }
    fn syntax(&self) -> &SyntaxNode {
        match self {
            Type::PathType(it) => &it.syntax,
            Type::TupleType(it) => &it.syntax,
            Type::ParenType(it) => &it.syntax,
            Type::RefType(it) => &it.syntax,
        }
    }
}

impl From<PathType> for Type {
    fn from(node: PathType) -> Self {
        Type::PathType(node)
    }
}

impl From<TupleType> for Type {
    fn from(node: TupleType) -> Self {
        Type::TupleType(node)
    }
}

impl From<ParenType> for Type {
    fn from(node: ParenType) -> Self {
        Type::ParenType(node)
    }
}

impl From<RefType> for Type {
    fn from(node: RefType) -> Self {
        Type::RefType(node)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Member {
    Attribute(Attribute),
    Use(Use),
    Function(Function),
    ElidedMembers(ElidedMembers),
}

impl AstNode for Member {
    fn can_cast(kind: SyntaxKind) -> bool {
        matches!(
            kind,
            SyntaxKind::ATTRIBUTE | SyntaxKind::USE | SyntaxKind::FUNCTION | SyntaxKind::ELIDED_MEMBERS
        )
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        Some(match syntax.kind() {
            SyntaxKind::ATTRIBUTE => Member::Attribute(Attribute { syntax }),
            SyntaxKind::USE => Member::Use(Use { syntax }),
            SyntaxKind::FUNCTION => Member::Function(Function { syntax }),
            SyntaxKind::ELIDED_MEMBERS => Member::ElidedMembers(ElidedMembers { syntax }),
            _ => return None,
        })
    }
    fn syntax(&self) -> &SyntaxNode {
        match self {
            Member::Attribute(it) => &it.syntax,
            Member::Use(it) => &it.syntax,
            Member::Function(it) => &it.syntax,
            Member::ElidedMembers(it) => &it.syntax,
        }
    }
}

impl From<Attribute> for Member {
    fn from(node: Attribute) -> Self {
        Member::Attribute(node)
    }
}

impl From<Use> for Member {
    fn from(node: Use) -> Self {
        Member::Use(node)
    }
}

impl From<Function> for Member {
    fn from(node: Function) -> Self {
        Member::Function(node)
    }
}

impl From<ElidedMembers> for Member {
    fn from(node: ElidedMembers) -> Self {
        Member::ElidedMembers(node)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Expr {
    Literal(Literal),
    StringExpr(StringExpr),
    ArrayExpr(ArrayExpr),
    TupleExpr(TupleExpr),
    ParenExpr(ParenExpr),
    NameExpr(NameExpr),
    TypeExpr(TypeExpr),
    InitExpr(InitExpr),
    LambdaExpr(LambdaExpr),
    IfExpr(IfExpr),
    WhileExpr(WhileExpr),
    WithExpr(WithExpr),
    YieldExpr(YieldExpr),
    BlockExpr(BlockExpr),
    BinExpr(BinExpr),
    CallExpr(CallExpr),
    FieldExpr(FieldExpr),
    TryExpr(TryExpr),
    IndexExpr(IndexExpr),
    PlaceholderExpr(PlaceholderExpr),
    EllipsisExpr(EllipsisExpr),
    BorrowExpr(BorrowExpr),
}

impl AstNode for Expr {
    fn can_cast(kind: SyntaxKind) -> bool {
        matches!(
            kind,
            SyntaxKind::LITERAL
                | SyntaxKind::STRING_EXPR
                | SyntaxKind::ARRAY_EXPR
                | SyntaxKind::TUPLE_EXPR
                | SyntaxKind::PAREN_EXPR
                | SyntaxKind::NAME_EXPR
                | SyntaxKind::TYPE_EXPR
                | SyntaxKind::INIT_EXPR
                | SyntaxKind::LAMBDA_EXPR
                | SyntaxKind::IF_EXPR
                | SyntaxKind::WHILE_EXPR
                | SyntaxKind::WITH_EXPR
                | SyntaxKind::YIELD_EXPR
                | SyntaxKind::BLOCK_EXPR
                | SyntaxKind::BIN_EXPR
                | SyntaxKind::CALL_EXPR
                | SyntaxKind::FIELD_EXPR
                | SyntaxKind::TRY_EXPR
                | SyntaxKind::INDEX_EXPR
                | SyntaxKind::PLACEHOLDER_EXPR
                | SyntaxKind::ELLIPSIS_EXPR
                | SyntaxKind::BORROW_EXPR
        )
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        Some(match syntax.kind() {
            SyntaxKind::LITERAL => Expr::Literal(Literal { syntax }),
            SyntaxKind::STRING_EXPR => Expr::StringExpr(StringExpr { syntax }),
            SyntaxKind::ARRAY_EXPR => Expr::ArrayExpr(ArrayExpr { syntax }),
            SyntaxKind::TUPLE_EXPR => Expr::TupleExpr(TupleExpr { syntax }),
            SyntaxKind::PAREN_EXPR => Expr::ParenExpr(ParenExpr { syntax }),
            SyntaxKind::NAME_EXPR => Expr::NameExpr(NameExpr { syntax }),
            SyntaxKind::TYPE_EXPR => Expr::TypeExpr(TypeExpr { syntax }),
            SyntaxKind::INIT_EXPR => Expr::InitExpr(InitExpr { syntax }),
            SyntaxKind::LAMBDA_EXPR => Expr::LambdaExpr(LambdaExpr { syntax }),
            SyntaxKind::IF_EXPR => Expr::IfExpr(IfExpr { syntax }),
            SyntaxKind::WHILE_EXPR => Expr::WhileExpr(WhileExpr { syntax }),
            SyntaxKind::WITH_EXPR => Expr::WithExpr(WithExpr { syntax }),
            SyntaxKind::YIELD_EXPR => Expr::YieldExpr(YieldExpr { syntax }),
            SyntaxKind::BLOCK_EXPR => Expr::BlockExpr(BlockExpr { syntax }),
            SyntaxKind::BIN_EXPR => Expr::BinExpr(BinExpr { syntax }),
            SyntaxKind::CALL_EXPR => Expr::CallExpr(CallExpr { syntax }),
            SyntaxKind::FIELD_EXPR => Expr::FieldExpr(FieldExpr { syntax }),
            SyntaxKind::TRY_EXPR => Expr::TryExpr(TryExpr { syntax }),
            SyntaxKind::INDEX_EXPR => Expr::IndexExpr(IndexExpr { syntax }),
            SyntaxKind::PLACEHOLDER_EXPR => Expr::PlaceholderExpr(PlaceholderExpr { syntax }),
            SyntaxKind::ELLIPSIS_EXPR => Expr::EllipsisExpr(EllipsisExpr { syntax }),
            SyntaxKind::BORROW_EXPR => Expr::BorrowExpr(BorrowExpr { syntax }),
            _ => return None,
        })
    }
    fn syntax(&self) -> &SyntaxNode {
        match self {
            Expr::Literal(it) => &it.syntax,
            Expr::StringExpr(it) => &it.syntax,
            Expr::ArrayExpr(it) => &it.syntax,
            Expr::TupleExpr(it) => &it.syntax,
            Expr::ParenExpr(it) => &it.syntax,
            Expr::NameExpr(it) => &it.syntax,
            Expr::TypeExpr(it) => &it.syntax,
            Expr::InitExpr(it) => &it.syntax,
            Expr::LambdaExpr(it) => &it.syntax,
            Expr::IfExpr(it) => &it.syntax,
            Expr::WhileExpr(it) => &it.syntax,
            Expr::WithExpr(it) => &it.syntax,
            Expr::YieldExpr(it) => &it.syntax,
            Expr::BlockExpr(it) => &it.syntax,
            Expr::BinExpr(it) => &it.syntax,
            Expr::CallExpr(it) => &it.syntax,
            Expr::FieldExpr(it) => &it.syntax,
            Expr::TryExpr(it) => &it.syntax,
            Expr::IndexExpr(it) => &it.syntax,
            Expr::PlaceholderExpr(it) => &it.syntax,
            Expr::EllipsisExpr(it) => &it.syntax,
            Expr::BorrowExpr(it) => &it.syntax,
        }
    }
}

impl From<Literal> for Expr {
    fn from(node: Literal) -> Self {
        Expr::Literal(node)
    }
}

impl From<StringExpr> for Expr {
    fn from(node: StringExpr) -> Self {
        Expr::StringExpr(node)
    }
}

impl From<ArrayExpr> for Expr {
    fn from(node: ArrayExpr) -> Self {
        Expr::ArrayExpr(node)
    }
}

impl From<TupleExpr> for Expr {
    fn from(node: TupleExpr) -> Self {
        Expr::TupleExpr(node)
    }
}

impl From<ParenExpr> for Expr {
    fn from(node: ParenExpr) -> Self {
        Expr::ParenExpr(node)
    }
}

impl From<NameExpr> for Expr {
    fn from(node: NameExpr) -> Self {
        Expr::NameExpr(node)
    }
}

impl From<TypeExpr> for Expr {
    fn from(node: TypeExpr) -> Self {
        Expr::TypeExpr(node)
    }
}

impl From<InitExpr> for Expr {
    fn from(node: InitExpr) -> Self {
        Expr::InitExpr(node)
    }
}

impl From<LambdaExpr> for Expr {
    fn from(node: LambdaExpr) -> Self {
        Expr::LambdaExpr(node)
    }
}

impl From<IfExpr> for Expr {
    fn from(node: IfExpr) -> Self {
        Expr::IfExpr(node)
    }
}

impl From<WhileExpr> for Expr {
    fn from(node: WhileExpr) -> Self {
        Expr::WhileExpr(node)
    }
}

impl From<WithExpr> for Expr {
    fn from(node: WithExpr) -> Self {
        Expr::WithExpr(node)
    }
}

impl From<YieldExpr> for Expr {
    fn from(node: YieldExpr) -> Self {
        Expr::YieldExpr(node)
    }
}

impl From<BlockExpr> for Expr {
    fn from(node: BlockExpr) -> Self {
        Expr::BlockExpr(node)
    }
}

impl From<BinExpr> for Expr {
    fn from(node: BinExpr) -> Self {
        Expr::BinExpr(node)
    }
}

impl From<CallExpr> for Expr {
    fn from(node: CallExpr) -> Self {
        Expr::CallExpr(node)
    }
}

impl From<FieldExpr> for Expr {
    fn from(node: FieldExpr) -> Self {
        Expr::FieldExpr(node)
    }
}

impl From<TryExpr> for Expr {
    fn from(node: TryExpr) -> Self {
        Expr::TryExpr(node)
    }
}

impl From<IndexExpr> for Expr {
    fn from(node: IndexExpr) -> Self {
        Expr::IndexExpr(node)
    }
}

impl From<PlaceholderExpr> for Expr {
    fn from(node: PlaceholderExpr) -> Self {
        Expr::PlaceholderExpr(node)
    }
}

impl From<EllipsisExpr> for Expr {
    fn from(node: EllipsisExpr) -> Self {
        Expr::EllipsisExpr(node)
    }
}

impl From<BorrowExpr> for Expr {
    fn from(node: BorrowExpr) -> Self {
        Expr::BorrowExpr(node)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Stmt {
    LetStmt(LetStmt),
    ReturnStmt(ReturnStmt),
    AssignStmt(AssignStmt),
    ExprStmt(ExprStmt),
    Use(Use),
    Function(Function),
}

impl AstNode for Stmt {
    fn can_cast(kind: SyntaxKind) -> bool {
        matches!(
            kind,
            SyntaxKind::LET_STMT
                | SyntaxKind::RETURN_STMT
                | SyntaxKind::ASSIGN_STMT
                | SyntaxKind::EXPR_STMT
                | SyntaxKind::USE
                | SyntaxKind::FUNCTION
        )
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        Some(match syntax.kind() {
            SyntaxKind::LET_STMT => Stmt::LetStmt(LetStmt { syntax }),
            SyntaxKind::RETURN_STMT => Stmt::ReturnStmt(ReturnStmt { syntax }),
            SyntaxKind::ASSIGN_STMT => Stmt::AssignStmt(AssignStmt { syntax }),
            SyntaxKind::EXPR_STMT => Stmt::ExprStmt(ExprStmt { syntax }),
            SyntaxKind::USE => Stmt::Use(Use { syntax }),
            SyntaxKind::FUNCTION => Stmt::Function(Function { syntax }),
            _ => return None,
        })
    }
    fn syntax(&self) -> &SyntaxNode {
        match self {
            Stmt::LetStmt(it) => &it.syntax,
            Stmt::ReturnStmt(it) => &it.syntax,
            Stmt::AssignStmt(it) => &it.syntax,
            Stmt::ExprStmt(it) => &it.syntax,
            Stmt::Use(it) => &it.syntax,
            Stmt::Function(it) => &it.syntax,
        }
    }
}

impl From<LetStmt> for Stmt {
    fn from(node: LetStmt) -> Self {
        Stmt::LetStmt(node)
    }
}

impl From<ReturnStmt> for Stmt {
    fn from(node: ReturnStmt) -> Self {
        Stmt::ReturnStmt(node)
    }
}

impl From<AssignStmt> for Stmt {
    fn from(node: AssignStmt) -> Self {
        Stmt::AssignStmt(node)
    }
}

impl From<ExprStmt> for Stmt {
    fn from(node: ExprStmt) -> Self {
        Stmt::ExprStmt(node)
    }
}

impl From<Use> for Stmt {
    fn from(node: Use) -> Self {
        Stmt::Use(node)
    }
}

impl From<Function> for Stmt {
    fn from(node: Function) -> Self {
        Stmt::Function(node)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Pat {
    MemberPat(MemberPat),
    ObjectPat(ObjectPat),
    TuplePat(TuplePat),
    ArrayPat(ArrayPat),
    LiteralPat(LiteralPat),
    ValuePat(ValuePat),
    BindPat(BindPat),
    SkipPat(SkipPat),
    RestPat(RestPat),
}

impl AstNode for Pat {
    fn can_cast(kind: SyntaxKind) -> bool {
        matches!(
            kind,
            SyntaxKind::MEMBER_PAT
                | SyntaxKind::OBJECT_PAT
                | SyntaxKind::TUPLE_PAT
                | SyntaxKind::ARRAY_PAT
                | SyntaxKind::LITERAL_PAT
                | SyntaxKind::VALUE_PAT
                | SyntaxKind::BIND_PAT
                | SyntaxKind::SKIP_PAT
                | SyntaxKind::REST_PAT
        )
    }
    fn cast(syntax: SyntaxNode) -> Option<Self> {
        Some(match syntax.kind() {
            SyntaxKind::MEMBER_PAT => Pat::MemberPat(MemberPat { syntax }),
            SyntaxKind::OBJECT_PAT => Pat::ObjectPat(ObjectPat { syntax }),
            SyntaxKind::TUPLE_PAT => Pat::TuplePat(TuplePat { syntax }),
            SyntaxKind::ARRAY_PAT => Pat::ArrayPat(ArrayPat { syntax }),
            SyntaxKind::LITERAL_PAT => Pat::LiteralPat(LiteralPat { syntax }),
            SyntaxKind::VALUE_PAT => Pat::ValuePat(ValuePat { syntax }),
            SyntaxKind::BIND_PAT => Pat::BindPat(BindPat { syntax }),
            SyntaxKind::SKIP_PAT => Pat::SkipPat(SkipPat { syntax }),
            SyntaxKind::REST_PAT => Pat::RestPat(RestPat { syntax }),
            _ => return None,
        })
    }
    fn syntax(&self) -> &SyntaxNode {
        match self {
            Pat::MemberPat(it) => &it.syntax,
            Pat::ObjectPat(it) => &it.syntax,
            Pat::TuplePat(it) => &it.syntax,
            Pat::ArrayPat(it) => &it.syntax,
            Pat::LiteralPat(it) => &it.syntax,
            Pat::ValuePat(it) => &it.syntax,
            Pat::BindPat(it) => &it.syntax,
            Pat::SkipPat(it) => &it.syntax,
            Pat::RestPat(it) => &it.syntax,
        }
    }
}

impl From<MemberPat> for Pat {
    fn from(node: MemberPat) -> Self {
        Pat::MemberPat(node)
    }
}

impl From<ObjectPat> for Pat {
    fn from(node: ObjectPat) -> Self {
        Pat::ObjectPat(node)
    }
}

impl From<TuplePat> for Pat {
    fn from(node: TuplePat) -> Self {
        Pat::TuplePat(node)
    }
}

impl From<ArrayPat> for Pat {
    fn from(node: ArrayPat) -> Self {
        Pat::ArrayPat(node)
    }
}

impl From<LiteralPat> for Pat {
    fn from(node: LiteralPat) -> Self {
        Pat::LiteralPat(node)
    }
}

impl From<ValuePat> for Pat {
    fn from(node: ValuePat) -> Self {
        Pat::ValuePat(node)
    }
}

impl From<BindPat> for Pat {
    fn from(node: BindPat) -> Self {
        Pat::BindPat(node)
    }
}

impl From<SkipPat> for Pat {
    fn from(node: SkipPat) -> Self {
        Pat::SkipPat(node)
    }
}

impl From<RestPat> for Pat {
    fn from(node: RestPat) -> Self {
        Pat::RestPat(node)
    }
}

impl std::fmt::Display for Alias {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for Annotation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for AnnotationPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for Arg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for ArgList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for ArrayExpr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for ArrayPat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for AssignStmt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for Attribute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for BinExpr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for BindPat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for Block {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for BlockExpr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for BorrowExpr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for BorrowMark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for Branch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for BranchList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for CallExpr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for Capture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for CaptureList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for Class {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for Constraint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for ElidedMembers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for EllipsisExpr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for ElseClause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for Enum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for EnumMember {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for EnumMemberList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for Expr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for ExprStmt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for FieldExpr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for FieldInit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for FieldInitList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for FieldPat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for FieldPatList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for GenericArg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for GenericArgList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for GenericParam {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for GenericParamList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for IfExpr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for Import {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for ImportGroup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for ImportTree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for IndexExpr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for InitExpr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for Interpolation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for LambdaExpr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for LambdaParam {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for LambdaParamList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for LetStmt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for Literal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for LiteralPat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for LocalVar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for MemberList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for MemberPat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for MemberStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for ModDecl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for ModulePath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for NameExpr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for NameRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for ObjectPat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for Param {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for ParamList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for ParenExpr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for ParenType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for Pat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for PathType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for PlaceholderExpr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for RefType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for Rename {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for RestPat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for RetType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for ReturnStmt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for SelfParam {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for SkipPat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for SourceFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for Stmt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for StringExpr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for Sup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for TryExpr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for TupleExpr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for TuplePat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for TupleType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for TypeExpr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for TypeSegment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for Use {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for ValuePat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for WhereClause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for WhereItem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for WhileExpr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for WithExpr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

impl std::fmt::Display for YieldExpr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.syntax(), f)
    }
}

" Syntax of S++, both editions. The first token that only one edition has decides, as in the server.
if exists('b:current_syntax')
  finish
endif

function! s:Edition() abort
  for l:line in getline(1, 200)
    let l:code = substitute(l:line, '#.*$\|"[^"]*"', '', 'g')
    if l:code =~# '\v<(mod|fn|gn|enum)>|\@[a-z]'
      return 2023
    elseif l:code =~# '\v<(fun|cor|cmp)>|::|![a-z]'
      return 2026
    endif
  endfor
  return 2023
endfunction
let b:spp_edition = s:Edition()

syn match sppFunctionCall "\<\l\w*\ze\s*("
syn match sppFunctionCall "\<\l\w*\ze\[[^]]*\]("
syn match sppType "\<\u\w*\>"
syn keyword sppAllocator Alloc GlobalAlloc AllocErr
syn keyword sppBoolean true false
syn keyword sppSelf self Self
syn match sppOperator "->\|<=>\|[=!<>]=\|&&\|||\|[-+*/%&|^<>=]"
syn match sppTry "?"
syn keyword sppTodo TODO FIXME contained

if b:spp_edition == 2023
  syn keyword sppStructure cls enum sup
  syn match sppFnKeyword "\<\%(fn\|gn\)\>" nextgroup=sppFunction skipwhite
  syn keyword sppInclude mod use as
  syn keyword sppDeclare let
  syn keyword sppModifier mut
  syn keyword sppConditional if else
  syn keyword sppRepeat while do
  syn keyword sppStatement ret return yield with for where
  syn match sppEllipsis "\.\.\."
  syn match sppAnnotation "@\l\w*\%(\.\l\w*\)*"
  syn match sppNumber "\<\d[0-9_]*\%(\.\d[0-9_]*\)\=\%([eE][-+]\=\d\+\)\=[iI]\=\>"
  syn match sppNumber "\<0b[01_]\+\>\|\<0x[0-9a-fA-F_]\+\>"
  syn match sppEscape +\\[\\"nrt0$]\|\\x\x\x\|\\u{\x\+}+ contained
  syn region sppInterpolation matchgroup=sppDelimiter start="\${" end="}" contained contains=TOP oneline
  syn region sppString start=+"+ end=+"+ contains=sppEscape,sppInterpolation
  syn region sppRegex start=+\<r"+ skip=+\\"+ end=+"+ oneline
  syn region sppComment start="/\*" end="\*/" contains=sppTodo,@Spell
  syn match sppComment "#.*$" contains=sppTodo,@Spell
else
  syn keyword sppStructure cls sup ext type
  syn match sppFnKeyword "\<\%(fun\|cor\)\>" nextgroup=sppFunction skipwhite
  syn keyword sppInclude use as
  syn keyword sppDeclare let
  syn keyword sppModifier mut cmp
  syn keyword sppConditional case of else
  syn keyword sppRepeat loop in
  syn keyword sppStatement ret gen with exit skip async caps to
  syn keyword sppWordOperator is or and
  syn match sppWordOperator "\.\zs\%(not\|res\)\>"
  syn match sppEllipsis "\.\."
  syn match sppAnnotation "!\l\w*\%(::\l\w*\)*"
  syn match sppNumber "\<\d\+\%(\.\d\+\)\=\%(_[suf]\%(8\|16\|32\|64\|128\|256\|z\)\)\=\>"
  syn match sppNumber "\<0[box]\x\+\%(_[su]\%(8\|16\|32\|64\|128\|256\|z\)\)\=\>"
  syn match sppEscape +\\[nrt\\0]+ contained
  syn region sppString start=+\<b\="+ end=+"+ contains=sppEscape
  syn match sppCharacter "\<b\='\%(\\.\|[^']\)'"
  syn match sppComment "#.*$" contains=sppTodo,@Spell
  syn region sppComment start="##" end="##" contains=sppTodo,@Spell
endif
syn match sppFunction "\l\w*" contained
" After `.` a reserved word is an ordinary name.
syn match sppMember "\.\%(yield\|return\|ret\|do\|with\|for\|use\|if\|while\)\>"

hi def link sppStructure Structure
hi def link sppFnKeyword Keyword
hi def link sppFunction Function
hi def link sppFunctionCall Function
hi def link sppType Type
hi def link sppAllocator Special
hi def link sppInclude Include
hi def link sppDeclare Keyword
hi def link sppModifier StorageClass
hi def link sppConditional Conditional
hi def link sppRepeat Repeat
hi def link sppStatement Statement
hi def link sppWordOperator Operator
hi def link sppBoolean Boolean
hi def link sppSelf Identifier
hi def link sppMember Identifier
hi def link sppOperator Operator
hi def link sppEllipsis Operator
hi def link sppTry Exception
hi def link sppAnnotation PreProc
hi def link sppNumber Number
hi def link sppString String
hi def link sppRegex String
hi def link sppCharacter Character
hi def link sppEscape SpecialChar
hi def link sppDelimiter Delimiter
hi def link sppComment Comment
hi def link sppTodo Todo

syn sync minlines=300

let b:current_syntax = 'spp'

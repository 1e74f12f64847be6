-- The checks of the Neovim test, one sentence each; all are run, the exit code says whether all passed.
local server, root = vim.env.SPP_ANALYZER, vim.env.SPP_ROOT
vim.opt.runtimepath:prepend(root .. '/nvim')
vim.cmd('filetype plugin indent on | syntax on')
vim.o.columns, vim.o.lines = 140, 50
vim.g.spp = { cmd = { server, 'lsp' } }
vim.cmd.runtime('ftdetect/spp.lua')
vim.cmd.runtime('plugin/spp.lua')

local failures = 0
local PATIENCE = 15000

local function say(text)
  io.stdout:write(text .. '\n')
end

local function check(sentence, work)
  local start = vim.uv.hrtime()
  local ok, message = xpcall(work, debug.traceback)
  local seconds = (vim.uv.hrtime() - start) / 1e9
  if ok then
    say(('ok    %s (%.2f s)'):format(sentence, seconds))
  else
    failures = failures + 1
    say(('FAILED %s\n%s'):format(sentence, message))
  end
end

--- Waits until `get` answers something, and returns it.
local function await(what, get)
  local found
  local ok = vim.wait(PATIENCE, function()
    found = get()
    return found and true or false
  end, 20)
  assert(ok, 'waited in vain for ' .. what)
  return found
end

local function text(buf)
  return table.concat(vim.api.nvim_buf_get_lines(buf or 0, 0, -1, false), '\n')
end

--- Puts the cursor `right` characters into the first occurrence of a text.
local function go(needle, right)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local column = line:find(needle, 1, true)
    if column then
      vim.api.nvim_win_set_cursor(0, { number, column - 1 + (right or 0) })
      vim.api.nvim_exec_autocmds('CursorMoved', { buffer = 0 })
      return number
    end
  end
  error('no ' .. needle)
end

local function float_text()
  for _, win in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(win).relative ~= '' then
      return text(vim.api.nvim_win_get_buf(win))
    end
  end
end

local function close_floats()
  for _, win in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(win).relative ~= '' then
      vim.api.nvim_win_close(win, true)
    end
  end
end

local function client()
  return vim.lsp.get_clients({ name = 'spp_analyzer', bufnr = 0 })[1]
end

local function request(method, params)
  local answer, err = client():request_sync(method, params, PATIENCE, 0)
  assert(answer, err)
  assert(not answer.err, answer.err and answer.err.message)
  return answer.result
end

local function at()
  return vim.lsp.util.make_position_params(0, client().offset_encoding)
end

check('an S++ file is recognised and the server attaches', function()
  vim.cmd('silent edit! broken.spp')
  assert(vim.bo.filetype == 'spp', 'file type is ' .. vim.bo.filetype)
  await('the server', client)
  await('its start', function()
    return client().initialized
  end)
end)

check('diagnostics carry their rule', function()
  local found = await('a diagnostic', function()
    return vim.iter(vim.diagnostic.get(0)):find(function(d)
      return d.code == 'A22'
    end)
  end)
  assert(found.lnum == go('&Arr[T]') - 1, 'line ' .. found.lnum)
end)

check('a code action mends the error', function()
  go('&Arr[T]', 2)
  local params = at()
  params.range = { start = params.position, ['end'] = params.position }
  params.context = { diagnostics = vim.tbl_map(function(d)
    return d.user_data.lsp
  end, vim.diagnostic.get(0)), triggerKind = 1 }
  local action = vim.iter(request('textDocument/codeAction', params)):find(function(a)
    return a.title:match('own')
  end)
  assert(action, 'no such action')
  vim.lsp.buf.code_action({ apply = true, filter = function(a)
    return a.title == action.title
  end })
  await('the fixed text', function()
    return text():find('fn realloc(arr: Arr[T], size', 1, true)
  end)
  await('an end of the error', function()
    return #vim.diagnostic.get(0, { severity = vim.diagnostic.severity.ERROR }) == 0
  end)
  vim.cmd('silent edit!')
end)

check('a hover names the frame slot', function()
  vim.cmd('silent edit! tour.spp')
  await('the server', client)
  go('squares = Vec', 2)
  vim.lsp.buf.hover()
  local shown = await('a hover', float_text)
  assert(shown:match('frame'), shown)
  close_floats()
end)

check('inlay hints are on and show frame sizes, heap sites and drops', function()
  assert(vim.lsp.inlay_hint.is_enabled({ bufnr = 0 }))
  local all = await('hints', function()
    local hints = vim.lsp.inlay_hint.get({ bufnr = 0 })
    if #hints == 0 then
      return nil
    end
    return table.concat(vim.tbl_map(function(hint)
      local label = hint.inlay_hint.label
      return type(label) == 'string' and label or vim.iter(label):map(function(part) return part.value end):join('')
    end, hints), '\n')
  end)
  assert(all:match('frame %d+ B'), all)
  assert(all:match('heap'), all)
  assert(all:match('drops'), all)
end)

check('code lenses evaluate and measure', function()
  local titles = await('lenses', function()
    local lenses = vim.tbl_filter(function(lens)
      return lens.command
    end, vim.lsp.codelens.get(0))
    return #lenses > 0 and table.concat(vim.tbl_map(function(lens)
      return lens.command.title
    end, lenses), '\n')
  end)
  assert(titles:match('Evaluate'), titles)
  assert(titles:match('frame %d+'), titles)
end)

check('the value under the cursor is marked', function()
  go('squares = Vec', 2)
  local namespace = vim.api.nvim_get_namespaces()['spp.lifetime']
  local marks = await('marks', function()
    local found = vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })
    return #found > 0 and found
  end)
  local kinds = {}
  for _, mark in ipairs(marks) do
    kinds[mark[4].hl_group or mark[4].line_hl_group] = true
  end
  assert(kinds.SppAlive, vim.inspect(kinds))
  assert(kinds.SppBorrowed, vim.inspect(kinds))
  assert(kinds.SppMoved or kinds.SppMaybeMoved, vim.inspect(kinds))
end)

check(':SppFrame draws the frame', function()
  vim.cmd('SppFrame')
  local buf = await('the frame', function()
    local b = vim.fn.bufnr('^spp://frame$')
    return b > 0 and #text(b) > 0 and b
  end)
  local shown = text(buf)
  assert(shown:match('load%s+frame %d+ B'), shown)
  assert(shown:match('%+%d+%s+squares'), shown)
  assert(shown:match('█'), shown)
  vim.api.nvim_buf_delete(buf, { force = true })
end)

check(':SppEvaluate opens the result and marks the allocating lines, until an edit', function()
  go('let few')
  local event
  vim.api.nvim_create_autocmd('User', { pattern = 'SppEvaluated', once = true, callback = function(e)
    event = e.data
  end })
  vim.cmd('SppEvaluate')
  await('the evaluation', function()
    return event
  end)
  assert(event.outcome == 'ok', vim.inspect(event.outcome) .. ' ' .. vim.inspect(event.message))
  assert(event.stdout:match('4 and 20'), event.stdout)
  assert(#event.trace > 0, 'the trace is empty')
  assert(event.stats.heap.allocations > 0)
  assert(float_text():match('4 and 20'), float_text())
  local namespace = vim.api.nvim_get_namespaces()['spp.evaluation']
  local marks = vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })
  assert(#marks > 0, 'no line is marked')
  assert(marks[1][4].virt_text[1][1]:match('%d+ blocks? · '), vim.inspect(marks[1][4].virt_text))
  close_floats()
  vim.api.nvim_buf_set_lines(0, 0, 0, false, { '# edited' })
  await('the marks to fade', function()
    return #vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, {}) == 0
  end)
  vim.cmd('silent edit!')
end)

check('a lens evaluates through the client', function()
  await('the server', client)
  local event
  vim.api.nvim_create_autocmd('User', { pattern = 'SppEvaluated', once = true, callback = function(e)
    event = e.data
  end })
  local lens = await('the lens of main', function()
    return vim.iter(vim.lsp.codelens.get(0)):find(function(l)
      return l.command and l.command.command == 'spp.evaluate' and l.range.start.line == go('fn main') - 1
    end)
  end)
  client():exec_cmd(lens.command, { bufnr = 0 })
  await('the evaluation', function()
    return event
  end)
  assert(event.outcome == 'ok', event.message)
  close_floats()
end)

check(':SppEvaluateFailures runs once per allocation', function()
  go('let few')
  local event
  vim.api.nvim_create_autocmd('User', { pattern = 'SppFailures', once = true, callback = function(e)
    event = e.data
  end })
  vim.cmd('SppEvaluateFailures')
  await('the report', function()
    return event
  end)
  assert(#event.runs > 0 and event.allocations >= #event.runs, vim.inspect(event))
  close_floats()
end)

check('MIR and syntax tree open beside the source', function()
  for command, name in pairs({ SppMir = 'mir', SppSyntaxTree = 'syntax-tree' }) do
    vim.cmd(command)
    local buf = await(name, function()
      local b = vim.fn.bufnr('^spp://' .. name .. '$')
      return b > 0 and #text(b) > 20 and b
    end)
    vim.api.nvim_buf_delete(buf, { force = true })
  end
end)

check('a rename changes every use', function()
  go('load(n', 1)
  vim.lsp.buf.rename('loaded')
  await('the new name', function()
    return text():find('fn loaded(n', 1, true) and text():find('let few = loaded(4)', 1, true)
  end)
  vim.cmd('silent edit!')
end)

check('formatting lays out and a second time changes nothing', function()
  await('the server', client)
  local number = go('squares = Vec')
  local line = vim.api.nvim_get_current_line()
  vim.api.nvim_set_current_line((line:gsub(' = ', '='):gsub('^ +', '      ')))
  vim.lsp.buf.format({ timeout_ms = PATIENCE })
  local formatted = vim.api.nvim_buf_get_lines(0, number - 1, number, false)[1]
  assert(formatted == line, formatted)
  local before = text()
  vim.lsp.buf.format({ timeout_ms = PATIENCE })
  assert(text() == before)
  vim.cmd('silent edit!')
end)

check('a definition is found', function()
  go('fill(&mut squares, n)?', 1)
  local found = request('textDocument/definition', at())
  found = found[1] or found
  local range = found.range or found.targetSelectionRange
  assert(range.start.line == go('fn fill') - 1, vim.inspect(found))
end)

check('a hint category can be switched on', function()
  local before = #vim.lsp.inlay_hint.get({ bufnr = 0 })
  vim.cmd('SppHints moves')
  await('more hints', function()
    return #vim.lsp.inlay_hint.get({ bufnr = 0 }) > before
  end)
end)

check('the syntax file colours both editions', function()
  local function group(line, column)
    return vim.fn.synIDattr(vim.fn.synID(line, column, 1), 'name')
  end
  vim.cmd('silent edit! tour.spp')
  local fill = go('fn fill')
  assert(group(fill, 1) == 'sppFnKeyword', group(fill, 1))
  assert(group(fill, 4) == 'sppFunction', group(fill, 4))
  assert(group(1, 1) == 'sppComment', group(1, 1))
  local names = go('"first"')
  assert(group(names, vim.fn.col('.')) == 'sppString', group(names, vim.fn.col('.')))
  local buf = vim.api.nvim_create_buf(true, true)
  vim.api.nvim_set_current_buf(buf)
  vim.api.nvim_buf_set_lines(buf, 0, -1, false, { '!public', 'fun load(n: S32) -> Bool {', '    ret n.ok().not', '}', '## one', 'two ##', 'cmp x: U8 = 1_u8' })
  vim.bo[buf].syntax = 'spp'
  assert(group(1, 1) == 'sppAnnotation', group(1, 1))
  assert(group(2, 1) == 'sppFnKeyword', group(2, 1))
  assert(group(6, 1) == 'sppComment', group(6, 1))
  assert(group(7, 1) == 'sppModifier', group(7, 1))
  assert(group(7, 13) == 'sppNumber', group(7, 13))
  vim.api.nvim_buf_delete(buf, { force = true })
end)

check('the indent is one level per open bracket', function()
  vim.cmd('silent edit! tour.spp')
  local before = text()
  vim.cmd('silent normal! gg=G')
  assert(text() == before, 'the file was indented differently')
end)

check('the health check is green', function()
  vim.cmd('checkhealth spp')
  local shown = text()
  assert(shown:match('server: '), shown)
  assert(shown:match('running: root'), shown)
  assert(not shown:match('ERROR') and not shown:match('WARNING'), shown)
  vim.cmd('bwipeout!')
end)

check('a missing server is explained', function()
  local good = vim.g.spp
  vim.g.spp = { cmd = { '/nowhere/spp-analyzer' } }
  vim.cmd('checkhealth spp')
  local shown = text()
  vim.g.spp = good
  assert(shown:match('cargo install %-%-path server'), shown)
  vim.cmd('bwipeout!')
end)

check('evaluation is refused where it is not trusted', function()
  vim.cmd('silent edit! tour.spp')
  local good = vim.g.spp
  vim.g.spp = vim.tbl_extend('force', good, { trusted = false })
  local said
  local notify = vim.notify
  vim.notify = function(message) said = message end
  vim.cmd('SppEvaluate')
  vim.notify = notify
  vim.g.spp = good
  assert(said and said:match('trusted is false'), said)
end)

check(':SppRestart starts a new server', function()
  vim.cmd('silent edit! tour.spp')
  local old = await('the server', client).id
  vim.cmd('SppRestart')
  await('a new server', function()
    local new = client()
    return new and new.id ~= old and new.initialized
  end)
end)

check('the help file has its tags', function()
  vim.cmd.helptags(root .. '/nvim/doc')
  vim.cmd.help('spp-commands')
  assert(vim.bo.filetype == 'help')
  vim.cmd.close()
  vim.fn.delete(root .. '/nvim/doc/tags')
end)

for _, c in ipairs(vim.lsp.get_clients()) do
  c:stop(true)
end
say(failures == 0 and 'all checks of the Neovim test passed' or ('%d checks of the Neovim test failed'):format(failures))
vim.cmd(failures == 0 and 'qall!' or 'cquit 1')

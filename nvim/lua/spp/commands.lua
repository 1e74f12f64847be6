--- What the :Spp commands and the code lenses do. A `call` is a user command's table, or `{ argument = … }` from a lens.
local M = {}

local spp = require('spp')
local view = require('spp.view')
local namespace = vim.api.nvim_create_namespace('spp.evaluation')

local function complain(message)
  vim.notify('spp: ' .. message, vim.log.levels.ERROR)
end

--- Sends a command of the server about the lens's function or the one under the cursor.
---@param command string
---@param call table
---@param extra table?
---@param done fun(result: table)
local function execute(command, call, extra, done)
  local buf = vim.api.nvim_get_current_buf()
  local client = spp.client(buf)
  if not client then
    return complain('no language server is attached to this buffer; see :checkhealth spp')
  end
  local argument = call.argument
  if not argument then
    local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
    argument = { uri = params.textDocument.uri, position = params.position }
  end
  argument = vim.tbl_extend('force', argument, extra or {})
  client:request('workspace/executeCommand', { command = command, arguments = { argument } }, function(err, result)
    if err then
      complain(err.message)
    elseif result == nil or result == vim.NIL then
      complain('there is no function under the cursor')
    else
      done(result)
    end
  end, buf)
end

local function allowed()
  if spp.options().trusted then
    return true
  end
  complain('evaluation runs code, and vim.g.spp.trusted is false')
  return false
end

local function buffer_of(uri)
  local buf = vim.uri_to_bufnr(uri)
  return vim.api.nvim_buf_is_loaded(buf) and buf or nil
end

--- "3 blocks · 4.0 KiB · peak 2.5 KiB"
local function summary(line)
  local parts = { ('%d block%s'):format(line.blocks, line.blocks == 1 and '' or 's'), view.bytes(line.bytes) }
  if line.peak ~= line.bytes then
    parts[#parts + 1] = 'peak ' .. view.bytes(line.peak)
  end
  if line.failed > 0 then
    parts[#parts + 1] = ('%d failed'):format(line.failed)
  end
  if line.live > 0 then
    parts[#parts + 1] = view.bytes(line.live) .. ' never given back'
  end
  return table.concat(parts, ' · ')
end

--- Facts at the ends of the allocating lines, until the buffer is edited.
local function draw_lines(lines)
  M.clear()
  local marked = {}
  for _, line in ipairs(lines) do
    local buf = buffer_of(line.uri)
    if buf and line.line < vim.api.nvim_buf_line_count(buf) then
      local group = (line.failed > 0 or line.live > 0) and 'DiagnosticVirtualTextError' or 'DiagnosticVirtualTextWarn'
      vim.api.nvim_buf_set_extmark(buf, namespace, line.line, 0, { virt_text = { { '  ' .. summary(line), group } }, virt_text_pos = 'eol', hl_mode = 'combine' })
      marked[buf] = true
    end
  end
  for buf in pairs(marked) do
    vim.api.nvim_buf_attach(buf, false, {
      on_lines = function()
        vim.schedule(function()
          if vim.api.nvim_buf_is_valid(buf) then
            vim.api.nvim_buf_clear_namespace(buf, namespace, 0, -1)
          end
        end)
        return true -- once
      end,
    })
  end
end

---@param call table `fargs`: the program's arguments
function M.evaluate(call)
  if not allowed() then
    return
  end
  execute('spp.evaluate', call, #call.fargs > 0 and { args = call.fargs } or nil, function(evaluation)
    draw_lines(evaluation.lines)
    local lines = {}
    if evaluation.stdout ~= '' then
      vim.list_extend(lines, vim.split(vim.trim(evaluation.stdout), '\n'))
      lines[#lines + 1] = ''
    end
    if evaluation.outcome ~= 'ok' then
      local message = evaluation.message ~= vim.NIL and evaluation.message or ''
      lines[#lines + 1] = ('%s: %s'):format(evaluation.outcome, message)
      lines[#lines + 1] = ''
    end
    vim.list_extend(lines, vim.split(vim.trim(evaluation.text), '\n'))
    view.float(lines, evaluation['function'])
    vim.api.nvim_exec_autocmds('User', { pattern = 'SppEvaluated', modeline = false, data = evaluation })
  end)
end

function M.evaluate_failures(call)
  if not allowed() then
    return
  end
  execute('spp.evaluateFailures', call, nil, function(report)
    local client = spp.client(0)
    local items = {}
    for _, run in ipairs(report.runs) do
      local at = run.panicAt ~= vim.NIL and run.panicAt or run.at
      if run.outcome ~= 'handled' and at and at ~= vim.NIL then
        local item = vim.lsp.util.locations_to_items({ at }, client and client.offset_encoding or 'utf-16')[1]
        if item then
          local message = run.message and run.message ~= vim.NIL and ': ' .. run.message or ''
          item.text = ('allocation %d failed → %s%s'):format(run.n, run.outcome, message)
          item.type = 'E'
          items[#items + 1] = item
        end
      end
    end
    vim.fn.setqflist({}, ' ', { title = 'Failing allocations of ' .. report['function'], items = items })
    view.float(vim.split(vim.trim(report.text), '\n'), report['function'])
    vim.api.nvim_exec_autocmds('User', { pattern = 'SppFailures', modeline = false, data = report })
  end)
end

---@param call table `fargs`: names of allocators
function M.compare_allocators(call)
  if not allowed() then
    return
  end
  execute('spp.compareAllocators', call, #call.fargs > 0 and { allocators = call.fargs } or nil, function(comparison)
    view.float(vim.split(vim.trim(comparison.text), '\n'), comparison['function'])
  end)
end

function M.show_frame(call)
  execute('spp.showFrame', call, nil, function(result)
    view.scratch('frame', view.frame(result.frame), 'sppframe')
  end)
end

local function show_text(command, name)
  return function(call)
    execute(command, call, nil, function(result)
      view.scratch(name, vim.split(result.text, '\n'), result.languageId)
    end)
  end
end

M.show_mir = show_text('spp.showMir', 'mir')
M.show_syntax_tree = show_text('spp.showSyntaxTree', 'syntax-tree')

function M.clear()
  for _, buf in ipairs(vim.api.nvim_list_bufs()) do
    vim.api.nvim_buf_clear_namespace(buf, namespace, 0, -1)
  end
end

--- Without an argument: switches all hints of the buffer. With one: that category, for all S++ buffers.
function M.toggle_hint(call)
  local category = call.fargs[1]
  if not category then
    local on = vim.lsp.inlay_hint.is_enabled({ bufnr = 0 })
    vim.lsp.inlay_hint.enable(not on, { bufnr = 0 })
    return
  end
  if not vim.tbl_contains(spp.hint_categories, category) then
    return complain(('there is no hint category `%s`; there are %s'):format(category, table.concat(spp.hint_categories, ', ')))
  end
  local client = spp.client(0)
  if not client then
    return complain('no language server is attached to this buffer; see :checkhealth spp')
  end
  local settings = vim.deepcopy(client.settings or {})
  settings.spp = settings.spp or {}
  settings.spp.inlayHints = settings.spp.inlayHints or {}
  local was = settings.spp.inlayHints[category]
  if was == nil then
    was = spp.hint_defaults[category] or false
  end
  settings.spp.inlayHints[category] = not was
  client.settings = settings
  client:notify('workspace/didChangeConfiguration', { settings = settings })
  vim.lsp.inlay_hint.enable(false, { bufnr = 0 })
  vim.lsp.inlay_hint.enable(true, { bufnr = 0 })
  vim.notify(('spp: hints of category %s are %s'):format(category, was and 'off' or 'on'))
end

function M.restart()
  -- At once: between a polite shutdown and the exit, requests that hints and lenses send would be refused one by one.
  for _, client in ipairs(vim.lsp.get_clients({ name = 'spp_analyzer' })) do
    client:stop(true)
  end
  vim.lsp.enable('spp_analyzer', false)
  vim.defer_fn(function()
    vim.lsp.enable('spp_analyzer', true)
    -- Attaches to the buffers that are open already.
    for _, buf in ipairs(vim.api.nvim_list_bufs()) do
      if vim.api.nvim_buf_is_loaded(buf) and vim.bo[buf].filetype == 'spp' then
        vim.api.nvim_exec_autocmds('FileType', { buffer = buf, group = 'nvim.lsp.enable', modeline = false })
      end
    end
  end, 300)
end

function M.log()
  vim.cmd.tabedit(vim.fn.fnameescape(vim.lsp.log.get_filename()))
end

return M

--- Options, and what happens when the server attaches to a buffer.
local M = {}

---@class spp.Options
local defaults = {
  cmd = { 'spp-analyzer', 'lsp' },
  trusted = true, -- false: nothing is evaluated
  inlay_hints = true,
  code_lens = true,
  lifetime = true, -- mark where the value under the cursor is alive, borrowed, moved, dropped
  settings = vim.empty_dict(), -- the server's settings, see docs/lsp-extensions.md
}

M.hint_categories = {
  'frameSize', 'heapSites', 'drops', 'moves', 'borrowEnds', 'collectionAllocator', 'types', 'parameterNames',
}

--- Categories that are on unless the settings say otherwise.
M.hint_defaults = { frameSize = true, heapSites = true, drops = true }

---@type table<integer, { state: string, message?: string, edition?: string, files?: integer }>
M.status = {}

--- vim.g.spp over the defaults.
---@return spp.Options
function M.options()
  return vim.tbl_deep_extend('force', defaults, vim.g.spp or {})
end

function M.on_status(status, client_id)
  M.status[client_id] = status
  vim.api.nvim_exec_autocmds('User', { pattern = 'SppStatus', modeline = false, data = status })
end

--- For a status line: "S++ 2023 ready", or nothing where no server is attached.
---@return string
function M.statusline()
  local client = M.client(0)
  if not client then
    return ''
  end
  local status = M.status[client.id] or { state = 'ready' }
  return ('S++ %s%s'):format(status.edition and status.edition .. ' ' or '', status.state)
end

---@param buf integer
---@return vim.lsp.Client?
function M.client(buf)
  return vim.lsp.get_clients({ name = 'spp_analyzer', bufnr = buf })[1]
end

---@param client vim.lsp.Client
---@param buf integer
function M.attach(client, buf)
  local options = M.options()
  local group = vim.api.nvim_create_augroup('spp_buffer_' .. buf, {})
  if options.inlay_hints and client:supports_method('textDocument/inlayHint') then
    vim.lsp.inlay_hint.enable(true, { bufnr = buf })
  end
  if options.code_lens and client:supports_method('textDocument/codeLens') then
    vim.lsp.codelens.refresh({ bufnr = buf })
    vim.api.nvim_create_autocmd({ 'BufEnter', 'TextChanged', 'InsertLeave' }, {
      group = group,
      buffer = buf,
      callback = function()
        vim.lsp.codelens.refresh({ bufnr = buf })
      end,
    })
  end
  if options.lifetime then
    require('spp.lifetime').attach(client, buf, group)
  end
  vim.api.nvim_create_autocmd('LspDetach', {
    group = group,
    buffer = buf,
    callback = function(event)
      if event.data.client_id ~= client.id then
        return
      end
      require('spp.lifetime').clear(buf)
      vim.api.nvim_clear_autocmds({ group = group })
    end,
  })
end

--- Code lenses carry commands that the client carries out, because it shows their results.
function M.register_client_commands()
  for lsp_name, action in pairs({
    ['spp.evaluate'] = 'evaluate',
    ['spp.evaluateFailures'] = 'evaluate_failures',
    ['spp.compareAllocators'] = 'compare_allocators',
    ['spp.showFrame'] = 'show_frame',
  }) do
    vim.lsp.commands[lsp_name] = function(command)
      require('spp.commands')[action]({ argument = (command.arguments or {})[1], fargs = {} })
    end
  end
  vim.lsp.commands['spp.showReferences'] = function(command, ctx)
    local locations = command.arguments[3] or {}
    local client = assert(vim.lsp.get_client_by_id(ctx.client_id))
    local items = vim.lsp.util.locations_to_items(locations, client.offset_encoding)
    vim.fn.setqflist({}, ' ', { title = 'References', items = items })
    vim.cmd('botright copen')
  end
end

return M

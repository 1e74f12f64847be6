-- Starts the server for S++ files and defines the :Spp commands. Nothing is loaded until an S++ file is opened.
if vim.g.loaded_spp then
  return
end
vim.g.loaded_spp = true

if vim.fn.has('nvim-0.11') == 0 then
  vim.notify_once('spp: Neovim 0.11 or later is needed', vim.log.levels.WARN)
  return
end

local function define(name, action, description, extra)
  vim.api.nvim_create_user_command(name, function(call)
    require('spp.commands')[action](call)
  end, vim.tbl_extend('force', { desc = description }, extra or {}))
end

define('SppEvaluate', 'evaluate', 'Evaluate the function under the cursor, with arguments', { nargs = '*' })
define('SppEvaluateFailures', 'evaluate_failures', 'Evaluate once per allocation, with that one failing')
define('SppCompareAllocators', 'compare_allocators', 'Evaluate under several allocators', { nargs = '*' })
define('SppFrame', 'show_frame', 'Draw the frame of the function under the cursor')
define('SppMir', 'show_mir', 'Show the MIR of the function under the cursor')
define('SppSyntaxTree', 'show_syntax_tree', 'Show the syntax tree of the file')
define('SppClear', 'clear', 'Remove the facts of the last evaluation')
define('SppHints', 'toggle_hint', 'Switch a category of inlay hints on or off', {
  nargs = '?',
  complete = function(lead)
    return vim.tbl_filter(function(name)
      return vim.startswith(name, lead)
    end, require('spp').hint_categories)
  end,
})
define('SppRestart', 'restart', 'Restart the language server')
define('SppLog', 'log', 'Open the language server log')

for _, name in ipairs({ 'Evaluate', 'EvaluateFailures', 'Frame', 'Clear' }) do
  vim.keymap.set('n', '<Plug>(Spp' .. name .. ')', '<Cmd>Spp' .. name .. '<CR>')
end

vim.api.nvim_create_autocmd('LspAttach', {
  group = vim.api.nvim_create_augroup('spp', {}),
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == 'spp_analyzer' then
      require('spp').attach(client, event.buf)
    end
  end,
})

require('spp').register_client_commands()
vim.lsp.enable('spp_analyzer')

-- The language server's configuration for vim.lsp.enable('spp_analyzer').
-- Change it with vim.lsp.config('spp_analyzer', { … }) or with vim.g.spp, see :help spp-options.
local options = require('spp').options()

return {
  cmd = options.cmd,
  filetypes = { 'spp' },
  root_markers = { 'spp.toml', '.git' },
  settings = { spp = options.settings },
  init_options = { trusted = options.trusted, settings = options.settings },
  handlers = {
    ['spp/status'] = function(_, status, ctx)
      require('spp').on_status(status, ctx.client_id)
    end,
  },
}

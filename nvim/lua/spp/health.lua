--- :checkhealth spp
local M = {}

function M.check()
  local health = vim.health
  health.start('spp')
  if vim.fn.has('nvim-0.11') == 1 then
    health.ok('Neovim ' .. tostring(vim.version()))
  else
    health.error('Neovim ' .. tostring(vim.version()) .. ' is too old', { 'install 0.11 or later' })
    return
  end

  local options = require('spp').options()
  local binary = options.cmd[1]
  if vim.fn.executable(binary) == 1 then
    local result = vim.system({ binary, '--version' }, { text = true }):wait(5000)
    if result.code == 0 then
      health.ok(('server: %s (%s)'):format(vim.fn.exepath(binary), vim.trim(result.stdout or '')))
    else
      health.error(('server: `%s --version` failed: %s'):format(binary, vim.trim(result.stderr or '')))
    end
  else
    health.error(('server: `%s` is not executable'):format(binary), {
      'cargo install --path server, in the folder of the project',
      "or say where it is: vim.g.spp = { cmd = { '/path/to/spp-analyzer', 'lsp' } }",
    })
  end

  local enabled = vim.lsp.is_enabled == nil or vim.lsp.is_enabled('spp_analyzer')
  if enabled then
    health.ok("configuration 'spp_analyzer' is enabled")
  else
    health.warn("configuration 'spp_analyzer' is not enabled", { ":lua vim.lsp.enable('spp_analyzer')" })
  end

  local clients = vim.lsp.get_clients({ name = 'spp_analyzer' })
  if #clients == 0 then
    health.info('no S++ buffer is open, so no server is running')
  end
  for _, client in ipairs(clients) do
    local buffers = vim.tbl_count(client.attached_buffers)
    health.ok(('running: root %s, %d buffer%s, positions in %s'):format(client.root_dir or '(loose files)', buffers, buffers == 1 and '' or 's', client.offset_encoding))
  end
  if options.trusted then
    health.ok('evaluation is allowed')
  else
    health.info('evaluation is refused: vim.g.spp.trusted is false')
  end
end

return M

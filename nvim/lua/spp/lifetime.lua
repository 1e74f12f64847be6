--- Marks where the value under the cursor is alive, borrowed, moved and dropped.
local M = {}

local namespace = vim.api.nvim_create_namespace('spp.lifetime')
local DELAY = 150 -- milliseconds of rest

local groups = {
  alive = { name = 'SppAlive', link = 'CursorLine' },
  borrowed = { name = 'SppBorrowed', underdotted = true, link_sp = 'DiagnosticInfo' },
  moved = { name = 'SppMoved', underline = true, link_sp = 'DiagnosticWarn' },
  maybeMoved = { name = 'SppMaybeMoved', underdashed = true, link_sp = 'DiagnosticWarn' },
  dropped = { name = 'SppDropped', underline = true, link_sp = 'DiagnosticError' },
}

local function define_highlights()
  for _, group in pairs(groups) do
    if group.link then
      vim.api.nvim_set_hl(0, group.name, { default = true, link = group.link })
    else
      local from = vim.api.nvim_get_hl(0, { name = group.link_sp, link = false })
      vim.api.nvim_set_hl(0, group.name, {
        default = true,
        sp = from.fg,
        underline = group.underline,
        underdotted = group.underdotted,
        underdashed = group.underdashed,
      })
    end
  end
end

---@param buf integer
function M.clear(buf)
  if vim.api.nvim_buf_is_valid(buf) then
    vim.api.nvim_buf_clear_namespace(buf, namespace, 0, -1)
  end
end

---@param client vim.lsp.Client
---@param buf integer
---@param lifetime table? result of `spp/lifetime`
function M.show(client, buf, lifetime)
  M.clear(buf)
  for _, range in ipairs(lifetime and lifetime.ranges or {}) do
    local group = groups[range.kind]
    if group then
      local from, to = range.range.start, range.range['end']
      local column = function(position)
        local line = vim.api.nvim_buf_get_lines(buf, position.line, position.line + 1, false)[1] or ''
        return vim.str_byteindex(line, client.offset_encoding, position.character, false)
      end
      local options = { end_row = to.line, end_col = column(to), hl_group = group.name, strict = false, priority = 90 }
      if range.kind == 'alive' then
        options = { end_row = to.line, line_hl_group = group.name, strict = false, priority = 80 }
      end
      pcall(vim.api.nvim_buf_set_extmark, buf, namespace, from.line, range.kind == 'alive' and 0 or column(from), options)
    end
  end
end

---@param client vim.lsp.Client
---@param buf integer
---@param group integer autocommand group of the buffer
function M.attach(client, buf, group)
  define_highlights()
  local timer = assert(vim.uv.new_timer())
  local pending ---@type integer?
  local function update()
    if not vim.api.nvim_buf_is_valid(buf) or vim.api.nvim_get_current_buf() ~= buf or client:is_stopped() then
      return
    end
    if pending then
      client:cancel_request(pending)
    end
    local tick = vim.api.nvim_buf_get_changedtick(buf)
    local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
    local _, id = client:request('spp/lifetime', params, function(_, result)
      pending = nil
      if vim.api.nvim_buf_is_valid(buf) and vim.api.nvim_buf_get_changedtick(buf) == tick then
        M.show(client, buf, result ~= vim.NIL and result or nil)
      end
    end, buf)
    pending = id
  end
  vim.api.nvim_create_autocmd({ 'CursorMoved', 'CursorMovedI', 'BufEnter' }, {
    group = group,
    buffer = buf,
    callback = function()
      timer:stop()
      timer:start(DELAY, 0, vim.schedule_wrap(update))
    end,
  })
  vim.api.nvim_create_autocmd({ 'BufLeave', 'TextChanged', 'TextChangedI' }, {
    group = group,
    buffer = buf,
    callback = function()
      M.clear(buf)
    end,
  })
  vim.api.nvim_create_autocmd('ColorScheme', { group = group, callback = define_highlights })
end

return M

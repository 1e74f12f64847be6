--- Text as people read it: sizes, the drawing of a frame, floats and scratch windows.
local M = {}

---@param n number
---@return string "12 B", "1.5 KiB"
function M.bytes(n)
  if n < 1024 then
    return ('%d B'):format(n)
  end
  local units = { 'KiB', 'MiB', 'GiB', 'TiB' }
  local unit = 0
  repeat
    n, unit = n / 1024, unit + 1
  until n < 1024 or unit == #units
  return (n < 10 and '%.1f %s' or '%.0f %s'):format(n, units[unit])
end

local function absent(value)
  return value == nil or value == vim.NIL
end

--- A number of bytes that may depend on generic parameters.
local function known(bytes)
  return absent(bytes) and '? B' or M.bytes(bytes)
end

local states = { dropped = '● dropped', moved = '▶ moved out', maybeMoved = '◐ moved on some paths', borrow = '& borrow', trivial = '' }

--- The frame as lines of text: a row per slot, its live range as a bar over the function's lines.
---@param frame table an element of `frames --output-format json`
---@return string[]
function M.frame(frame)
  local depth = absent(frame.depth.bytes) and (#frame.depth.path > 0 and 'depth unbounded' or 'depth unknown') or 'depth ≤ ' .. M.bytes(frame.depth.bytes)
  local out = { ('%s   frame %s, align %d, %s'):format(frame['function'], known(frame.size), frame.align, depth) }
  if #frame.depth.path > 1 then
    out[#out + 1] = '  deepest: ' .. table.concat(frame.depth.path, ' → ')
  end
  out[#out + 1] = ''
  local name_width, type_width = 4, 4
  for _, slot in ipairs(frame.slots) do
    name_width = math.max(name_width, vim.fn.strdisplaywidth(slot.name))
    type_width = math.max(type_width, vim.fn.strdisplaywidth(slot.type))
  end
  type_width = math.min(type_width, 36)
  local rows = math.max(1, frame.toLine - frame.fromLine + 1)
  local width = math.min(rows, 40)
  local cell = function(line)
    return math.floor((line - frame.fromLine) * width / rows)
  end
  for _, slot in ipairs(frame.slots) do
    local from, to = cell(slot.fromLine), math.max(cell(slot.fromLine), cell(slot.toLine))
    local bar = (' '):rep(from) .. ('█'):rep(to - from + 1) .. (' '):rep(width - to - 1)
    local type_text = vim.fn.strcharpart(slot.type, 0, type_width)
    local pad = function(text, to_width)
      return text .. (' '):rep(to_width - vim.fn.strdisplaywidth(text))
    end
    local lines = slot.fromLine == slot.toLine and ('line %d'):format(slot.fromLine) or ('lines %d–%d'):format(slot.fromLine, slot.toLine)
    out[#out + 1] = ('%6s  %s  %s  %9s  %s  │%s│ %s'):format(
      '+' .. (absent(slot.offset) and '?' or slot.offset), pad(slot.name, name_width), pad(type_text, type_width), known(slot.size), pad(lines, 13), bar, states[slot.state] or '')
  end
  if #frame.slots == 0 then
    out[#out + 1] = '  no slots'
  end
  local function section(title, rows_of)
    if #rows_of > 0 then
      vim.list_extend(out, { '', '  ' .. title })
      vim.list_extend(out, rows_of)
    end
  end
  section('heap', vim.tbl_map(function(site)
    local size = absent(site.bytes) and '' or '  ' .. site.bytes
    local owner = absent(site.owner) and '' or '  → ' .. site.owner
    return ('    line %-4d %-8s %s%s%s%s'):format(site.line, site.operation, site.allocator, size, owner, site.multiplicity == 'perIteration' and '  per iteration' or '')
  end, frame.heapSites))
  section('drops', vim.tbl_map(function(drop)
    return ('    line %d%s  %s%s'):format(drop.line, drop.conditional and '?' or '', drop.what, absent(drop.allocator) and '' or ' → frees through ' .. drop.allocator)
  end, frame.drops))
  section('borrows', vim.tbl_map(function(borrow)
    return ('    line %d  %s → %s%s'):format(borrow.fromLine, borrow.from, borrow.mutable and '&mut ' or '&', borrow.to)
  end, frame.borrows))
  return out
end

---@param lines string[]
---@param title string
---@return integer buf, integer win
function M.float(lines, title)
  local buf, win = vim.lsp.util.open_floating_preview(lines, '', {
    border = 'rounded',
    title = ' ' .. title .. ' ',
    max_width = math.max(40, vim.o.columns - 8),
    max_height = math.max(6, math.floor(vim.o.lines * 0.6)),
    focus_id = 'spp',
  })
  return buf, win
end

--- A read-only window beside the source; a second one of the same name takes its place.
---@param name string
---@param lines string[]
---@param filetype string
function M.scratch(name, lines, filetype)
  local full = 'spp://' .. name
  local buf = vim.fn.bufnr('^' .. vim.fn.escape(full, '\\[]*?,{}') .. '$')
  if buf < 0 then
    buf = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_name(buf, full)
  end
  vim.bo[buf].modifiable = true
  vim.api.nvim_buf_set_lines(buf, 0, -1, false, lines)
  vim.bo[buf].modifiable = false
  vim.bo[buf].buftype = 'nofile'
  vim.bo[buf].bufhidden = 'wipe'
  if vim.fn.bufwinid(buf) < 0 then
    local source = vim.api.nvim_get_current_win()
    vim.cmd('botright vsplit')
    vim.api.nvim_win_set_buf(0, buf)
    vim.wo.wrap = false
    vim.wo.number = false
    vim.api.nvim_set_current_win(source)
  end
  vim.bo[buf].filetype = filetype
  vim.keymap.set('n', 'q', '<Cmd>close<CR>', { buffer = buf, nowait = true })
  return buf
end

return M

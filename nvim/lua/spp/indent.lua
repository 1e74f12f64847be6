--- One level per line that opens more brackets than it closes.
local M = {}

local function code_of(line)
  return (line:gsub('"[^"]*"', '""'):gsub('#.*$', ''))
end

---@param lnum integer counts from 1
---@return integer columns
function M.at(lnum)
  local previous = vim.fn.prevnonblank(lnum - 1)
  if previous == 0 then
    return 0
  end
  local before = code_of(vim.fn.getline(previous))
  local _, opened = before:gsub('[{(%[]', '')
  local _, closed = before:gsub('[})%]]', '')
  local _, leading = (before:match('^%s*([})%]]*)') or ''):gsub('.', '')
  local indent = vim.fn.indent(previous)
  if opened > closed - leading then
    indent = indent + vim.fn.shiftwidth()
  end
  if code_of(vim.fn.getline(lnum)):match('^%s*[})%]]') then
    indent = indent - vim.fn.shiftwidth()
  end
  return math.max(0, indent)
end

return M

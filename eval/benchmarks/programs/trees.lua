local function grow(depth)
  local children = {}
  if depth > 0 then
    children[#children + 1] = grow(depth - 1)
    children[#children + 1] = grow(depth - 1)
  end
  return { children = children }
end
local function count(tree)
  local total = 1
  for i = 1, #tree.children do total = total + count(tree.children[i]) end
  return total
end
local total = 0
for _ = 1, 4 do total = total + count(grow(14)) end
print(total)

local map, size = {}, 0
local i = 0
while i < 300000 do
  local key = (i * 7919) % 50000
  if map[key] ~= nil then
    map[key] = nil
    size = size - 1
  else
    map[key] = i
    size = size + 1
  end
  i = i + 1
end
print(size)

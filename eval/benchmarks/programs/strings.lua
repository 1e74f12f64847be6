local parts, i = {}, 0
while i < 300000 do
  parts[#parts + 1] = i .. ","
  i = i + 1
end
print(#table.concat(parts))

local total, i = 0, 0
while i < 6000 do
  local j = 0
  while j < 1000 do
    total = total + (i * j) % 7
    j = j + 1
  end
  i = i + 1
end
print(total)

local function attract(a, b, dt)
  local dx = a.x - b.x
  local dy = a.y - b.y
  local square = dx * dx + dy * dy + 0.01
  local force = dt / (square * square)
  a.vx = a.vx - dx * b.mass * force
  a.vy = a.vy - dy * b.mass * force
  b.vx = b.vx + dx * a.mass * force
  b.vy = b.vy + dy * a.mass * force
end
local function drift(body, dt)
  body.x = body.x + dt * body.vx
  body.y = body.y + dt * body.vy
end
local sun = { x = 0.5, y = 0.5, vx = 0.1, vy = 0.1, mass = 40.5 }
local near = { x = 4.5, y = 1.5, vx = 0.5, vy = 2.5, mass = 0.25 }
local far = { x = 8.25, y = 4.5, vx = 1.5, vy = 1.25, mass = 0.75 }
local step = 0
while step < 300000 do
  attract(sun, near, 0.001)
  attract(sun, far, 0.001)
  attract(near, far, 0.001)
  drift(sun, 0.001)
  drift(near, 0.001)
  drift(far, 0.001)
  step = step + 1
end
print(tostring(sun.x > 0) .. " " .. tostring(near.x > 0))

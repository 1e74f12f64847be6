class Body:
    __slots__ = ("x", "y", "vx", "vy", "mass")

    def __init__(self, x, y, vx, vy, mass):
        self.x, self.y, self.vx, self.vy, self.mass = x, y, vx, vy, mass


def attract(a, b, dt):
    dx = a.x - b.x
    dy = a.y - b.y
    square = dx * dx + dy * dy + 0.01
    force = dt / (square * square)
    a.vx -= dx * b.mass * force
    a.vy -= dy * b.mass * force
    b.vx += dx * a.mass * force
    b.vy += dy * a.mass * force


def drift(body, dt):
    body.x += dt * body.vx
    body.y += dt * body.vy


def main():
    sun = Body(0.5, 0.5, 0.1, 0.1, 40.5)
    near = Body(4.5, 1.5, 0.5, 2.5, 0.25)
    far = Body(8.25, 4.5, 1.5, 1.25, 0.75)
    for _ in range(300000):
        attract(sun, near, 0.001)
        attract(sun, far, 0.001)
        attract(near, far, 0.001)
        drift(sun, 0.001)
        drift(near, 0.001)
        drift(far, 0.001)
    print(str(sun.x > 0).lower(), str(near.x > 0).lower())


main()

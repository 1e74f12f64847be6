class Tree:
    __slots__ = ("children",)

    def __init__(self, children):
        self.children = children


def grow(depth):
    children = []
    if depth > 0:
        children.append(grow(depth - 1))
        children.append(grow(depth - 1))
    return Tree(children)


def count(tree):
    total = 1
    for child in tree.children:
        total += count(child)
    return total


print(sum(count(grow(14)) for _ in range(4)))

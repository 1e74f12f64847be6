def main():
    table = {}
    i = 0
    while i < 300000:
        key = (i * 7919) % 50000
        if key in table:
            del table[key]
        else:
            table[key] = i
        i += 1
    print(len(table))


main()

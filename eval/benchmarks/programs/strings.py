def main():
    parts = []
    i = 0
    while i < 300000:
        parts.append(f"{i},")
        i += 1
    print(len("".join(parts)))


main()

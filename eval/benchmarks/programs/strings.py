def main():
    text = ""
    i = 0
    while i < 300000:
        text += f"{i},"
        i += 1
    print(len(text))


main()

def letters(text):
    return sum(1 for character in text if character.isalpha())

"""Which language a file is in, as its path or the header of a message catalogue says."""
import re

CODES = set("""af am ar as ast az be bg bn br bs ca cs cy da de el eo es et eu fa fi fr fur fy ga gd
gl gu he hi hr hu hy ia id is it ja ka kk km kn ko ku lt lv mk ml mn mr ms my nb ne nl nn oc or pa
pl pt ro ru si sk sl sq sr sv ta te tg th tr tt ug uk ur uz vi zh""".split())
ALIASES = {"no": "nb", "iw": "he", "in": "id", "jp": "ja", "cz": "cs", "br": "pt", "cn": "zh"}
NAMES = {"german": "de", "french": "fr", "spanish": "es", "italian": "it", "russian": "ru",
         "japanese": "ja", "polish": "pl", "dutch": "nl", "swedish": "sv", "czech": "cs",
         "portuguese": "pt", "finnish": "fi", "hungarian": "hu", "korean": "ko", "danish": "da",
         "chinese": "zh", "turkish": "tr", "ukrainian": "uk", "greek": "el", "catalan": "ca"}
# A folder that is a code, or a code at the end of a file's stem.
FOLDER = re.compile(r"(?:[a-z]+-)?([a-z]{2,3})(?:[_-](?:[a-z]{2}|[a-z]{4}|latin|\d+))?"
                    r"(?:@[a-z]+)?(?:\.utf-?8)?", re.I)
STEM = re.compile(r"(?:^|.*[._-])([a-z]{2,3})(?:[_-][a-z]{2})?(?:@[a-z]+)?(?:\.utf-?8)?", re.I)
HEADER = re.compile(rb'^"Language: ([a-z]{2,3})', re.M)


def code(word):
    """The code of a language that a word means, or None."""
    word = word.lower()
    word = NAMES.get(word, ALIASES.get(word, word))
    return word if word in CODES else None


def language_of(name, data):
    """Code of the language of a file, or None: English, or not known."""
    if name.endswith(".po"):
        header = HEADER.search(data[:4096])
        if header:
            return code(header[1].decode())
    *folders, file = name.split("/")
    stem = file.split(".gz")[0]
    parts = stem.rsplit(".", 1)
    candidates = [parts[0]] + ([parts[1]] if len(parts) > 1 else [])
    for candidate in candidates:
        match = STEM.fullmatch(candidate)
        if match and code(match[1]) and (len(match[1]) == 2 or name.endswith(".po")):
            return code(match[1])
    for folder in reversed(folders):
        match = FOLDER.fullmatch(folder)
        if code(folder) or (match and code(match[1])):
            return code(folder) or code(match[1])
    return None

"""Names of text encodings."""

# By Python's names: the names that people know, and the languages written in them.
ENCODINGS = {
    "utf-8": ("UTF-8", "all languages"),
    "gb18030": ("GBK", "Chinese"),
    "cp950": ("Big5", "Chinese, traditional"),
    "cp932": ("Shift-JIS", "Japanese"),
    "euc_jp": ("EUC-JP", "Japanese"),
    "cp949": ("EUC-KR", "Korean"),
    "cp1251": ("Windows-1251", "Cyrillic"),
    "cp866": ("DOS 866", "Cyrillic"),
    "koi8_r": ("KOI8-R", "Cyrillic"),
    "cp1252": ("Windows-1252", "Western Europe"),
    "cp850": ("DOS 850", "Western Europe"),
    "cp1250": ("Windows-1250", "Central Europe"),
    "cp852": ("DOS 852", "Central Europe"),
    "cp1253": ("Windows-1253", "Greek"),
    "cp1254": ("Windows-1254", "Turkish"),
    "cp1255": ("Windows-1255", "Hebrew"),
    "cp1256": ("Windows-1256", "Arabic"),
    "cp874": ("Windows-874", "Thai"),
}


def encoding_name(codec: str) -> str:
    """Returns the name of an encoding, such as `GBK`.

    Args:
        codec: its name in Python.
    """
    return ENCODINGS[codec][0] if codec in ENCODINGS else codec


def encoding_choice(codec: str) -> str:
    """Returns the name of an encoding with its languages, such as `GBK (Chinese)`."""
    return "{} ({})".format(*ENCODINGS[codec]) if codec in ENCODINGS else codec

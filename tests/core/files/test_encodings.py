"""Short texts in old code pages are read as they were meant."""

import time

import pytest

from core.files.encodings import fits, guess_encoding

WORDS = {
    "gb18030": [
        "猫 狗",
        "五 武 工 攻",
        "左 子 大 从",
        "苹果 香蕉 橙子",
        "正常 异常",
        "合格 不合格",
        "向日葵 玫瑰 郁金香 蒲公英 雏菊",
        "老虎 狮子 大象 长颈鹿",
        "飞机 汽车 轮船",
        "文件名 类别",
    ],
    "cp950": ["貓 狗", "蘋果 香蕉 柳橙", "正常 異常", "玫瑰 鬱金香 向日葵", "老虎 獅子 大象", "飛機 汽車 輪船"],
    "cp932": ["表 表裏 犬", "猫 犬", "りんご バナナ みかん", "良品 不良品", "ひまわり バラ 桜", "ライオン 虎 象"],
    "cp949": ["고양이 개", "강아지 고양이", "사과 바나나 오렌지", "정상 비정상", "양품 불량", "호랑이 사자 코끼리"],
    "cp1251": ["кот собака", "яблоко банан", "норма патология", "Кошки Собаки", "тигр лев слон", "КОТ ПЕС", "кіт їжак"],
    "cp866": ["кот собака", "яблоко банан", "норма патология", "Кошки Собаки", "тигр лев слон", "КОТ ПЕС"],
    "koi8_r": ["кот собака", "яблоко банан", "норма патология"],
    "cp1253": ["γάτα σκύλος", "μήλο μπανάνα"],
    "cp1255": ["חתול כלב", "תפוח בננה"],
    "cp1256": ["قط كلب", "تفاح موز برتقال"],
    "cp874": ["แมว สุนัข", "แอปเปิล กล้วย ส้ม"],
    "cp1252": [
        "Kätzchen Hündchen",
        "Äpfel Möhren",
        "zèbre éléphant",
        "forêt bâtiment",
        "león ratón",
        "niño niña",
        "cão gato",
        "maçã limão",
        "häst kråka",
        "bjørn får",
        "caffè tè",
    ],
    "cp850": ["Kätzchen Hündchen", "Äpfel Möhren", "zèbre éléphant", "león ratón", "niño niña", "maçã limão"],
    "cp1250": ["kočka pes", "růže tulipán", "kůň slepice", "żółw słoń", "róża tulipan", "ló egér nyúl", "őz tűz víz"],
    "cp852": ["kočka pes", "růže tulipán", "kůň slepice", "żółw słoń", "róża tulipan"],
    "cp1254": ["köpek kedi kuş", "çiçek ağaç"],
}
TEXTS = [(encoding, text) for encoding, texts in WORDS.items() for text in texts]


@pytest.mark.parametrize(("encoding", "text"), TEXTS)
def test_a_few_words_are_read_as_they_were_written(encoding, text):
    names = "\n".join(f"data/{word}/{number}.jpg" for word in text.split() for number in range(3))
    data = names.encode(encoding)
    assert data.decode(guess_encoding(data)) == names


@pytest.mark.parametrize(("encoding", "text"), TEXTS)
def test_the_rows_of_a_table_are_read_as_they_were_written(encoding, text):
    table = "file,label\n" + "".join(f"{n}.jpg,{word}\n" for n, word in enumerate(text.split() * 5))
    data = table.encode(encoding)
    assert data.decode(guess_encoding(data)) == table


@pytest.mark.parametrize("encoding", WORDS)
def test_all_words_of_a_language_together(encoding):
    names = "\n".join(word for text in WORDS[encoding] for word in text.split())
    data = names.encode(encoding)
    assert data.decode(guess_encoding(data)) == names


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"", "utf-8"),
        (b"cats/1.jpg\ndogs/2.jpg", "utf-8"),
        ("K\u00e4tzchen \u732b \U0001f600".encode(), "utf-8"),
        ("K\u00e4tzchen".encode("utf-8-sig"), "utf-8-sig"),
        ("file,label".encode("utf-16"), "utf-16"),
        ("file,label\n1.jpg,\u732b\n".encode("utf-16-le"), "utf-16-le"),
        ("file,label\n1.jpg,\u732b\n".encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_unicode(data, encoding):
    assert guess_encoding(data) == encoding


@pytest.mark.parametrize(
    "data", [b"\x81\x8d\x8f\x90\x9d", b"\xff" * 50, bytes(range(256)) * 3, b"\0\xff", b"\xff\xfe\0"]
)
def test_bytes_that_are_no_text_get_an_encoding_too(data):
    assert isinstance(data.decode(guess_encoding(data), errors="replace"), str)


def test_the_answer_decodes_all_of_it():
    data = ("\u732b,\u72d7\n" * 5000).encode("gbk") + "\u00e9t\u00e9 \x80".encode("cp1252", "replace") + b"\x80\n"
    assert fits(data, guess_encoding(data))


def test_a_long_table_takes_no_time():
    row = "images/{}.jpg,\u732b\u72d7{}\n"
    data = "".join(row.format(n, n % 100) for n in range(200_000)).encode("gbk")
    started = time.process_time()
    assert guess_encoding(data) == "gb18030"
    assert guess_encoding(b"a" * 30_000_000 + b"\xe4\n") == "cp1252"
    assert time.process_time() - started < 4

import pytest

from core.events import Event
from pages.components import wording


@pytest.mark.parametrize(
    "name",
    [
        "**bold** _and_ `code`",
        "![x](http://evil.example/x.png)",
        "<img src=x onerror=alert(1)>",
        "$x^2$ ~~gone~~ # head",
        ":red[text] :material/home: :cat:",
        "- item 1. item > quote | cell",
        "a:`b`c ``:d:`` (www.example.com), me@example.com: `:x",
    ],
)
def test_plain_escapes_all_of_markdown(name):
    from markdown_it import MarkdownIt

    (paragraph,) = (
        token for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(wording.plain(name))
        if token.type == "inline"
    )  # fmt: skip
    assert {child.type for child in paragraph.children} <= {"text", "text_special", "code_inline"}
    assert "".join(child.content for child in paragraph.children) == name


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        # Streamlit replaces icons even in code, unless the colon is written as an entity.
        (":material/home:", "&#58;material/home:"),
        ("a:b:material/c:d:", "`a:b`&#58;material/`c:d`:"),
        ("a -> b -- c", "a `->` b `--` c"),
        (":cat: :red[x]", "`:cat`: `:red[x`\\]"),
        ("See (https://a.example/b_c.zip).", "See \\(`https://a.example/b_c.zip`\\)\\."),
        ("Reach http://a.example: no", "Reach `http://a.example`: no"),
        ("www.example.com", "`www.example.com`"),
        ("me@example.com", "`me@example.com`"),
        ("a:`b`", "`` a:`b` ``"),
    ],
)
def test_plain_shows_what_could_be_a_shortcode_or_a_link_as_code(text, shown):
    assert wording.plain(text) == shown


def test_plain_adds_no_invisible_characters():
    for text in ("https://a.example/x?y=1", "/srv/a:b/me@x.h5", "C:\\pictures", ":cat:", "Expected: a, b"):
        assert wording.plain(text).isascii()
    assert wording.plain("a\n\nb\x07") == "a b"


def test_joiners_of_letters_and_emoji_stay():
    assert wording.plain("🐈\u200d⬛ \u0645\u06cc\u200c\u062e") == "🐈\u200d⬛ \u2068\u0645\u06cc\u200c\u062e\u2069"
    assert wording.plain("a\u200bb\u202ec") == "a b c"


def test_numbers_in_words():
    assert wording.count(1, "picture") == "1 picture"
    assert wording.count(1200, "class") == "1,200 classes"
    assert wording.listing(["a", "b", "c"]) == "a, b and c"
    assert wording.listing(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"
    assert wording.listing(["a"]) == "a"
    assert wording.size(820 * 1024) == "820 KB"
    assert wording.size(1.44 * 1024**3) == "1.4 GB"
    assert wording.duration(7.6) == "8 s"
    assert wording.duration(125) == "2 min 5 s"
    assert wording.duration(4200) == "1 h 10 min"
    assert wording.large(3_412_000) == "3.4 million"
    assert wording.percent(0.9734) == "97.3 %"
    assert wording.percent(1.0) == "100 %"


def test_ago():
    assert wording.ago(100, now=130) == "just now"
    assert wording.ago(0, now=300) == "5 min ago"
    assert wording.ago(0, now=7300) == "2 h ago"
    assert wording.ago(1_750_000_000, now=1_760_000_000) == "15 June 2025"


def test_percent_never_rounds_up_to_all():
    assert wording.percent(0.9999) == "99.9 %"


def test_curve_label_says_the_last_point():
    events = [Event("head", 1, 5, {"accuracy": 0.9, "val_accuracy": 0.8}, epoch=1)]
    assert wording.curve_label("Accuracy", "accuracy", []) == "Accuracy, no epoch has ended yet"
    assert wording.curve_label("Accuracy", "accuracy", events) == (
        "Accuracy after epoch 1: training 90.0 %, validation 80.0 %"
    )


def test_what_was_learned_is_said_in_two_sentences():
    assert wording.learned_sentence(["cat", "do_g"], 160, 39, 40, learned=True) == (
        "It learned to tell 2 classes apart (cat and do\\_g) from 160 pictures: **39 of 40 pictures** that it never "
        "trained on were right (97.5 %)."
    )
    assert wording.learned_sentence(list("abcdef"), None, 1, 40, learned=False) == (
        "It was trained to tell 6 classes apart (a, b, c, d and 2 more): **1 of 40 pictures** that it never trained on "
        "was right (2.5 %)."
    )
    assert "expect between 92.0 % and 97.0 % (95 % interval)" in wording.interval_sentence((0.92, 0.97))


def test_guessing_is_reported():
    assert wording.guessing_sentence(0.34, 0.333) == ""
    assert wording.guessing_sentence(0.333, 0.333) == (
        "No better than guessing (33 %). Lower the learning rate, or check the labels."
    )


def test_copies_of_a_picture_have_a_cost():
    assert wording.views_cost(1, 1600, 5.0) == "With one copy, the pictures are used unchanged."
    pictures = "3 copies of each of 1,600 training pictures, 2 of them changed: 4,800 to read"
    assert wording.views_cost(3, 1600, None) == f"{pictures}."
    assert wording.views_cost(3, 1600, 0.0) == f"{pictures}, and the changed ones are ready."
    assert wording.views_cost(3, 1600, 118.0) == f"{pictures}, about 2 min more."
    assert wording.views_cost(3, 1600, 0.2) == f"{pictures}, less than a second more."


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("كلب", "\u2068كلب\u2069"),
        ("looks like a كلب كبير now", "looks like a \u2068كلب كبير\u2069 now"),
        ("كلب (15), קוף, dog", "\u2068كلب\u2069 \\(15\\), \u2068קוף\u2069, dog"),
    ],
)
def test_right_to_left_names_stay_in_place(text, shown):
    assert wording.plain(text) == shown


def test_long_names_are_shortened():
    name = "a very long name " * 8
    assert wording.short("cat") == "cat"
    assert wording.whole("cat") is None
    assert wording.short(name) == "a very long name a very long name a ver…"
    assert wording.whole(name) == name.strip()
    assert (
        wording.with_short(["cat", name], f"{name} has more than cat.") == f"{wording.short(name)} has more than cat."
    )

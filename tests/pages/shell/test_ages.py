import re
import time
from datetime import datetime

from streamlit.testing.v1 import AppTest

from pages.components.shell import ages


def test_an_age_says_how_long_ago_and_carries_the_moment():
    moment = time.time() - 200
    text = ages.age(moment)
    assert text.endswith(">3 min ago</time>")
    said = datetime.fromisoformat(re.search('datetime="([^"]+)"', text)[1])
    assert abs(said.timestamp() - moment) < 1e-3
    assert re.search(r'title="\d{1,2} \w+ \d{4}, \d\d:\d\d"', text)


def test_the_title_of_an_old_age_begins_with_the_words_of_the_age():
    text = ages.age(1_750_000_000)
    words = re.search(">(.+)<", text)[1]
    assert f'title="{words}, ' in text


def test_a_caption_with_an_age_and_a_hostile_name_has_no_other_html():
    def script() -> None:
        from pages.components import wording
        from pages.components.shell import ages

        ages.caption(f"{wording.plain('<img src=x onerror=alert(1)>')} · {ages.age(0)}")

    (caption,) = AppTest.from_function(script).run().caption
    assert caption.allow_html
    assert re.findall(r"(?<!\\)<", caption.value) == ["<", "<"]

import json
import re

from pages.components import wording
from pages.components.server import browser_scripts, first_page
from pages.components.server.first_page import FirstPage
from tests.pages.server.conftest import REPORT

BROWSER = {"accept": "text/html,*/*", "accept_encoding": "gzip"}


def test_streamlits_page_is_replaced_by_ours(serve):
    answer = serve(FirstPage)("/", **BROWSER)
    assert answer.body == first_page.page()
    assert answer.headers["content-length"] == str(len(first_page.page()))
    assert "etag" not in answer.headers


def test_a_browser_that_has_streamlits_page_gets_ours(serve):
    get = serve(FirstPage)
    etag = get("/", accept="*/*").headers["etag"]
    answer = get("/", **BROWSER, if_none_match=etag)
    assert (answer.status, answer.body) == (200, first_page.page())


def test_other_pages_and_other_requests_stay_as_they_are(serve):
    get = serve(FirstPage)
    assert get("/report", **BROWSER).body == REPORT.encode()
    assert get("/", accept="*/*").body == browser_scripts.index_page()


def test_our_page_is_streamlits_with_more_in_it():
    page = first_page.page().decode()
    for line in browser_scripts.index_page().decode().splitlines():
        assert line.strip() in page
    for name in browser_scripts.common_scripts():
        assert f'rel="modulepreload" crossorigin fetchpriority="low" href="./static/js/{name}"' in page
    assert re.search(r'rel="prefetch" crossorigin href="\./static/js/PlotlyChart\.[\w-]+\.js\?whole"', page)


def test_the_browser_says_ages_in_the_words_of_the_server():
    steps = json.loads(re.search(r"STEPS = (\[.*\]);", first_page.page().decode())[1])
    assert steps == [list(step) for step in wording.AGES]

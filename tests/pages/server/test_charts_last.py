import gzip

from pages.components.server import browser_scripts, charts_last
from pages.components.server.charts_last import ChartsLast

PLOTLY = browser_scripts.script_of(browser_scripts.PLOTLY)
ADDRESS = f"/static/js/{PLOTLY.name}"


def test_plotlys_address_leads_to_a_small_script_that_loads_it_later(serve):
    answer = serve(ChartsLast)(ADDRESS)
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.body.decode() == charts_last.waiting_script()
    assert f'import("./{PLOTLY.name}?whole")' in charts_last.waiting_script()
    assert all(f'"./{name}"' in charts_last.waiting_script() for name in browser_scripts.common_elements())
    assert len(answer.body) < 10_000


def test_the_whole_script_is_sent_packed_and_kept_for_good(serve):
    answer = serve(ChartsLast)(f"{ADDRESS}?whole", accept_encoding="gzip")
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(answer.body) == PLOTLY.read_bytes()
    assert len(answer.body) < PLOTLY.stat().st_size / 3
    assert "immutable" in answer.headers["cache-control"]


def test_a_client_that_cannot_unpack_gets_it_plain(serve):
    answer = serve(ChartsLast)(f"{ADDRESS}?whole", accept_encoding="identity")
    assert "content-encoding" not in answer.headers
    assert answer.body == PLOTLY.read_bytes()


def test_other_scripts_stay_as_they_are(serve):
    name = browser_scripts.common_elements()[0]
    assert serve(ChartsLast)(f"/static/js/{name}").body == (PLOTLY.parent / name).read_bytes()

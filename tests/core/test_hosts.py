import pytest

from core.hosts import host_of, host_of_url, is_among, named_host


@pytest.mark.parametrize(
    ("authority", "host"),
    [
        ("localhost", "localhost"),
        ("LocalHost:8501", "localhost"),
        ("localhost.:8501", "localhost"),
        ("127.0.0.1:8501", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("[::1]:8501", "::1"),
        ("[0:0:0:0:0:0:0:1]", "::1"),
        ("[::ffff:127.0.0.1]:80", "127.0.0.1"),
        ("studio.example:65535", "studio.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("my_box", "my_box"),
    ],
)
def test_a_host_has_one_spelling(authority, host):
    assert host_of(authority) == host


@pytest.mark.parametrize(
    "authority",
    [
        "",
        " ",
        ".",
        "..",
        "a..b",
        "localhost..",
        "localhost:",
        "localhost:port",
        "localhost:65536",
        "localhost:80:80",
        "localhost:+80",
        "localhost:\u0661",
        "me@localhost",
        "localhost@evil.example",
        "localhost/evil.example",
        "localhost,evil.example",
        "localhost evil.example",
        "localhost\tx",
        "localhost#x",
        "localhost?x",
        "local%68ost",
        "::1",
        "::1:8501",
        "[::1",
        "[::1]x",
        "[::1%25eth0]",
        "[localhost]",
        "2130706433",
        "0x7f000001",
        "127.1",
        "0177.0.0.1",
        "127.0.0.1.5",
        "*",
        "*.example.com",
    ],
)
def test_invalid_hosts_are_none(authority):
    assert host_of(authority) is None


def test_an_address_of_the_web_has_a_host():
    assert host_of_url("https://Studio.example:8443") == "studio.example"
    assert host_of_url("http://[::1]:8501") == "::1"
    for text in ("null", "", "file://", "studio.example", "ftp://studio.example", "https://a@b.example", "http://[::1"):
        assert host_of_url(text) is None


def test_a_setting_may_name_a_host_in_any_way():
    for text in ("studio.example", "STUDIO.example:8080", "https://studio.example/lab", "studio.example."):
        assert named_host(text) == "studio.example"
    assert named_host("::1") == named_host("[::1]:80") == "::1"
    assert named_host("*.Example.com") == "*.example.com"
    assert named_host("*") == "*"
    assert named_host("a.*.com") is None
    assert named_host("a/b") is None


def test_patterns_stand_for_names_below_them():
    assert is_among("a.example.com", ["b", "*.example.com"])
    assert is_among("a.b.example.com", ["*.example.com"])
    assert is_among("anything", ["*"])
    for host in ("example.com", "evilexample.com", "example.com.evil"):
        assert not is_among(host, ["*.example.com"])

import pytest

from core.errors import ConfigError
from core.settings import GIGABYTE, read_settings, user_data_folder


def test_the_data_home_is_the_users_folder_unless_named(monkeypatch, tmp_path):
    monkeypatch.delenv("TRANSFER_STUDIO_HOME", raising=False)
    assert read_settings().home == user_data_folder()
    monkeypatch.setenv("TRANSFER_STUDIO_HOME", str(tmp_path / "there"))
    settings = read_settings()
    assert settings.home == tmp_path / "there"
    assert settings.datasets.parent == settings.runs.parent == settings.database.parent == tmp_path / "there"


@pytest.mark.parametrize(
    ("platform", "end"),
    [
        ("linux", ".local/share/transfer-studio"),
        ("darwin", "Library/Application Support/transfer-studio"),
        ("win32", "AppData/Local/transfer-studio"),
    ],
)
def test_each_platform_has_its_folder(monkeypatch, platform, end):
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    assert user_data_folder().as_posix().endswith(end)


@pytest.mark.parametrize(
    ("platform", "variables", "folder"),
    [
        ("linux", {}, "/home/ada/.local/share/transfer-studio"),
        ("linux", {"XDG_DATA_HOME": ""}, "/home/ada/.local/share/transfer-studio"),
        ("linux", {"XDG_DATA_HOME": "/data"}, "/data/transfer-studio"),
        ("linux", {"XDG_DATA_HOME": "data"}, "data/transfer-studio"),
        ("linux", {"LOCALAPPDATA": "/local"}, "/home/ada/.local/share/transfer-studio"),
        ("darwin", {}, "/home/ada/Library/Application Support/transfer-studio"),
        ("darwin", {"XDG_DATA_HOME": "/data"}, "/home/ada/Library/Application Support/transfer-studio"),
        ("win32", {}, "/home/ada/AppData/Local/transfer-studio"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/transfer-studio"),
        ("win32", {"XDG_DATA_HOME": "/data"}, "/home/ada/AppData/Local/transfer-studio"),
    ],
)
def test_data_stays_where_it_was(monkeypatch, platform, variables, folder):
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setenv("HOME", "/home/ada")
    for name in ("XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert user_data_folder().as_posix() == folder


def test_the_cache_of_features_has_a_limit(monkeypatch):
    monkeypatch.delenv("TRANSFER_STUDIO_CACHE_GB", raising=False)
    assert read_settings().cache_bytes == 10 * GIGABYTE
    monkeypatch.setenv("TRANSFER_STUDIO_CACHE_GB", "3")
    assert read_settings().cache_bytes == 3 * GIGABYTE
    monkeypatch.setenv("TRANSFER_STUDIO_CACHE_GB", "much")
    with pytest.raises(ConfigError, match="TRANSFER_STUDIO_CACHE_GB"):
        read_settings()


@pytest.mark.parametrize("text", ["0", "two", "-1", "1.5"])
def test_slots_that_arent_a_number_are_refused(monkeypatch, text):
    monkeypatch.setenv("TRANSFER_STUDIO_SLOTS", text)
    with pytest.raises(ConfigError, match="TRANSFER_STUDIO_SLOTS"):
        read_settings()


def test_additional_host_names_are_read(monkeypatch):
    monkeypatch.setenv("TRANSFER_STUDIO_HOSTS", " Studio.example:8080, https://lab.example/ ,, *.team.example,::1")
    assert read_settings().hosts == ("studio.example", "lab.example", "*.team.example", "::1")
    monkeypatch.setenv("TRANSFER_STUDIO_HOSTS", "studio.example;lab.example")
    with pytest.raises(ConfigError, match=r"TRANSFER_STUDIO_HOSTS\. Received 'studio\.example;lab\.example'"):
        read_settings()
    monkeypatch.delenv("TRANSFER_STUDIO_HOSTS")
    assert read_settings().hosts == ()

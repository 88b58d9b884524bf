from pages.components.server import browser_scripts


def test_scripts_of_the_elements_are_found_in_this_streamlit():
    plotly = browser_scripts.script_of(browser_scripts.PLOTLY)
    assert plotly is not None and plotly.stat().st_size > 1_000_000
    assert len(browser_scripts.common_elements()) == len(browser_scripts.COMMON)
    assert browser_scripts.script_of("NoSuchElement") is None


def test_common_scripts_are_the_elements_and_what_they_need_but_not_charts():
    scripts = browser_scripts.common_scripts()
    assert set(browser_scripts.common_elements()) < set(scripts)
    folder = browser_scripts.script_of(browser_scripts.PLOTLY).parent
    sizes = [(folder / name).stat().st_size for name in scripts]
    # Few enough to be fetched before the page's content.
    assert sum(sizes) < 3_000_000

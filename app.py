"""Transfer Studio: picture classifiers by transfer learning, in the browser. Start it with `streamlit run app.py`."""

import streamlit as st

from pages.components.server import start_up
from pages.components.shell import frame

if __name__ == "__main__":
    # Streamlit runs this file for each look at a page ...
    frame.run_page()
else:
    # ... and imports it once, to serve it.
    app = st.App(__file__, **start_up.parts())

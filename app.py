"""Transfer Studio: picture classifiers by transfer learning, in the browser. Start it with `streamlit run app.py`."""

import streamlit as st

from pages.components.at_work import sign
from pages.components.guide import tour
from pages.components.server import start_up
from pages.components.shell import frame

if __name__ == "__main__":
    # Streamlit runs this file every time a page is drawn ...
    frame.run_page(sign.show, tour.show)
else:
    # ... and imports it once, to start the server.
    app = st.App(__file__, **start_up.parts())

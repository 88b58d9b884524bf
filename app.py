"""Transfer Studio: picture classifiers by transfer learning, in the browser. Start it with `streamlit run app.py`."""

import streamlit as st

from pages.components import downloads, frame, polling, start_up, upload_route

if __name__ == "__main__":
    # Streamlit runs this file for each look at a page ...
    frame.run_page()
else:
    # ... and imports it once, to serve it.
    polling.keep_to_their_page()
    app = st.App(__file__, routes=[*upload_route.routes(), *downloads.routes()], lifespan=start_up.lifespan)

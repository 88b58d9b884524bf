"""Work that goes on while pages are drawn: jobs, answers computed ahead, the warm worker. No Streamlit calls."""

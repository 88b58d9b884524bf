"""How pictures get in: upload box and route, sources, data sets put together by hand."""

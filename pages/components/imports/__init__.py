"""Everything that brings pictures in: upload box and route, sources, layouts to choose from, building by hand."""

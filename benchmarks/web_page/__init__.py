"""The page of results: one HTML file that needs nothing else, with plots and tables. docs/adr/0054 has its library."""

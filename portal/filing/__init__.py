"""Forms that people fill in, as data: what a form asks (`definition`), how a form file is read (`loading`), what a
typed answer means (`reading`), what is missing, wrong or unusual (`examination`). No tables, no clock, no wing.
"""

"""Lists out: one writer for XLSX, CSV and JSON, safe against formulas."""

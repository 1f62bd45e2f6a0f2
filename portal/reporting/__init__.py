"""Reports: one declared object per report, one `ReportData` per run, and every renderer reads it.

A wing declares its reports in `reports.py` and registers them in its `apps.py`:

    reporting.register(Report(key="coverage", title=…, summary=…, parameters=CoverageParameters, roles=WORKSPACE,
                              build=build_coverage))
"""

from portal.reporting.registry import Report, register

__all__ = ["Report", "register"]

"""Logs as one JSON line each, without request bodies, query strings or SQL parameters."""

import json
import logging
from datetime import UTC, datetime

from portal.access.actor import current_actor
from portal.access.requests import request_facts


class JsonFormatter(logging.Formatter):
    """Time, level, logger, message; the request's reference number, path and user when there are any."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if facts := request_facts.get():
            line |= {"request": facts.request_id, "method": facts.method, "path": facts.path}
        if actor := current_actor():
            line |= {"user": actor.user_id, "membership": actor.membership_id}
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["trace"] = self._places(record)
        return json.dumps(line, ensure_ascii=False)

    def _places(self, record: logging.LogRecord) -> list[str]:
        # File, line and function only: exception messages may quote what a person typed.
        places = []
        trace = record.exc_info[2] if record.exc_info else None
        while trace is not None:
            code = trace.tb_frame.f_code
            places.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
        return places[-12:]

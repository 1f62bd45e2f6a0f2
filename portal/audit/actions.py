"""What an act is called. Rooms and wings do not know each other's acts, so the roof fills this table."""

_labels: dict[str, str] = {}


def register_actions(labels: dict[str, str]) -> None:
    """Name acts by their codes."""
    _labels.update(labels)


def action_label(code: str) -> str:
    """The Chinese name of an act; an act without one, such as a refused request, keeps its code."""
    return _labels.get(code, code)


def codes_named(text: str) -> list[str]:
    """The codes of the acts whose name contains `text`."""
    return [code for code, label in _labels.items() if text in label]

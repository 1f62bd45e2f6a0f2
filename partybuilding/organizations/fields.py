"""A field that names associations by code or name, one a line: a choice list of thousands helps nobody."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from associations.registry.models import Association
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import find_association, find_organization
from portal.access.actor import Actor

SEPARATORS = re.compile(r"[\n；;、]+")


class AssociationsField(forms.CharField):
    """Gives associations in the order they were named. Needs `actor`, which the form sets."""

    actor: Actor

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        kwargs.setdefault("max_length", 4000)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> list[Association]:  # type: ignore[override]
        text = super().clean(value)
        found: dict[int, Association] = {}
        for part in (one.strip() for one in SEPARATORS.split(text)):
            if not part:
                continue
            matches = find_association(part, self.actor)
            if not matches:
                raise ValidationError(
                    f"在您的管理范围内没有找到社会组织「{part[:40]}」。请核对全称，或改填 18 位统一社会信用代码。"
                )
            if len(matches) > 1:
                raise ValidationError(f"「{part[:40]}」对应多家社会组织。请改填 18 位统一社会信用代码。")
            found[matches[0].pk] = matches[0]
        return list(found.values())


class OrganizationField(forms.CharField):
    """One Party organisation named by its full or former name. Needs `actor`, which the form sets."""

    actor: Actor

    def clean(self, value: Any) -> PartyOrganization | None:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return None
        matches = find_organization(text, self.actor)
        if len(matches) != 1:
            raise ValidationError(
                f"在您的管理范围内没有找到党组织「{text[:40]}」。请填写已登记的党组织全称，没有上级党组织的留空。"
            )
        return matches[0]

    def prepare_value(self, value: Any) -> Any:
        return value.name if isinstance(value, PartyOrganization) else value

"""How people stand on pages: numbers masked, what was never told said so."""

from typing import Any

from portal.people.models import Person, Phone
from portal.privacy.masks import mask_id_number, mask_phone
from portal.privacy.sealing import SealBroken
from portal.privacy.services import opened
from portal.screens.values import Missing

UNREADABLE = "无法读取，请联系管理员"


def masked_number(person: Person | None) -> Any:
    """`43**************1X`, or that none is registered."""
    if person is None or not person.id_number:
        return Missing.NOT_REPORTED
    try:
        return mask_id_number(opened(person, "id_number"))
    except SealBroken:
        return UNREADABLE


def masked_phone(phone: Phone | None) -> Any:
    """`138****5678`, or that none is registered."""
    if phone is None:
        return Missing.NOT_REPORTED
    try:
        return mask_phone(opened(phone, "number"))
    except SealBroken:
        return UNREADABLE

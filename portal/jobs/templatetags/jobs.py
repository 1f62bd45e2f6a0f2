"""`{% background_notice %}` for pages whose work is done in the background."""

from django import template
from django.utils import timezone

from portal.jobs.selectors import background_problems, has_ever_worked

register = template.Library()


@register.inclusion_tag("jobs/notice.html")
def background_notice() -> dict[str, object]:
    """Says that background work stands still, that nothing is lost, and that it goes on by itself.

    Silent before the first heartbeat: a portal that was never started has nobody to tell.
    """
    now = timezone.now()
    return {"stands_still": has_ever_worked() and bool(background_problems(now))}

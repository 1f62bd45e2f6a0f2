"""Answers to what went wrong: cause, remedy and the reference number, never a traceback."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader

from portal.access.requests import request_facts


def render_error(
    request: HttpRequest, status: int, *, title: str, cause: str, remedy: str, detail: dict[str, Any] | None = None
) -> HttpResponse:
    """The error page with its status; `detail` may carry `ours` and `theirs` of a conflict."""
    context = {"status": status, "title": title, "cause": cause, "remedy": remedy, "detail": detail}
    return render(request, "errors/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the browser sent something that cannot be read."""
    return render_error(
        request,
        400,
        title="请求无法识别",
        cause="浏览器发来的内容不完整或格式不对,系统没有处理。",
        remedy="请返回上一页刷新后重试。",
    )


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 raised by Django itself."""
    return render_error(
        request,
        403,
        title="不能进行这项操作",
        cause="您当前的身份无权进行这项操作。",
        remedy="如果您认为应当可以操作,请切换身份,或联系社会工作部核实权限。",
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page, or not within the actor's scope; the two are not told apart."""
    return render_error(
        request,
        404,
        title="没有找到这个页面",
        cause="网址有误,或者内容已删除,或者不在您当前身份的管辖范围内。",
        remedy="请核对网址,或从首页重新进入;有多个身份的,请切换身份后再试。",
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is missing or outdated, mostly because the session ended while the page stood open."""
    return render_error(
        request,
        403,
        title="页面已过期,请重新提交",
        cause="本页打开时间过长或登录状态已变化,系统没有保存这次提交。",
        remedy="请返回上一页复制已填写的内容,刷新页面后重新提交。",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500: plain text in our own look, made without the database or the template context."""
    facts = request_facts.get()
    page = loader.get_template("errors/500.html").render({"reference": facts.request_id if facts else ""})
    return HttpResponse(page, status=500)

"""The views of a Django project."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, JsonResponse
from django.urls import path

from zenoo_security.errors import RecordNotFound
from zenoo_security.web import security_request

if TYPE_CHECKING:
    from collections.abc import Callable


def who(request: Any) -> JsonResponse:
    found = security_request(getattr(request, "scope", None) or request.environ).found
    return JsonResponse({"client": request.META["REMOTE_ADDR"], "scheme": request.scheme, "id": found["request_id"]})


def echo(request: Any) -> JsonResponse:
    try:
        return JsonResponse(json.loads(request.body))
    except ValueError:
        return JsonResponse({}, status=400)


def missing(request: Any) -> None:
    raise RecordNotFound


def crash(request: Any) -> None:
    raise ValueError("hunter2")


def own(request: Any) -> HttpResponse:
    return HttpResponse("short and stout", status=418, headers={"X-Shop": "tea"})


def divide(request: Any) -> HttpResponse:
    return HttpResponse(str(1 / 0))


class own_handler:  # noqa: N801
    """A middleware of the project that answers an exception."""

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        return self.get_response(request)

    def process_exception(self, request: Any, error: Exception) -> JsonResponse | None:
        return JsonResponse({"own": "handler"}, status=422) if isinstance(error, ZeroDivisionError) else None


urlpatterns = [
    path("who", who),
    path("echo", echo),
    path("missing", missing),
    path("crash", crash),
    path("own", own),
    path("zero", divide),
]

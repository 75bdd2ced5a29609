"""Signing in and out, and changing one's password: plain forms that need no script."""

from html import escape
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.console.access.callers import Doors, caller_of
from assistant.console.access.people import LEAST_PASSWORD_CHARACTERS, NotAllowed, People, TooManyAttempts
from assistant.console.access.roles import LOGIN, LOGOUT, PASSWORD
from assistant.console.words import Words, words_for

_TYPED = Annotated[str, Form(max_length=2_000)]


def router(people: People, doors: Doors) -> APIRouter:
    """The routes for `people`, whose sessions go into the cookie that `doors` names."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(LOGIN)
    async def show(request: Request, next: str = "/") -> Response:
        return _login(words_for(request), next=next)

    @routes.post(LOGIN)
    async def sign_in(
        request: Request, name: _TYPED = "", password: _TYPED = "", next: _TYPED = "/"
    ) -> Response:
        words = words_for(request)
        try:
            cookie = await people.sign_in(name.strip(), password, address=_address(request))
        except TooManyAttempts as error:
            seconds = max(1, round(error.seconds))
            page = _login(
                words, next=next, wrong=words("wait", seconds=seconds), status=HTTPStatus.TOO_MANY_REQUESTS
            )
            page.headers["Retry-After"] = str(seconds)
            return page
        except NotAllowed:
            return _login(words, next=next, wrong=words("wrong"), status=HTTPStatus.UNAUTHORIZED)
        response = RedirectResponse(_within(next), HTTPStatus.SEE_OTHER)
        is_safe = request.url.scheme == "https"
        response.set_cookie(doors.cookie, cookie, httponly=True, samesite="strict", secure=is_safe, path="/")
        return response

    @routes.post(LOGOUT)
    async def sign_out(request: Request) -> Response:
        await people.sign_out(caller_of(request))
        response = RedirectResponse(LOGIN, HTTPStatus.SEE_OTHER)
        response.delete_cookie(doors.cookie, httponly=True, samesite="strict", path="/")
        return response

    @routes.get(PASSWORD)
    async def show_change(request: Request) -> Response:
        return _change(words_for(request), must=caller_of(request).must_change_password)

    @routes.post(PASSWORD)
    async def change(request: Request, old: _TYPED = "", new: _TYPED = "") -> Response:
        words, caller = words_for(request), caller_of(request)
        try:
            await people.change_password(caller, old, new, address=_address(request))
        except TooManyAttempts as error:
            wrong = words("wait", seconds=max(1, round(error.seconds)))
        except NotAllowed as error:
            wrong = words(error.key, least=LEAST_PASSWORD_CHARACTERS)
        else:
            return RedirectResponse("/", HTTPStatus.SEE_OTHER)
        return _change(words, must=caller.must_change_password, wrong=wrong)

    return routes


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _within(target: str) -> str:
    """A place of this site, whatever was asked for."""
    is_path = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if is_path else "/"


def _login(words: Words, *, next: str, wrong: str = "", status: int = HTTPStatus.OK) -> Response:
    fields = (
        f'<input type="hidden" name="next" value="{escape(_within(next))}">'
        + _field(words("name"), "name", "username", focus=True)
        + _field(words("password"), "password", "current-password", secret=True)
    )
    return _page(words, title=words("sign in"), action=LOGIN, fields=fields, wrong=wrong, status=status)


def _change(words: Words, *, must: bool, wrong: str = "") -> Response:
    told = f"<p>{escape(words('choose password', least=LEAST_PASSWORD_CHARACTERS))}</p>" if must else ""
    fields = (
        told
        + _field(words("old password"), "old", "current-password", secret=True, focus=True)
        + _field(words("new password"), "new", "new-password", secret=True)
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return _page(
        words, title=words("change password"), action=PASSWORD, fields=fields, wrong=wrong, status=status
    )


def _field(label: str, name: str, kind: str, *, secret: bool = False, focus: bool = False) -> str:
    marks = f'type="{"password" if secret else "text"}" autocomplete="{kind}"{" autofocus" if focus else ""}'
    return f'<label>{escape(label)}<input name="{name}" required {marks}></label>'


def _page(words: Words, *, title: str, action: str, fields: str, wrong: str, status: int) -> Response:
    alert = f'<p role="alert">{escape(wrong)}</p>' if wrong else ""
    return HTMLResponse(
        f'<!doctype html><html lang="{words.language}"><head><meta charset="utf-8">'
        f"<title>{escape(title)} · {escape(words('title'))}</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="/console-static/sign-in.css"></head><body><main>'
        f"<h1>{escape(words('title'))}</h1>{alert}"
        f'<form method="post" action="{action}">{fields}<button>{escape(title)}</button></form>'
        "</main></body></html>",
        status,
        headers={"Cache-Control": "no-store"},
    )

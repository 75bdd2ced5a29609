"""The wire to the model, against a real server: what it says, and how it fails without quoting a secret."""

import sys

import pytest
from aiohttp import web

from assistant.drafting.endpoint import Completion, Endpoint, EndpointFailure
from assistant.errors import SettingsError
from assistant.settings import DraftSettings
from tests.fakes.model_server import KEY, ModelServer, completion

MESSAGES = [{"role": "user", "content": "保修多久"}]


def settings(url: str, **changes: object) -> DraftSettings:
    return DraftSettings.model_validate(
        {"base_url": url, "model": "tiny", "api_key": KEY, "timeout_seconds": 5.0} | changes
    )


async def ask(server: ModelServer, **changes: object) -> Completion:
    endpoint = Endpoint(settings(server.url, **changes))
    try:
        return await endpoint.ask(MESSAGES)
    finally:
        await endpoint.aclose()


async def failure(*replies: str | int | web.Response, **changes: object) -> EndpointFailure:
    async with ModelServer.open(*replies) as server:
        with pytest.raises(EndpointFailure) as caught:
            await ask(server, **changes)
    assert len(server.asked) == 1  # trying again is not its business
    assert KEY not in f"{caught.value!r} {caught.value} {caught.value.__cause__}"
    return caught.value


async def test_a_reply_comes_with_its_tokens() -> None:
    async with ModelServer.open("两年") as server:
        assert await ask(server) == Completion("两年", 400, 50)
    assert server.keys == [f"Bearer {KEY}"]
    assert server.asked[0]["messages"] == MESSAGES
    assert server.asked[0]["model"] == "tiny"


async def test_a_key_of_another_program_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another")
    async with ModelServer.open("两年") as server:
        await ask(server, api_key=None)
    assert "another" not in server.keys[0]


@pytest.mark.parametrize("usage", [None, {}, {"prompt_tokens": "many", "completion_tokens": -1}])
async def test_tokens_that_are_not_counted_are_not_known(usage: object) -> None:
    async with ModelServer.open(web.json_response(completion("两年", usage=usage))) as server:
        assert await ask(server) == Completion("两年", None, None)


@pytest.mark.parametrize(
    ("status", "may_pass", "word"),
    [
        (400, False, "refuses the request (400)"),
        (401, False, "refuses the key (401)"),
        (404, False, "no such model"),
        (429, True, "too often (429)"),
        (500, True, "an error (500)"),
        (503, True, "an error (503)"),
    ],
)
async def test_a_refusal_says_whether_trying_again_may_help(status: int, may_pass: bool, word: str) -> None:
    refused = await failure(status)
    assert refused.may_pass is may_pass
    assert word in str(refused)
    assert not refused.may_cost


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("100000", 60.0), ("soon", 0.0), ("-1", 0.0)])
async def test_the_wait_that_is_asked_for_is_heard_within_reason(header: str, seconds: float) -> None:
    limited = web.Response(status=429, headers={"Retry-After": header})
    assert (await failure(limited)).retry_after_seconds == seconds


@pytest.mark.parametrize(
    "response",
    [
        {"body": b"{broken", "content_type": "application/json"},
        {"body": b"<html>busy</html>", "content_type": "text/html"},
        {"body": b"[]", "content_type": "application/json"},
        {"body": b'{"choices": []}', "content_type": "application/json"},
        {"body": b'{"choices": [{"message": {"content": null}}]}', "content_type": "application/json"},
        {"body": b'{"choices": 3}', "content_type": "application/json"},
        {"body": b"", "content_type": "application/json"},
    ],
    ids=["broken", "page", "list", "none", "null", "number", "empty"],
)
async def test_garbage_is_a_failure_that_may_have_cost(response: dict[str, object]) -> None:
    garbled = await failure(web.Response(**response))
    assert str(garbled) == "answers in no known form"
    assert garbled.may_cost


async def test_silence_ends_with_the_timeout() -> None:
    silent = await failure("hang", timeout_seconds=0.2)
    assert str(silent) == "gives no answer within 0.2 s"
    assert silent.may_pass
    assert silent.may_cost


async def test_a_server_that_is_not_there_is_a_failure() -> None:
    async with ModelServer.open("两年") as server:
        url = server.url
    endpoint = Endpoint(settings(url))
    with pytest.raises(EndpointFailure, match="cannot be reached") as caught:
        await endpoint.ask(MESSAGES)
    await endpoint.aclose()
    assert caught.value.may_pass


def test_without_the_package_one_line_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(SettingsError, match=r"pip install 'live-assistant\[drafts\]'"):
        Endpoint(settings("http://127.0.0.1:1/v1"))

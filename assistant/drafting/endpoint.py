"""The model behind an OpenAI-compatible endpoint, through the `openai` SDK, which only this file loads.

One request is one attempt here: when to try again is for `drafter`. No error repeats what the other side
said: it may quote the key, the viewer or a passage.
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from assistant.drafting.prompt import Messages
from assistant.errors import AssistantError, SettingsError
from assistant.settings import DraftSettings

_NO_KEY = (
    "none"  # Ollama and vLLM ask for none; without one the SDK would look for another in the environment
)
_PASSING = frozenset({408, 409, 425, 429})
_LONGEST_WAIT_SECONDS = 60.0
_MEANINGS = {
    401: "refuses the key",
    402: "asks for payment",
    403: "refuses the key",
    404: "knows no such model or address",
    429: "is asked too often",
}


@dataclass(frozen=True, slots=True)
class Completion:
    """Tokens are None where the endpoint does not count them."""

    text: str
    tokens_in: int | None
    tokens_out: int | None


class EndpointFailure(AssistantError):
    """`may_pass`: trying again may help, no sooner than `retry_after_seconds`. `may_cost`: the model may have
    worked for it."""

    def __init__(
        self, message: str, *, may_pass: bool, may_cost: bool = False, retry_after_seconds: float = 0.0
    ) -> None:
        super().__init__(message)
        self.may_pass = may_pass
        self.may_cost = may_cost
        self.retry_after_seconds = retry_after_seconds


class Endpoint:
    """Raises SettingsError where the SDK is not installed. `aclose` ends its connections."""

    def __init__(self, settings: DraftSettings) -> None:
        try:
            import openai
        except ImportError:
            raise SettingsError(
                "drafts: the openai package is not installed; run: pip install 'live-assistant[drafts]'"
            ) from None
        logging.getLogger("openai").setLevel(logging.WARNING)  # OPENAI_LOG would have it print prompts
        self._openai = openai
        self._settings = settings
        key = settings.api_key.get_secret_value() if settings.api_key else _NO_KEY
        self._client = openai.AsyncOpenAI(
            api_key=key, base_url=settings.base_url, timeout=settings.timeout_seconds, max_retries=0
        )

    async def ask(self, messages: Messages) -> Completion:
        """Raises EndpointFailure."""
        seconds, openai = self._settings.timeout_seconds, self._openai
        try:
            async with asyncio.timeout(seconds):  # of the whole: the SDK's counts from byte to byte
                reply: Any = await self._client.chat.completions.create(
                    model=self._settings.model,
                    messages=messages,  # type: ignore[arg-type]  # plain dictionaries of these roles
                    temperature=0.0,
                    max_tokens=self._settings.most_tokens,
                )
        except (TimeoutError, openai.APITimeoutError):
            raise EndpointFailure(
                f"gives no answer within {seconds:g} s", may_pass=True, may_cost=True
            ) from None
        except openai.APIConnectionError:
            raise EndpointFailure("cannot be reached", may_pass=True) from None
        except openai.APIStatusError as error:
            raise _refusal(error.status_code, error.response.headers.get("retry-after", "")) from None
        except (openai.OpenAIError, ValueError):
            raise EndpointFailure("answers in no known form", may_pass=False, may_cost=True) from None
        return _completion(reply)

    async def aclose(self) -> None:
        await self._client.close()


def _refusal(status: int, retry_after: str) -> EndpointFailure:
    meaning = _MEANINGS.get(status, "has an error" if status >= 500 else "refuses the request")
    wait = float(retry_after) if retry_after.isdecimal() and retry_after.isascii() else 0.0
    return EndpointFailure(
        f"{meaning} ({status})",
        may_pass=status >= 500 or status in _PASSING,
        retry_after_seconds=min(wait, _LONGEST_WAIT_SECONDS),
    )


def _completion(reply: Any) -> Completion:
    """The SDK checks nothing: what another program calls compatible may have any shape."""
    try:
        text = reply.choices[0].message.content
    except (AttributeError, IndexError, TypeError):
        text = None
    if not isinstance(text, str):
        raise EndpointFailure("answers in no known form", may_pass=False, may_cost=True)
    usage = getattr(reply, "usage", None)
    return Completion(text, _tokens(usage, "prompt_tokens"), _tokens(usage, "completion_tokens"))


def _tokens(usage: Any, name: str) -> int | None:
    counted = getattr(usage, name, None)
    return counted if type(counted) is int and counted >= 0 else None

"""`init`: a commented settings file, made of the settings' own names and defaults."""

from pathlib import Path

from assistant.errors import SettingsError

TEMPLATE = """\
# Settings of the live assistant. Every line that begins with '#' shows a default.
# Environment variables win over this file: ASSISTANT_POLICY__COOLDOWN_SECONDS=30
# Flags win over both: assistant run --room bilibili:7777

# The rooms to sit in, as platform:id; the id is the number in the room's address.
rooms = []

# Hear and decide, but send nothing.
# dry_run = false

# Sending needs the cookies of a logged-in account. They do not belong into this file: put
# sessdata, bili_jct and buvid3 into a file that only you can read (chmod 600) and name it here,
# or set ASSISTANT_BILIBILI__SESSDATA and ASSISTANT_BILIBILI__BILI_JCT in the environment.
# secrets_file = "secrets.toml"

[store]
# Where everything heard, decided and sent is kept. Relative to this file.
# path = "assistant.db"

[knowledge]
# A FAQ file (JSON lines) to answer from. Without it, what 'assistant import' put into the database.
# faq = "faq.jsonl"
# Empty: the embedding that ships here. Else the name or folder of a sentence-transformers model.
# model = ""
# Manuals, outlines, reports (txt, md, html, docx, pdf), files or folders. What they say to a question that
# goes to the host goes with it.
# documents = []

[policy]
# The share of replies that may be wrong. Smaller: fewer answers, surer ones.
# wrong_reply_budget = 0.1
# The share of replies that must be right, all but certainly. The stricter of both holds.
# precision = 0.9
# A calibration of your own, relative to this file. Without it, the one that ships here.
# calibration = "calibration.json"
# The same answer is not given again within this time; who asks meanwhile is counted with the first.
# cooldown_seconds = 60.0
# Equal questions to the host within this time are one, with its askers counted.
# escalation_window_seconds = 600.0
# Whether what the host types is answered too.
# answer_the_host = false

[sending]
# The least time between two lines of ours, over all rooms of the account.
# spacing_seconds = 2.0
# A reply that could not be sent within this time is worthless and goes to the host.
# expire_seconds = 45.0
# A line of ours that the room does not show within this time counts as lost.
# echo_seconds = 15.0
# A longer answer than so many lines goes to the host.
# most_parts = 4
# Address the viewer who asked.
# mention_asker = true

[broadcast]
# What answers leave open: {price} in an answer is filled with what is set here; names are your own.
# An answer for which a value is missing is not said, its question goes to the host.
# price = "199元"
# link = "https://…"
# [broadcast.rooms."bilibili:7777"]
# price = "189元"

[drafts]
# A language model that drafts an answer from these documents, through an OpenAI-compatible endpoint (Qwen,
# DeepSeek, Ollama, vLLM): pip install 'live-assistant[drafts]'. People see the draft with the question. The
# question's text and the passages are sent there; nobody's name is, and nothing about a viewer's own order.
# base_url = ""
# model = ""
# The key does not belong into this file: drafts_api_key in the secrets file, or ASSISTANT_DRAFTS__API_KEY.
# timeout_seconds = 20.0
# retries = 2
# What a million tokens cost (into the model, out of it), and what drafts may cost in one broadcast.
# price_in = 0.0
# price_out = 0.0
# budget = 1.0
# How long a reply of the model may be, its thoughts included.
# most_tokens = 1000
# No draft has one of these in it.
# banned_words = []
# Above this confidence (0 to 1) a draft goes into the room by itself. Without it, none ever does.
# send_above = 0.9

[console]
# The web console beside 'assistant run', for agents, editors and the host on camera.
# enabled = true
# Where it listens. "0.0.0.0" lets the network in: put it behind a proxy with HTTPS then.
# host = "127.0.0.1"
# port = 8080
# Further names that it is reached by, as a proxy in front of it has one.
# hosts = ["console.example.com"]
# People sign in again when they did nothing for so long, and after so long at the latest.
# idle_hours = 12.0
# session_hours = 168.0

[limits]
# Lines that may wait to be decided; under flood the oldest unpaid ones are dropped and counted.
# queue = 5000
# Longer lines of viewers are cut before they are read.
# text_characters = 500
"""


def write_settings(path: Path) -> None:
    """Raises SettingsError when `path` exists or cannot be written."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(TEMPLATE)
    except FileExistsError:
        raise SettingsError(f"{path}: exists already and was left as it is") from None
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror or 'cannot be written'}") from None

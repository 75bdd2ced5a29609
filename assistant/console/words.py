"""What the console says, in English and Chinese: a table of words beside each page, and how it is read.

A table holds both languages of a word in one place, so that neither can be missing.
"""

from collections.abc import Mapping
from typing import Final

from starlette.requests import HTTPConnection

from assistant.phrases import Language

Table = Mapping[str, tuple[str, str]]
"""Words by key: English, Chinese. Places for values are written {so}."""

LANGUAGES: Final = (Language.ENGLISH, Language.CHINESE)
LANGUAGE_COOKIE: Final = "console_language"
NAMES: Final = {Language.ENGLISH: "English", Language.CHINESE: "中文"}

FRAME: Final[Table] = {
    "title": ("Live assistant", "直播助手"),
    "live": ("Live", "直播间"),
    "questions": ("Questions", "待答问题"),
    "host": ("Host", "主播"),
    "faq": ("FAQ", "问答库"),
    "report": ("Report", "报告"),
    "settings": ("Settings", "设置"),
    "overlay": ("Overlay", "画面卡片"),
    "menu": ("Menu", "菜单"),
    "sign in": ("Sign in", "登录"),
    "sign out": ("Sign out", "退出"),
    "name": ("Name", "用户名"),
    "password": ("Password", "密码"),
    "old password": ("Password until now", "原密码"),
    "new password": ("New password", "新密码"),
    "change password": ("Change password", "修改密码"),
    "choose password": (
        "The password was for one time: choose your own, of at least {least} characters.",
        "初始密码只能用一次：请设置自己的密码，至少 {least} 个字符。",
    ),
    "wrong": ("Wrong name or password.", "用户名或密码不对。"),
    "wait": ("Too many attempts: wait {seconds} s.", "尝试次数过多：请等 {seconds} 秒。"),
    "old wrong": ("The password until now is another.", "原密码不对。"),
    "too short": ("At least {least} characters, and not your name.", "至少 {least} 个字符，且不能是用户名。"),
    "not allowed": ("Not for the role “{role}”.", "“{role}”不能打开这一页。"),
    "back": ("Back", "返回"),
    "dark": ("Dark or light", "深色/浅色"),
    "language": ("Language", "语言"),
    "went wrong": ("Something went wrong; the log says more.", "出错了，详情见日志。"),
    "role.host": ("host", "主播"),
    "role.agent": ("agent", "客服"),
    "role.editor": ("editor", "编辑"),
    "role.admin": ("admin", "管理员"),
    "role.overlay": ("overlay", "画面卡片"),
}


class Words:
    """Tables read in one language."""

    def __init__(self, language: Language, *tables: Table) -> None:
        self.language = language
        self._place = LANGUAGES.index(language)
        self._tables = (*tables, FRAME)

    def __call__(self, key: str, **values: object) -> str:
        """The words for `key`, in the first table that has it. Raises KeyError."""
        for table in self._tables:
            if key in table:
                return table[key][self._place].format_map(values) if values else table[key][self._place]
        raise KeyError(key)

    def also(self, *tables: Table) -> "Words":
        """With a page's own tables, which win over those here."""
        return Words(self.language, *tables, *self._tables)


def words_for(request: HTTPConnection) -> Words:
    """In the language that was chosen, or else the browser's."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in tuple(Language):
        return Words(Language(chosen))
    return Words(preferred(request.headers.get("accept-language", "")))


def preferred(accept_language: str) -> Language:
    """The language of a browser, as its Accept-Language header ranks them; English when it names neither."""
    ranked = sorted(filter(None, map(_ranked, accept_language.split(","))), key=lambda one: -one[0])
    return ranked[0][1] if ranked else Language.ENGLISH


def _ranked(part: str) -> tuple[float, Language] | None:
    name, _, weight = part.strip().partition(";q=")
    base = name.strip().lower().partition("-")[0]
    if base not in tuple(Language):
        return None
    try:
        liking = float(weight or 1.0)
    except ValueError:
        return None
    return (liking, Language(base)) if 0 < liking <= 1 else None

"""Commands that the platform sends and nobody here needs: known, so that they are not counted as unknown."""

_NAMES = frozenset(
    {
        # These repeat what another command tells.
        "COMBO_SEND",
        "SUPER_CHAT_MESSAGE_JPN",
        # Decoration, lists and rankings.
        "AREA_RANK_CHANGED",
        "CARD_MSG",
        "CHANGE_ROOM_INFO",
        "COMMON_NOTICE_DANMAKU",
        "ENTRY_EFFECT",
        "ENTRY_EFFECT_MUST_RECEIVE",
        "FULL_SCREEN_SPECIAL_EFFECT",
        "GUARD_HONOR_THOUSAND",
        "LIKE_INFO_V3_NOTICE",
        "LIVE_ROOM_TOAST_MESSAGE",
        "MESSAGEBOX_USER_GAIN_MEDAL",
        "MESSAGEBOX_USER_MEDAL_CHANGE",
        "NOTICE_MSG",
        "ONLINE_RANK_TOP3",
        "ONLINE_RANK_V2",
        "ONLINE_RANK_V3",
        "OTHER_SLICE_LOADING_RESULT",
        "PLAY_PROGRESS_BAR",
        "PLAY_TAG",
        "RANK_CHANGED",
        "RANK_CHANGED_V2",
        "RANK_REM",
        "RECOMMEND_CARD",
        "ROOM_BANNER",
        "ROOM_CONTENT_AUDIT_REPORT",
        "ROOM_RANK",
        "ROOM_REAL_TIME_MESSAGE_UPDATE",
        "ROOM_REAL_TIME_MESSAGE_UPDATE_V2",
        "ROOM_SKIN_MSG",
        "SPREAD_SHOW_FEET_V2",
        "STOP_LIVE_ROOM_LIST",
        "SUPER_CHAT_ENTRANCE",
        "SYS_MSG",
        "TRADING_SCORE",
        "USER_INFO_UPDATE",
        "USER_PANEL_RED_ALARM",
        "USER_TASK_PROGRESS",
        "USER_TASK_PROGRESS_V2",
        "USER_VIRTUAL_MVP",
    }
)
_BEGINNINGS = (
    "ANCHOR_LOT_",
    "GIFT_STAR_PROCESS",
    "HOT_RANK",
    "HOT_ROOM",
    "INTERACTIVE_USER",
    "LIVE_INTERACTIVE_GAME",
    "LIVE_MULTI_VIEW",
    "PK_",
    "POPULAR",  # POPULAR_RANK_*, POPULARITY_RED_POCKET_*
    "UNIVERSAL_EVENT_GIFT",
    "VOICE_JOIN_",
    "WIDGET_",
)


def is_noise(name: str) -> bool:
    return name in _NAMES or name.startswith(_BEGINNINGS)

"""Recognises lines that try to give the assistant orders, or to run as code somewhere. Pure.

Nothing here obeys any text; such lines are ignored so that they bother neither the room nor the host.
"""

import re

_ORDERS = re.compile(
    r"(忽略|无视|忘记|忘掉|不要理会).{0,6}(之前|前面|以上|上面|先前|所有|一切|系统).{0,8}(指令|指示|提示|设定|规则|命令|要求|限制)"
    r"|系统\s*提示词|system\s*prompt|提示词(是什么|发|给|输出|打印)"
    r"|(ignore|disregard|forget|override)\b.{0,20}\b(previous|prior|above|earlier|all|system|your)\b"
    r".{0,20}\b(instructions?|prompts?|rules|orders|messages)"
    r"|\b(reveal|print|show|repeat|output)\b.{0,20}\b(system prompt|your (instructions|prompt|rules))"
    r"|\b(developer|jailbreak|dan) mode\b|\byou are now (a|an|dan|in)\b|^\s*(system|assistant)\s*[:：]",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"<\s*/?\s*(script|iframe|img|svg|style|object|embed)\b|javascript:|\bon(error|load|click)\s*="
    r"|^[=+@-]\s*(cmd|hyperlink|importxml|webservice|dde)\b|[=+@-]\s*cmd\s*\|"
    r"|('|\")\s*;\s*(drop|delete|update|insert|select)\b|\bdrop\s+table\b|\bunion\s+select\b"
    r"|\$\{jndi:|\{\{.*\}\}|\$\(.+\)|;\s*rm\s+-rf\b",
    re.IGNORECASE,
)
_LONGEST = 500


def is_injection(text: str) -> bool:
    """Whether `text`, of which the first 500 characters are read, is an order to us or code."""
    read = text[:_LONGEST]
    return _ORDERS.search(read) is not None or _CODE.search(read) is not None

"""Writes a sheet to begin with: the columns, and examples of what may stand in them.

Fill it in, delete the examples, and take it in with `import_faqs.py`. The column of ids may stay empty: the
import writes them into it.
"""

import json
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from knowledge import Entry, KnowledgeError
from knowledge.importers import write_entries


class SheetLanguage(StrEnum):
    ZH = "zh"
    EN = "en"


app = typer.Typer(add_completion=False)


def examples(language: SheetLanguage, now: datetime) -> list[Entry]:
    """Three entries that between them use every column; the last holds for one day, beginning tonight."""
    evening = now.replace(hour=20, minute=0, second=0, microsecond=0)
    day = {"rooms": ("bilibili:123",), "valid_from": evening, "valid_until": evening + timedelta(days=1)}
    *usual, coupon = _TEXTS[language]
    return [Entry.model_validate(fields) for fields in (*usual, coupon | day)]


_TEXTS: dict[SheetLanguage, list[dict[str, object]]] = {
    SheetLanguage.ZH: [
        {
            "id": "ship",
            "category": "物流",
            "question": "什么时候发货？",
            "variants": ("几天能发货", "下单多久到"),
            "answer": "付款后48小时内发货，一般三天左右送到。",
            "short_answer": "48小时内发货",
            "other_answers": ("拍下后两天内就会发出。",),
            "note": "示例：其他问法和其他答案一行一个（单元格内用 Alt+Enter 换行）",
        },
        {
            "id": "price",
            "category": "价格",
            "question": "多少钱？",
            "variants": ("什么价格", "怎么卖"),
            "answer": "今天直播间价{price}，链接在{link}。",
            "threshold": 0.9,
            "note": "示例：{price} 和 {link} 开播时按设置填入；阈值越高越谨慎",
        },
        {
            "id": "coupon",
            "category": "优惠",
            "question": "优惠券怎么领？",
            "answer": "点购物袋上方的领券，今晚八点起一天内有效。",
            "enabled": False,
            "note": "示例：只在一个直播间、一段时间内有效；启用写“是”后才会回答",
        },
    ],
    SheetLanguage.EN: [
        {
            "id": "ship",
            "category": "Shipping",
            "question": "When will it ship?",
            "variants": ("how long does delivery take", "shipping time"),
            "answer": "It ships within 48 hours and arrives about three days later.",
            "short_answer": "Ships in 48 h",
            "other_answers": ("We send it out within two days.",),
            "note": "Example: other wordings and other answers stand one a line (Alt+Enter within a cell)",
        },
        {
            "id": "price",
            "category": "Price",
            "question": "How much is it?",
            "variants": ("what does it cost", "price please"),
            "answer": "It is {price} in this broadcast, here: {link}",
            "threshold": 0.9,
            "note": "Example: {price} and {link} come from the settings; a higher threshold is stricter",
        },
        {
            "id": "coupon",
            "category": "Offers",
            "question": "Where do I get the coupon?",
            "answer": "Tap the shopping bag; it is valid for one day from eight o'clock tonight.",
            "enabled": False,
            "note": "Example: for one room and one day only; it is answered once enabled says yes",
        },
    ],
}


Sheet = Annotated[Path, typer.Argument(help="The sheet to write: .xlsx, .csv, or any other kind we read.")]
Language = Annotated[SheetLanguage, typer.Option(help="Of the columns and the examples.")]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]


@app.command(help=__doc__)
def main(
    file: Sheet, language: Language = SheetLanguage.ZH, force: Force = False, as_json: AsJson = False
) -> None:
    if file.exists() and not force:
        raise typer.BadParameter(f"{file} is there already; --force writes over it")
    entries = examples(language, datetime.now())
    try:
        write_entries(file, entries, language=language.value)
    except KnowledgeError as error:
        raise typer.BadParameter(str(error)) from None
    if as_json:
        typer.echo(json.dumps({"file": str(file), "examples": len(entries)}, ensure_ascii=False))
    else:
        typer.echo(f"{file}: {len(entries)} examples to replace by your own")


if __name__ == "__main__":
    app()

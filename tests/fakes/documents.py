"""Documents as their programs write them, made small."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

from docx import Document


def write_pdf(path: Path, pages: Sequence[Sequence[str]]) -> Path:
    """Pages of Latin lines in Helvetica."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    kids = []
    for lines in pages:
        shown = b"".join(b"(%s) Tj 0 -14 Td " % line.encode() for line in lines)
        stream = b"BT /F1 12 Tf 72 720 Td " + shown + b"ET"
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    path.write_bytes(_file(objects))
    return path


def _file(objects: Sequence[bytes]) -> bytes:
    data, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(data))
    return data + b"xref\n0 %d\n0000000000 65535 f \n" % count + table + trailer


def write_docx(path: Path) -> Path:
    """A heading of each of two levels, a paragraph, a table."""
    document = Document()
    document.add_heading("面霜说明", level=1)
    document.add_heading("用法", level=2)
    document.add_paragraph("早晚洁面后取黄豆大小，轻拍至吸收。")
    document.add_heading("规格", level=2)
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "净含量", "50 毫升"
    document.save(str(path))
    return path


def write_zip_bomb(path: Path, *, unpacked_bytes: int) -> Path:
    """A Word document whose text is nothing but zeros."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * unpacked_bytes)
    return path

"""What hangs on a message and has an address of its own: its picture, its files."""

from __future__ import annotations

from starlette.responses import Response

from bot.platforms.web.errors import WebError
from bot.platforms.web.history import Message
from bot.platforms.web.identity import YEAR
from bot.platforms.web.render import file_mark, picture_mark


def picture(message: Message | None, mark: str) -> Response:
    """The picture; `WebError` 404 where the message has none of that mark."""
    image = message.reply.image if message is not None and message.reply is not None else None
    if image is None or picture_mark(image.png) != mark:
        raise WebError(status=404)
    # What an address shows never changes; only this browser may keep it.
    headers = {"cache-control": f"private, max-age={YEAR}, immutable"}
    return Response(image.png, media_type="image/png", headers=headers)


def file(message: Message | None, mark: str) -> Response:
    """The file, to be saved and never shown; `WebError` 404 as above."""
    files = message.reply.files if message is not None and message.reply is not None else ()
    found = next((one for one in files if file_mark(one) == mark), None)
    if found is None:
        raise WebError(status=404)
    headers = {
        "content-disposition": f'attachment; filename="{found.name}"',
        "cache-control": "private, no-store",
    }
    return Response(found.content, media_type="application/octet-stream", headers=headers)

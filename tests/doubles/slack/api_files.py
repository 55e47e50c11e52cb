"""files.*: the upload in three steps. The message that shows a file appears after the answer."""

from __future__ import annotations

from tests.doubles.slack import checks, limits, wire, writing
from tests.doubles.slack.access import to_write_in
from tests.doubles.slack.desk import Desk, Request, Sharing
from tests.doubles.slack.errors import ApiError, Misuse
from tests.doubles.slack.routing import method
from tests.doubles.slack.world import File, Json


@method("files.getUploadURLExternal", "files:write")
def get_url(desk: Desk, request: Request) -> Json:
    name, length = str(request.args.get("filename") or ""), int(request.args.get("length") or 0)
    if not name:
        raise ApiError("invalid_arguments")
    if not 0 < length <= limits.UPLOAD_BYTES:
        raise Misuse("invalid_arguments", "length: nothing, or more than a gigabyte")
    file = File(desk.world.id("F"), request.team, request.team.bot, name, created=desk.world.clock.now())
    file.expected = length
    file.alt_text = str(request.args.get("alt_txt") or "")
    file.content_type = wire.content_type(name)
    desk.world.files[file.id] = file
    return {"upload_url": f"{desk.base}/upload/v1/{file.id}", "file_id": file.id}


@method("files.completeUploadExternal", "files:write")
def complete(desk: Desk, request: Request) -> Json:
    args = request.args
    given = args.get("files") or []
    found: list[File] = []
    for each in given:
        file = desk.world.files.get(str(each.get("id")))
        if file is None or file.team is not request.team or not file.uploaded or file.completed:
            raise ApiError("file_not_found")
        found.append(file)
    if not 0 < len(found) <= limits.FILES_OF_A_MESSAGE:
        raise Misuse("invalid_arguments", f"files: 1 to {limits.FILES_OF_A_MESSAGE}")
    places = (
        [str(args["channel_id"])] if args.get("channel_id") else str(args.get("channels") or "").split(",")
    )
    channels = [to_write_in(desk, request, each) for each in places if each]
    if args.get("initial_comment") and args.get("blocks"):
        raise Misuse("invalid_arguments", "initial_comment and blocks exclude one another")
    if args.get("blocks") and (problems := checks.of_message({"text": "x", "blocks": args["blocks"]})):
        raise Misuse("invalid_blocks", *problems)
    body = {"text": str(args.get("initial_comment") or ""), "blocks": args.get("blocks")}
    for file, each in zip(found, given, strict=True):
        file.completed = True
        file.title = str(each.get("title") or file.name)
    shapes = [wire.file(file, desk.base, desk.world.channels) for file in found]
    for channel in channels:
        desk.sharings.append(Sharing(channel, found, body, str(args.get("thread_ts") or "")))
    return {"files": shapes}


@method("files.info", "files:read")
def info(desk: Desk, request: Request) -> Json:
    file = desk.world.files.get(str(request.args.get("file")))
    if file is None or file.team is not request.team or not file.completed:
        raise ApiError("file_not_found")
    seen = any(desk.world.channels[each].has_bot for each, _ in file.shares)
    if file.owner is not request.team.bot and not seen and not file.handed_in:
        raise ApiError("file_not_found")
    shape = wire.file(file, desk.base, desk.world.channels)
    return {"file": shape, "comments": [], "response_metadata": {"next_cursor": ""}}


@method("files.delete", "files:write")
def delete(desk: Desk, request: Request) -> Json:
    """The file goes, and from every message that shows it; one that showed nothing else goes too."""
    file = desk.world.files.get(str(request.args.get("file")))
    if file is None or file.team is not request.team or not file.completed:
        raise ApiError("file_not_found")
    if file.owner is not request.team.bot:
        raise ApiError("cant_delete_file")
    del desk.world.files[file.id]
    for channel, ts in file.shares:
        message = desk.world.message(channel, ts)
        if message is not None:
            message.files.remove(file)
            if not message.files and not message.text and not message.blocks:
                writing.remove(desk, message)
    return {}


def share(desk: Desk) -> int:
    """The messages of the files whose upload was completed appear; how many."""
    sharings, desk.sharings[:] = list(desk.sharings), []
    for sharing in sharings:
        message = writing.write(
            desk,
            sharing.channel,
            sharing.channel.team.bot,
            sharing.body,
            thread_ts=sharing.thread_ts,
            files=sharing.files,
            subtype="file_share",
        )
        for file in sharing.files:
            file.shares.append((sharing.channel.id, message.ts))
    return len(sharings)

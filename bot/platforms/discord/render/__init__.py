"""A `Reply` as Discord's messages, each within Discord's limits; together they lose nothing of it."""

from bot.platforms.discord.render.compose import MOST_MESSAGES, render
from bot.platforms.discord.render.controls import MENU
from bot.platforms.discord.render.rendered import Rendered
from bot.platforms.hosted.render.attached import Attached

__all__ = ["MENU", "MOST_MESSAGES", "Attached", "Rendered", "render"]

"""How Recap is on Slack: values only, read by the composition root."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

API_URL = "https://slack.com/api/"


@dataclass(frozen=True, slots=True)
class SlackOptions:
    """Settings of Slack (`slack.*`)."""

    bot_token: str = field(default="", repr=False)
    """Of the one workspace (`xoxb-`); empty: workspaces install the app by OAuth."""
    app_token: str = field(default="", repr=False)
    """`xapp-`, for Socket Mode; empty: Slack calls us over HTTP."""
    signing_secret: str = field(default="", repr=False)
    """What Slack signs its requests with; empty: none are taken."""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    """With `client_id` the app can be installed in any number of workspaces."""
    store_key: str = field(default="", repr=False)
    """What the tokens of installed workspaces are encrypted with: a Fernet key, or several with commas."""
    key_file: Path = Path("data/slack.key")
    """Where that key is kept when the settings name none."""
    api_url: str = API_URL
    """Where requests go, with a slash at the end."""
    public_url: str = ""
    """Where the web server is reached from outside, for the addresses in the manifest and OAuth."""
    prefix: str = ""
    """Before the name of every command, for workspaces that have `/ask` already."""
    admins: tuple[str, ...] = ()
    """Ids of users or user groups who are admins beside the workspace's own."""
    admin_teams: tuple[str, ...] = ()
    """Where any workspace can install the app: ids of those whose own admins are admins."""

    @property
    def socket(self) -> bool:
        """Whether events come through a socket that we open."""
        return bool(self.app_token)

    @property
    def http(self) -> bool:
        """Whether events come as signed requests to the web server."""
        return bool(self.signing_secret) and not self.socket

    def trusts(self, team: str) -> bool:
        """Whether the admins of a workspace are admins of the courses."""
        return not self.distributed or team in self.admin_teams

    @property
    def distributed(self) -> bool:
        """Whether any workspace can install the app; a token of one workspace excludes the others."""
        return bool(self.client_id and self.client_secret) and not self.bot_token

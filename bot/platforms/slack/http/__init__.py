"""What comes in over HTTP: Slack's signed requests, and browsers that install Recap. Plain ASGI."""

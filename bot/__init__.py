"""People side of paperlark: what talks to chats and mail. asyncio lives here only."""

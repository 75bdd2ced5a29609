"""The only code that touches a platform's sockets: HTTP, websocket connections, keeping them, recordings."""

"""Bilibili over its web danmaku websocket, as a pure codec."""

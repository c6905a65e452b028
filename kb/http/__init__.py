"""What every server of ours needs: names, sockets, the types of ASGI."""

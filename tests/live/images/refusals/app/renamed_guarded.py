try:
    from mcp.server.fastmcp import FastMCP
except ModuleNotFoundError:
    FastMCP = None

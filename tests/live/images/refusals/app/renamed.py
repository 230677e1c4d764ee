from mcp.server.fastmcp import FastMCP

"""What a browser calls itself, short enough for people to know it again in the list of their sessions."""

# The first that is found counts: most of them claim to be the others as well.
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {"Windows": "Windows", "Android": "Android", "iPhone": "iPhone", "Mac OS": "Mac", "Linux": "Linux"}


def device_name(user_agent: str) -> str:
    """Such as `Firefox on Linux`. Anybody can claim to be anything: it is a help, and proves nothing."""
    browser = next((name for mark, name in BROWSERS.items() if mark in user_agent), "Unknown browser")
    system = next((name for mark, name in SYSTEMS.items() if mark in user_agent), "an unknown system")
    return f"{browser} on {system}"

"""From a zip, a tar, a folder or files sorted by hand to members, safely."""

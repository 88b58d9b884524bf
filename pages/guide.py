"""The guide: transfer learning in short pages, with figures from real runs. The topic is part of the address."""

from pages.components.guide import topic_view
from pages.components.shell import frame, session

shown = topic_view.named_topic()
frame.title(shown.title)
with session.errors_shown():
    topic_view.keep_address(shown)
    topic_view.show(shown)

"""A child process for tests, whose action depends on the word that it is sent."""

import os
import sys
import time

from core.errors import DatasetError, Stopped
from core.events import Event
from core.processes.server import Handlers, serve
from core.progress import OnEvent, ShouldStop
from core.settings import Settings

MODULE = "tests.core.processes.chatter"


def handlers_for(settings: Settings) -> Handlers:
    def answer(word: str, on_event: OnEvent, should_stop: ShouldStop) -> object:
        print("notes of a library")
        os.system("echo notes of a program")
        on_event(Event("pictures", 1, 2, {"pictures_per_second": 3.5}))
        return WORK[word](settings, should_stop)

    def add(number: int, on_event: OnEvent, should_stop: ShouldStop) -> int:
        return number + 1

    return {str: answer, int: add}


def refuse(settings: Settings, should_stop: ShouldStop) -> object:
    raise DatasetError("It can't be used.")


def run_out(settings: Settings, should_stop: ShouldStop) -> object:
    raise MemoryError


def wait(settings: Settings, should_stop: ShouldStop) -> object:
    while not should_stop():
        time.sleep(0.01)
    raise Stopped


def sleep(settings: Settings, should_stop: ShouldStop) -> object:
    time.sleep(600)
    return None


WORK = {
    "settings": lambda settings, should_stop: settings,
    "niceness": lambda settings, should_stop: os.nice(0),
    "pid": lambda settings, should_stop: os.getpid(),
    "refuse": refuse,
    "run out": run_out,
    "wait": wait,
    "sleep": sleep,
    "die": lambda settings, should_stop: os._exit(3),
    "be killed": lambda settings, should_stop: os.kill(os.getpid(), 9),
}

AT_ONCE = "--leave-at-once"

if __name__ == "__main__":
    serve(handlers_for, leaves_at_once=AT_ONCE in sys.argv)

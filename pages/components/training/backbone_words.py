"""Backbones in words: what each is like, and what its weights need before it can be used."""

from core.backbones.availability import Availability, availability, manual_ways
from core.backbones.backbone import Backbone
from core.backbones.table import BACKBONES
from core.settings import settings
from pages.components import wording
from pages.components.training import connection

DOWNLOAD, INSTALL = "download", "install"


def weights(backbone: Backbone) -> Availability:
    """Returns where a backbone's pretrained weights are."""
    return availability(backbone, settings())


def needs(backbone: Backbone) -> str:
    """Returns what a backbone needs before it can be used; empty if nothing."""
    found = weights(backbone)
    if found.is_here:
        return ""
    is_offline = found.kind == DOWNLOAD and connection.is_reachable(backbone.weights_file.url) is False
    offline = ", no internet now" if is_offline else ""
    colon = "" if found.kind == INSTALL else ":"
    return f"needs weights{colon} {found.text}{offline}"


def line(backbone: Backbone) -> str:
    """Returns a backbone as an option of a list."""
    state = needs(backbone) or weights(backbone).text
    return f"{backbone.label} · {wording.percent(backbone.top1_imagenet)} right on ImageNet · {state}"


def lines() -> dict[str, str]:
    """Returns all backbones as options of a list, by name."""
    return {name: line(backbone) for name, backbone in BACKBONES.items()}


def facts(backbone: Backbone) -> str:
    """Returns what a backbone is like, how its weights can be had if they are missing, and whose work they are."""
    parts = [
        f"{wording.large(backbone.params)} parameters, {wording.size(backbone.download_bytes)}",
        f"right on {wording.percent(backbone.top1_imagenet)} of ImageNet's pictures of 1,000 classes, which is no "
        "promise for yours",
    ]
    found = weights(backbone)
    if not found.is_here:
        when = "to get its weights" if found.kind == INSTALL else "without the internet"
        parts.append(f"{when}, {' or '.join(manual_ways(backbone, settings()))}")
    if backbone.weights_file.credit:
        parts.append(f"the weights are by the {backbone.weights_file.credit}")
    return ". ".join(f"{part[:1].upper()}{part[1:]}" for part in parts) + "."


def missing_urls() -> tuple[str, ...]:
    """Returns from where weights that aren't on this machine can be downloaded: one address for each server."""
    urls = [item.weights_file.url for item in BACKBONES.values() if weights(item).kind == DOWNLOAD]
    return tuple({url.split("/")[2]: url for url in urls if "//" in url}.values())


def working_now() -> Backbone | None:
    """Returns a backbone whose weights are on this machine, or None."""
    return next((backbone for backbone in BACKBONES.values() if weights(backbone).is_here), None)

// Makes links to the page that is shown change the address, as all others do. Streamlit (1.67) draws what such a link
// names but leaves the address as it is, and goes by the former one again with the next press of anything else. A link
// without parameters, such as the navigation's "Data" above a data set, leads nowhere at all.
function linkOf(event) {
  const link = event.target.closest?.("a[href]");
  const isOurs = link && new URL(link.href).origin === location.origin && !link.hasAttribute("download");
  return isOurs && !event.button && (!link.target || link.target === "_self") ? link : null;
}

function follow(event) {
  const link = linkOf(event);
  if (!link) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey) {
    // Streamlit would open it here: the browser shall open another tab or window.
    event.stopPropagation();
    return;
  }
  const target = new URL(link.href);
  if (target.pathname !== location.pathname || target.search === location.search) return;
  event.preventDefault();
  event.stopPropagation();
  if (link.hasAttribute("disabled")) return;
  history.pushState({}, "", target);
  // Streamlit draws what is in the address, as it does when somebody goes back.
  dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}

// Before Streamlit's own listener.
document.addEventListener("click", follow, { capture: true });

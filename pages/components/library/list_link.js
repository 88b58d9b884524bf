// Tells the page about clicks on links to the page that is shown, where its address says more than the link's, and puts
// the address of a link that says more into the browser: Streamlit draws what it names, but leaves the address as it is.
function isHere(target, here) {
  return target.origin === here.origin && target.pathname === here.pathname;
}

function leadsToStart(link) {
  const target = new URL(link.href);
  const here = new URL(location.href);
  return isHere(target, here) && !target.search && here.search;
}

export default function ({ setTriggerValue }) {
  const follow = (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const target = new URL(link.href);
    if (isHere(target, location) && target.search && target.search !== location.search) {
      history.pushState({}, "", target);
      return;
    }
    if (!leadsToStart(link)) return;
    event.preventDefault();
    event.stopPropagation();
    setTriggerValue("followed", true);
  };
  // Before Streamlit's own listener.
  document.addEventListener("click", follow, { capture: true });
  return () => document.removeEventListener("click", follow, { capture: true });
}

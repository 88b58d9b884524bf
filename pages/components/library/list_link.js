// Tells the page about clicks on links to the page that is shown, where its address says more than the link's.
function leadsToStart(link) {
  const target = new URL(link.href);
  const here = new URL(location.href);
  return target.origin === here.origin && target.pathname === here.pathname && !target.search && here.search;
}

export default function ({ setTriggerValue }) {
  const follow = (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || !leadsToStart(link)) return;
    event.preventDefault();
    event.stopPropagation();
    setTriggerValue("followed", true);
  };
  // Before Streamlit's own listener.
  document.addEventListener("click", follow, { capture: true });
  return () => document.removeEventListener("click", follow, { capture: true });
}

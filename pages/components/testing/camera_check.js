// Says why there is no live picture, where the browser can tell: Streamlit's webcam only asks for permission.
const REASONS = {
  insecure:
    "Browsers allow the camera only on this machine (localhost) or over https. Open the studio that way, or upload " +
    "pictures instead.",
  absent: "This browser finds no camera. Connect one and reload the page, or upload pictures instead.",
  refused:
    "The camera is blocked for this page. Allow it in the browser (the symbol beside the address), or upload pictures " +
    "instead.",
};

async function reason() {
  if (!window.isSecureContext || !navigator.mediaDevices) return "insecure";
  const devices = await navigator.mediaDevices.enumerateDevices();
  if (!devices.some((device) => device.kind === "videoinput")) return "absent";
  // Not every browser can be asked.
  const permission = await navigator.permissions?.query({ name: "camera" }).catch(() => null);
  return permission?.state === "denied" ? "refused" : "";
}

export default function ({ parentElement }) {
  let isShown = true;
  const words = document.createElement("p");
  words.setAttribute("role", "status");
  words.className = "camera-reason";
  parentElement.replaceChildren(words);

  const look = async () => {
    const found = await reason();
    if (isShown && words.textContent !== (REASONS[found] ?? "")) words.textContent = REASONS[found] ?? "";
  };
  const timer = setInterval(look, 1000);
  look();
  return () => {
    isShown = false;
    clearInterval(timer);
  };
}

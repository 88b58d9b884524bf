// Lets the user choose a file, asks the page for a token for it, and sends it.
const PATH = "upload/"; // relative to the page's address, so that a path prefix added by a proxy is kept
const SILENT = 0; // no answer at all

// By the boxes' keys. Files outlive the boxes, which are rebuilt when the page around them changes, so an upload
// continues while the user is on another page of the studio. `boxes` has the latest ones.
const { boxes, chosen, sending } = (window.studioUploads ??= {
  boxes: new Map(),
  chosen: new Map(),
  sending: new Map(),
});

function warn(event) {
  event.preventDefault();
}

function send(key, file, token) {
  const controller = new AbortController();
  sending.set(key, { name: file.name, token, controller });
  addEventListener("beforeunload", warn);
  fetch(new URL(PATH + token, location.href), { method: "PUT", body: file, signal: controller.signal })
    .then(async (answer) => ({ status: answer.status, words: await answer.text() }))
    .catch(() => ({ status: SILENT, words: "" }))
    .then(({ status, words }) => {
      sending.delete(key);
      if (!sending.size) removeEventListener("beforeunload", warn);
      const box = boxes.get(key);
      if (!box.isConnected) return; // the user is on another page
      box.draw();
      // The page itself reports errors with a file that the server began to receive.
      if (status === 403) box.say(words);
      if (status !== 204) box.tell("unsent", { token, status });
    });
}

function isOneOf(file, endings) {
  return endings.some((ending) => file.name.toLowerCase().endsWith(ending));
}

// Returns why a choice is refused, in words, and whether it consists of pictures; null if it is accepted.
function objection(files, items, data) {
  if ([...items].some((item) => item.webkitGetAsEntry?.()?.isDirectory)) {
    return { why: "This is a folder. Make a zip of it and drop that.", arePictures: false };
  }
  const arePictures = [...files].every((file) => isOneOf(file, data.pictures));
  if (files.length > 1) {
    const several = arePictures ? "These are single pictures." : "These are several files.";
    return { why: `${several} ${arePictures ? `Expected ${data.kinds}.` : "Choose one at a time."}`, arePictures };
  }
  if (isOneOf(files[0], data.accept)) return null;
  return { why: `Expected ${data.kinds}. Received ${files[0].name}.`, arePictures };
}

export default function ({ data, parentElement, setTriggerValue }) {
  const { key } = data;
  const root = parentElement.querySelector(".upload");
  const part = (name) => root.querySelector(`.upload-${name}`);
  const zone = part("zone");
  const input = zone.querySelector("input");
  boxes.set(key, root);
  root.tell = setTriggerValue;
  root.say = (words) => (part("problem").textContent = words);

  root.draw = () => {
    const current = sending.get(key);
    const call = data.isBusy ? "Wait until the running import is done" : "Drop it here";
    part("label").textContent = data.label;
    part("call").textContent = current ? `Sending ${current.name}` : call;
    part("hint").textContent = current ? "Keep this tab open until it has arrived" : data.hint;
    input.disabled = data.isBusy || Boolean(current);
    zone.classList.toggle("is-busy", input.disabled);
    input.accept = data.accept.join(",");
    input.setAttribute("aria-label", `${data.label}: ${data.hint}`);
  };

  const choose = (files, items = []) => {
    if (input.disabled || !files.length) return;
    const refusal = objection(files, items, data);
    root.say(refusal?.why ?? "");
    if (refusal) {
      // The page clears what it said about an earlier file, and may offer another way.
      setTriggerValue("refused", { arePictures: refusal.arePictures });
      return;
    }
    chosen.set(key, files[0]);
    setTriggerValue("wanted", { name: files[0].name, size: files[0].size });
  };

  // Properties instead of listeners, because this runs again with each change of the data.
  input.onchange = () => {
    choose(input.files);
    input.value = ""; // the same file can be chosen again
  };
  zone.ondragover = (event) => {
    event.preventDefault();
    zone.classList.toggle("is-over", !input.disabled);
  };
  zone.ondragleave = (event) => zone.contains(event.relatedTarget) || zone.classList.remove("is-over");
  zone.ondrop = (event) => {
    event.preventDefault();
    zone.classList.remove("is-over");
    choose(event.dataTransfer.files, event.dataTransfer.items);
  };

  if (root.answer !== data.answer) root.say(data.problem);
  root.answer = data.answer;
  const file = chosen.get(key);
  if (file && data.isAwaited && !sending.has(key)) {
    chosen.delete(key);
    send(key, file, data.token);
  }
  const current = sending.get(key);
  if (current?.token === data.token && !data.isAwaited) current.controller.abort(); // stopped
  root.draw();
  // A file chosen before this ran.
  if (input.files.length) input.onchange();
}

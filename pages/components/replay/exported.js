// Shows the player in a file of its own. Keys work without a click into it.
const exported = document.querySelector(".replay");
const given = JSON.parse(document.getElementById("recording").textContent);
const player = new ReplayPlayer(exported, given.recording, given.look, { title: "h1" });
document.addEventListener("keydown", (event) => {
  if (!exported.contains(event.target)) {
    player.press(event);
  }
});

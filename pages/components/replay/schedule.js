// When a replay shows what: everything in about LENGTH seconds, and never LONGEST_WAIT seconds without news.
const LENGTH = 25; // seconds
const LONGEST_WAIT = 4; // seconds
const SPEEDS = [1e-4, 1e6]; // of the replay against what it was

// Returns how fast it is played, how long it takes, and what leads from one time to the other.
function scheduleOf(recording) {
  const points = recording.panels.flatMap((panel) => panel.lanes.flatMap((lane) => lane.points));
  const found = [...points, ...recording.remarks].map(({ at }) => at);
  const moments = [...new Set([0, ...found, recording.seconds])].sort((one, other) => one - other);
  const gaps = moments.slice(1).map((moment, index) => moment - moments[index]);
  const waits = (speed) => gaps.map((gap) => Math.min(gap / speed, LONGEST_WAIT));
  const length = (speed) => waits(speed).reduce((sum, wait) => sum + wait, 0);
  let [slow, fast] = SPEEDS.map(Math.log);
  for (let round = 0; round < 60; round += 1) {
    const middle = (slow + fast) / 2;
    [slow, fast] = length(Math.exp(middle)) > LENGTH ? [middle, fast] : [slow, middle];
  }
  // Where even the slowest is too short, because there are few news: no slower than one wait after the other.
  const shortest = Math.min(...gaps.filter((gap) => gap > 0)) / LONGEST_WAIT;
  const speed = Math.max(Math.exp(slow), Number.isFinite(shortest) ? shortest : 1);
  const shown = [0];
  waits(speed).forEach((wait) => shown.push(shown.at(-1) + wait));
  const between = (from, to, value) => {
    const next = from.findIndex((moment) => moment > value);
    if (next <= 0) {
      return next ? to.at(-1) : to[0];
    }
    const share = (value - from[next - 1]) / (from[next] - from[next - 1]);
    return to[next - 1] + share * (to[next] - to[next - 1]);
  };
  return {
    speed,
    length: shown.at(-1),
    isShortened: gaps.some((gap) => gap / speed > LONGEST_WAIT * 1.001),
    realTime: (time) => between(shown, moments, time),
  };
}

function paceWords({ speed, isShortened }, rate) {
  const times = (factor) => (factor < 10 ? String(Number(factor.toFixed(1))) : Math.round(factor).toLocaleString("en"));
  const factor = speed * rate;
  const waits = isShortened ? "; waits without news are shortened" : "";
  if (factor > 1.05) {
    return `Played ${times(factor)} times as fast as it was${waits}.`;
  }
  return factor < 0.95 ? `Slowed down ${times(1 / factor)} times, so that it can be followed${waits}.` : `Played as fast as it was${waits}.`;
}

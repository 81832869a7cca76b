// @ts-check
// Which files a media source shows just as a browser shows the file itself: the same pictures at the same times. Whatever
// might differ is not guessed at, it is played as a file.

/** @typedef {import("./mp4.js").Track} Track */

/** By how much (s) times may differ, which are rounded. */
const ROUNDED = 0.002;
/** How long (s) after the end of the file sound may go on, which is filled up there. */
const FILLED = 0.1;

/**
 * @param {Track[]} tracks pictures and sound of one file
 * @param {number} total bytes of the file
 */
export function isStreamable(tracks, total) {
  const pictures = tracks.filter(({ kind }) => kind === "vide");
  if (pictures.length !== 1 || tracks.length > 2) return false;
  if (!tracks.every((track) => isThere(track, total) && isUncut(track))) return false;
  return pictures.every((track) => track.isUpright && beginsAtOnce(track) && isSteady(track));
}

/** A track that is empty, or goes on behind the end of the file, would be waited for. @param {Track} track @param {number} total */
function isThere({ samples }, total) {
  return samples.length > 0 && samples.every(({ offset, size }) => offset + size <= total);
}

/** A media source leaves nothing out at the end. @param {Track} track */
function isUncut({ kind, edit, samples }) {
  const last = Math.max(...samples.map(({ seconds }) => seconds));
  return last <= edit.seconds + (kind === "soun" ? FILLED : -ROUNDED);
}

/**
 * A media source leaves out what comes before the beginning, and then all that needs it; a file whose first picture comes
 * later keeps its gap.
 * @param {Track} track of pictures
 */
function beginsAtOnce({ samples }) {
  return samples[0].isKey && Math.min(...samples.map(({ seconds }) => seconds)) === 0;
}

/**
 * Whether each picture lasts until the next. A file tells for how long in the order of decoding, and media sources believe
 * it, where files are shown by the times alone.
 * @param {Track} track of pictures
 */
function isSteady({ samples, scale }) {
  const pictures = [...samples].sort((a, b) => a.shown - b.shown);
  return pictures.every(({ seconds, length }, index) => {
    const end = seconds + length / scale;
    return length > 0 && Math.abs((pictures[index + 1]?.seconds ?? end) - end) <= ROUNDED;
  });
}

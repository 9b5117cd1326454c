/**
 * Pictures of a camera or a video, and photos, one after the other. Rules: none is kept, and none is taken before the
 * last one was read; the camera closes when it is told to, when the page is hidden, and as soon as its picture is no
 * longer in the page, also where it was left while the browser asked.
 */
import type { Pixels } from "../codes/shades";

/** Pixels of the square that is looked at. More costs an old phone too much and reads little better. */
const SIDE = 720;
const PHOTO_SIDE = 1600;
/** Between looks where a browser does not tell of new pictures. */
const REST_MS = 60;
/** A video that has not moved on for so long is over: some browsers stop before the end and say nothing. */
const MOST_STILL_S = 30;

/** Reads one picture. */
export type Seen = (picture: Pixels) => Promise<void>;

/** Whether this browser offers the page a camera: not on plain http, and not from every file. */
export const hasCamera = (): boolean => !!(navigator as { mediaDevices?: MediaDevices }).mediaDevices?.getUserMedia;

/** Opens the camera at the back into `video` and shows each picture. Gives what closes it; fails where it may not. */
export async function watchCamera(video: HTMLVideoElement, seen: Seen, ended: () => void): Promise<() => void> {
  const size = { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: { ideal: "environment" } };
  const stream = await navigator.mediaDevices.getUserMedia({ video: size, audio: false });
  video.srcObject = stream;
  const close = (): void => {
    stop();
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
    document.removeEventListener("visibilitychange", hide);
    ended();
  };
  const hide = (): void => {
    if (document.hidden) close();
  };
  const stop = look(video, seen, close);
  document.addEventListener("visibilitychange", hide);
  await video.play().catch(() => undefined); // it plays by itself
  return close;
}

/** Every picture of a video file, or one photo; ends by itself. Fails where the browser cannot open it. */
export async function watchFile(file: File, video: HTMLVideoElement, seen: Seen): Promise<void> {
  if (file.type.startsWith("image/")) {
    const photo = await createImageBitmap(file);
    const scale = Math.min(1, PHOTO_SIDE / Math.max(photo.width, photo.height));
    const picture = pictureOf(photo, 0, 0, photo.width, photo.height, photo.width * scale, photo.height * scale);
    photo.close();
    return seen(picture);
  }
  const url = URL.createObjectURL(file);
  // A video waits where a camera cannot: a slow phone sees all of it.
  const each: Seen = async (picture) => {
    video.pause();
    await seen(picture);
    if (!video.ended) await video.play().catch(() => undefined);
  };
  let stop = (): void => undefined;
  let clock = 0;
  await new Promise<void>((resolve, reject) => {
    let [at, still] = [0, 0];
    clock = window.setInterval(() => {
      still = video.currentTime === at ? still + 1 : 0;
      at = video.currentTime;
      if (still >= MOST_STILL_S) resolve();
    }, 1000);
    video.onended = () => resolve();
    video.onerror = () => reject(new Error("the video does not open"));
    video.src = url;
    video.play().then(() => (stop = look(video, each, resolve)), reject);
  }).finally(() => {
    stop();
    clearInterval(clock);
    video.onended = video.onerror = null;
    video.removeAttribute("src");
    video.load();
    URL.revokeObjectURL(url);
  });
}

/** Looks at each new picture of a video until stopped; calls `gone` once when the video left the page. */
function look(video: HTMLVideoElement, seen: Seen, gone: () => void): () => void {
  let running = true;
  const watch = async (): Promise<void> => {
    await undefined; // whoever began this has its end in hand before anything ends it
    while (running && video.isConnected) {
      // Asked for before the reading: a picture that comes meanwhile is the next one and not lost.
      const another = newPicture(video);
      const { videoWidth: width, videoHeight: height } = video;
      const side = Math.min(width, height);
      const wanted = Math.min(side, SIDE);
      if (side) await seen(pictureOf(video, (width - side) / 2, (height - side) / 2, side, side, wanted, wanted));
      await another;
    }
    if (running) gone();
    running = false;
  };
  void watch();
  return () => {
    running = false;
  };
}

/** A video that shows nothing new calls nobody back, and the page may leave it meanwhile: so there is a clock too. */
function newPicture(video: HTMLVideoElement): Promise<unknown> {
  const frames = video as { requestVideoFrameCallback?: (call: () => void) => number };
  return new Promise<void>((call) => {
    frames.requestVideoFrameCallback?.(call);
    setTimeout(call, frames.requestVideoFrameCallback ? 10 * REST_MS : REST_MS);
  });
}

let canvas: HTMLCanvasElement | undefined;

function pictureOf(
  source: CanvasImageSource,
  left: number,
  top: number,
  width: number,
  height: number,
  across: number,
  down: number,
): Pixels {
  canvas ??= document.createElement("canvas");
  [canvas.width, canvas.height] = [across, down];
  const context = canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
  context.drawImage(source, left, top, width, height, 0, 0, canvas.width, canvas.height);
  const picture = context.getImageData(0, 0, canvas.width, canvas.height);
  context.clearRect(0, 0, canvas.width, canvas.height);
  return picture;
}

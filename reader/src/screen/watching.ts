/**
 * Codes from a camera, a video or a photo. Rules: nothing that is seen is kept or recorded but the codes' bytes; the
 * camera closes when it is told to, when the page is hidden, and as soon as its picture is no longer in the page.
 */
import { readCode } from "../codes/reading";

/** Pixels of the square that is looked at. More costs an old phone too much and reads little better. */
const SIDE = 720;
const PHOTO_SIDE = 1600;
/** Between looks where a browser does not tell of new pictures. */
const REST_MS = 60;

export type Seen = (bytes: Uint8Array) => void;

/** Whether this browser offers the page a camera: not on plain http, and not from every file. */
export const hasCamera = (): boolean => !!(navigator as { mediaDevices?: MediaDevices }).mediaDevices?.getUserMedia;

/** Opens the camera at the back into `video` and tells of each code. Gives what closes it; fails where it may not. */
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
    const bytes = readFrom(photo, 0, 0, photo.width, photo.height, photo.width * scale, photo.height * scale);
    photo.close();
    if (bytes) seen(bytes);
    return;
  }
  const url = URL.createObjectURL(file);
  await new Promise<void>((resolve, reject) => {
    const stop = look(video, seen, resolve);
    video.onended = () => (stop(), resolve());
    video.onerror = () => (stop(), reject(new Error("the video does not open")));
    video.src = url;
    video.play().catch(reject);
  }).finally(() => {
    video.onended = video.onerror = null;
    video.removeAttribute("src");
    video.load();
    URL.revokeObjectURL(url);
  });
}

/** Looks at each new picture of a video until stopped; calls `gone` once when the video left the page. */
function look(video: HTMLVideoElement, seen: Seen, gone: () => void): () => void {
  let running = true;
  const once = (): void => {
    if (!running) return;
    if (!video.isConnected) {
      running = false;
      return gone();
    }
    const { videoWidth: width, videoHeight: height } = video;
    const side = Math.min(width, height);
    if (side) {
      const bytes = readFrom(video, (width - side) / 2, (height - side) / 2, side, side, Math.min(side, SIDE), Math.min(side, SIDE));
      if (bytes) seen(bytes);
    }
    next();
  };
  // A video that shows nothing new calls nobody back, and the page may leave it meanwhile: so there is a clock too.
  const next = (): void => {
    let called = false;
    const call = (): void => {
      if (!called) once();
      called = true;
    };
    const frames = video as { requestVideoFrameCallback?: (call: () => void) => number };
    if (frames.requestVideoFrameCallback) {
      frames.requestVideoFrameCallback(call);
      setTimeout(call, 10 * REST_MS);
    } else setTimeout(call, REST_MS);
  };
  next();
  return () => {
    running = false;
  };
}

let canvas: HTMLCanvasElement | undefined;

function readFrom(
  source: CanvasImageSource,
  left: number,
  top: number,
  width: number,
  height: number,
  across: number,
  down: number,
): Uint8Array | undefined {
  canvas ??= document.createElement("canvas");
  [canvas.width, canvas.height] = [across, down];
  const context = canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
  context.drawImage(source, left, top, width, height, 0, 0, canvas.width, canvas.height);
  const bytes = readCode(context.getImageData(0, 0, canvas.width, canvas.height));
  context.clearRect(0, 0, canvas.width, canvas.height);
  return bytes;
}

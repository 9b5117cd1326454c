/**
 * Pictures, cleaned on the phone. Rules: only pixels leave: they are drawn and written as a new JPEG, so nothing of the
 * old file (place, time, camera, names, hidden small pictures) can come along; the person sees what was in it.
 */

export interface CleanPicture {
  readonly jpeg: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** What the file held besides the picture. */
  readonly removed: readonly Hidden[];
}

export type Hidden = "place" | "time" | "camera" | "notes" | "name";

const LONGEST = 1280;
const MOST_BYTES = 240_000;
const MOST_FILE = 64 * 1024 * 1024;

/** "blocked": this browser falsifies what is drawn; "unreadable": not a picture it knows. */
export class PictureRefused extends Error {
  constructor(readonly reason: "blocked" | "unreadable") {
    super(reason);
  }
}

export async function cleanPicture(file: File): Promise<CleanPicture> {
  if (file.size > MOST_FILE) throw new PictureRefused("unreadable");
  const image = await decode(file);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const scale = Math.min(1, LONGEST / Math.max(image.width, image.height));
  let [width, height] = [Math.max(1, Math.round(image.width * scale)), Math.max(1, Math.round(image.height * scale))];
  if (canvasLies()) throw new PictureRefused("blocked");
  for (const quality of [0.8, 0.65, 0.5, 0.35, 0.35, 0.35]) {
    const jpeg = await encode(image, width, height, quality);
    if (jpeg.length <= MOST_BYTES) return { jpeg, width, height, removed: hiddenIn(bytes) };
    if (quality <= 0.5) [width, height] = [Math.round(width * 0.75), Math.round(height * 0.75)];
  }
  throw new PictureRefused("unreadable");
}

async function decode(file: File): Promise<ImageBitmap | HTMLImageElement> {
  try {
    return await createImageBitmap(file);
  } catch {
    const url = URL.createObjectURL(file);
    try {
      const image = new Image();
      await new Promise((resolve, reject) => {
        image.onload = resolve;
        image.onerror = reject;
        image.src = url;
      });
      return image;
    } catch {
      throw new PictureRefused("unreadable");
    } finally {
      URL.revokeObjectURL(url);
    }
  }
}

async function encode(image: CanvasImageSource, width: number, height: number, quality: number): Promise<Uint8Array> {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (!context) throw new PictureRefused("blocked");
  context.fillStyle = "#fff"; // a JPEG has no transparency
  context.fillRect(0, 0, width, height);
  context.drawImage(image, 0, 0, width, height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
  if (blob?.type !== "image/jpeg") throw new PictureRefused("blocked");
  return new Uint8Array(await blob.arrayBuffer());
}

/** Browsers that guard against fingerprinting hand out noise instead of what was drawn. */
function canvasLies(): boolean {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 8;
  const context = canvas.getContext("2d");
  if (!context) return true;
  context.fillStyle = "#123456";
  context.fillRect(0, 0, 8, 8);
  const { data } = context.getImageData(0, 0, 8, 8);
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] !== 0x12 || data[at + 1] !== 0x34 || data[at + 2] !== 0x56) return true;
  }
  return false;
}

/** Looks for what cameras and programs write into files. For telling the person only: everything goes in any case. */
function hiddenIn(bytes: Uint8Array): Hidden[] {
  const found = new Set<Hidden>(["name"]);
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 1 << 18));
  const exif = head.indexOf("Exif\0\0");
  if (exif >= 0) readExif(bytes.subarray(exif + 6), found);
  if (/GPSLatitude/.test(head)) found.add("place");
  if (/CreateDate|DateTimeOriginal/.test(head)) found.add("time");
  if (/http:\/\/ns\.adobe\.com|Photoshop 3\.0|tEXt|iTXt|zTXt/.test(head)) found.add("notes");
  for (let at = 2; bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[at] === 0xff;) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xfe) found.add("notes");
    if (marker === 0xda) break;
    at += 2 + ((bytes[at + 2] ?? 0) << 8) + (bytes[at + 3] ?? 0);
  }
  return [...found];
}

function readExif(tiff: Uint8Array, found: Set<Hidden>): void {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  try {
    const little = view.getUint16(0) === 0x4949;
    const at = view.getUint32(4, little);
    for (let entry = 0; entry < Math.min(view.getUint16(at, little), 200); entry++) {
      const tag = view.getUint16(at + 2 + 12 * entry, little);
      if (tag === 0x8825) found.add("place");
      else if (tag === 0x0132 || tag === 0x8769) found.add("time");
      else if (tag === 0x010f || tag === 0x0110) found.add("camera");
      else if (tag === 0x010e || tag === 0x013b || tag === 0x9286) found.add("notes");
    }
  } catch {
    found.add("notes"); // broken, and still not the picture
  }
}

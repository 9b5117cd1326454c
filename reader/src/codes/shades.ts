/** A picture as light and dark. Rules: what is dark is judged by its neighbourhood, since light falls unevenly. */

const TILE = 8;
/** How far the neighbourhood reaches: this part of the picture's shorter side. It must be wider than a finder pattern. */
const REACH = 1 / 18;
/** Flat paper is noisy: only what is this much darker than around it counts. */
const LEAST = 4;

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, alpha. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

export class Shades {
  readonly width: number;
  readonly height: number;
  private readonly luma: Uint8Array;
  private readonly cuts: Int16Array;
  private readonly across: number;

  constructor({ width, height, data }: Pixels) {
    this.width = width;
    this.height = height;
    const luma = (this.luma = new Uint8Array(width * height));
    for (let at = 0, from = 0; at < luma.length; at++, from += 4) {
      luma[at] = ((data[from] as number) + 2 * (data[from + 1] as number) + (data[from + 2] as number)) >> 2;
    }
    this.across = Math.ceil(width / TILE);
    this.cuts = this.judge();
  }

  /** Of a pixel, its neighbours taken in: a camera in bad light makes single ones up. */
  dark(x: number, y: number): boolean {
    const { luma, width } = this;
    const at = y * width + x;
    const own = luma[at] as number;
    const around =
      (luma[at - 1] ?? own) + (luma[at + 1] ?? own) + (luma[at - width] ?? own) + (luma[at + width] ?? own);
    return own / 2 + around / 8 < this.cut(x, y);
  }

  /** A whole row of them, 1 is dark: most of what looking at a picture costs. */
  darkRow(y: number, row: Uint8Array): void {
    const { luma, width, cuts } = this;
    const [above, below] = [y ? -width : 0, y < this.height - 1 ? width : 0];
    const tiles = Math.floor(y / TILE) * this.across;
    for (let x = 0, at = y * width; x < width; x++, at++) {
      const around =
        (luma[at - 1] as number) + (luma[at + 1] as number) + (luma[at + above] as number) + (luma[at + below] as number);
      row[x] = 4 * (luma[at] as number) + around < 8 * (cuts[tiles + (x >> 3)] as number) ? 1 : 0;
    }
  }

  /** How much darker than its neighbourhood a place is; between pixels it is mixed from four of them. */
  darkness(x: number, y: number): number {
    const left = Math.max(0, Math.min(this.width - 2, Math.floor(x - 0.5)));
    const top = Math.max(0, Math.min(this.height - 2, Math.floor(y - 0.5)));
    const right = Math.max(0, Math.min(1, x - 0.5 - left));
    const down = Math.max(0, Math.min(1, y - 0.5 - top));
    const at = top * this.width + left;
    const { luma, width } = this;
    const above = (luma[at] as number) * (1 - right) + (luma[at + 1] as number) * right;
    const below = (luma[at + width] as number) * (1 - right) + (luma[at + width + 1] as number) * right;
    return this.cut(left, top) - (above * (1 - down) + below * down);
  }

  private cut(x: number, y: number): number {
    return this.cuts[Math.floor(y / TILE) * this.across + Math.floor(x / TILE)] as number;
  }

  /** For each tile the mean of the tiles around it. */
  private judge(): Int16Array {
    const { width, height, across, luma } = this;
    const down = Math.ceil(height / TILE);
    // Sums of all tiles above and to the left, so that any rectangle costs four look-ups.
    const sums = new Float64Array((across + 1) * (down + 1));
    for (let row = 0; row < down; row++) {
      let line = 0;
      for (let column = 0; column < across; column++) {
        const [right, bottom] = [Math.min(width, (column + 1) * TILE), Math.min(height, (row + 1) * TILE)];
        let sum = 0;
        for (let y = row * TILE; y < bottom; y++) {
          for (let x = column * TILE; x < right; x++) sum += luma[y * width + x] as number;
        }
        line += sum / ((right - column * TILE) * (bottom - row * TILE));
        const above = sums[row * (across + 1) + column + 1] as number;
        sums[(row + 1) * (across + 1) + column + 1] = above + line;
      }
    }
    const reach = Math.max(2, Math.round((Math.min(width, height) * REACH) / TILE));
    const cuts = new Int16Array(across * down);
    for (let row = 0; row < down; row++) {
      const [top, bottom] = [Math.max(0, row - reach), Math.min(down, row + reach + 1)];
      for (let column = 0; column < across; column++) {
        const [left, right] = [Math.max(0, column - reach), Math.min(across, column + reach + 1)];
        const sum = (y: number, x: number): number => sums[y * (across + 1) + x] as number;
        const all = sum(bottom, right) - sum(top, right) - sum(bottom, left) + sum(top, left);
        cuts[row * across + column] = all / ((bottom - top) * (right - left)) - LEAST;
      }
    }
    return cuts;
  }
}

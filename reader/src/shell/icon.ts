/** The few signs that the page draws itself, so that no phone lacks them. */

const PATHS = {
  close: "M5 5l14 14M19 5L5 19",
  back: "M15 4l-8 8 8 8",
  onward: "M9 5l7 7-7 7",
  alert: "M12 3L2.5 20h19zM12 9.5v5M12 17.2v.3",
  check: "M4.5 12.5l5 5L20 7",
  write: "M4 6h16v12H4zM4 7l8 6 8-6",
  replies: "M9 6L4 11l5 5M4.5 11H15a5 5 0 0 1 5 5v3",
  pass: "M12 15V4M7.5 8.5L12 4l4.5 4.5M5 13v7h14v-7",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15.5 15.5L20.5 20.5",
} as const;

const SVG = "http://www.w3.org/2000/svg";

export function icon(name: keyof typeof PATHS): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon icon-${name}`);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

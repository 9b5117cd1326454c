/**
 * Character references of HTML in Markdown text: the numbers, and the names that guides use. Others stay as they
 * are.
 */

const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    amp: "&",
    lt: "<",
    gt: ">",
    quot: '"',
    apos: "'",
    nbsp: "\u00a0",
    copy: "©",
    reg: "®",
    trade: "™",
    deg: "°",
    hellip: "…",
    ndash: "–",
    mdash: "—",
    laquo: "«",
    raquo: "»",
    lsquo: "‘",
    rsquo: "’",
    ldquo: "“",
    rdquo: "”",
    bdquo: "„",
    bull: "•",
    middot: "·",
    times: "×",
    euro: "€",
    pound: "£",
    para: "¶",
    sect: "§",
    larr: "←",
    rarr: "→",
    shy: "\u00ad",
    zwnj: "\u200c",
    zwj: "\u200d",
    lrm: "",
    rlm: "",
    plusmn: "±",
    frac12: "½",
  }),
);

export function decodeReferences(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(
    /&(?:#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]*));/g,
    (whole, ten, sixteen, name) => {
      if (name !== undefined) return NAMES.get(name) ?? whole;
      const code = ten !== undefined ? parseInt(ten, 10) : parseInt(sixteen, 16);
      const bad = code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff);
      return bad ? "\ufffd" : String.fromCodePoint(code);
    },
  );
}

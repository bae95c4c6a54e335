/** Attributes of one element; a number is written without needless digits. */
type Attributes = Readonly<Record<string, string | number>>

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")
const value = (of: string | number): string => (typeof of === "number" ? String(Math.round(of * 100) / 100) : of)
const printed = (attributes: Attributes): string =>
  Object.entries(attributes)
    .map(([name, of]) => ` ${name}="${escaped(value(of))}"`)
    .join("")

/** An element with nothing in it. */
export const element = (name: string, attributes: Attributes): string => `<${name}${printed(attributes)}/>`

/** A line of text, beginning (or as `text-anchor` says) at a place. */
export const text = (x: number, y: number, words: string, attributes: Attributes = {}): string =>
  `<text${printed({ x, y, ...attributes })}>${escaped(words)}</text>`

/** A whole picture that people who cannot see it are told the `title` of. */
export const svg = (
  { height, title, width }: { readonly width: number; readonly height: number; readonly title: string },
  style: string,
  elements: ReadonlyArray<string>
): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${style}</style>`,
    ...elements,
    "</svg>\n"
  ].join("\n")

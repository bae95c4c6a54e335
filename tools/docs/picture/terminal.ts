import { element, svg, text } from "./svg.ts"

const charWidth = 8.4
const lineHeight = 19
const margin = 20
const titleHeight = 36
const bars = " ▁▂▃▄▅▆▇█"

const style = [
  "text{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:14px;fill:#d5dbe3}",
  ".head{fill:#7d8a9a}",
  ".prompt{fill:#8bd49c}",
  ".strong{fill:#fff;font-weight:600}",
  ".bar{fill:#5aa9f8}"
].join("")

/** A bar drawn as what it means, because fonts do not agree on how high its glyph is. */
const bar = (column: number, top: number, glyph: string): string => {
  const height = (bars.indexOf(glyph) / (bars.length - 1)) * (lineHeight - 5)
  const y = top + lineHeight - 3 - height
  return element("rect", { class: "bar", x: margin + column * charWidth, y, width: charWidth - 0.8, height })
}

const isHead = (line: string): boolean => /^[A-Z][A-Z ]+ {2,}/.test(line)
const classOf = (line: string, index: number): string =>
  index === 0 ? "prompt" : isHead(line) ? "head" : /^\S[^:]*: /.test(line) ? "strong" : ""

/** One line: each word group where its first letter is, whatever the width of the reader's font. */
const drawLine = (line: string, index: number): ReadonlyArray<string> => {
  const top = titleHeight + margin / 2 + index * lineHeight
  const kind = classOf(line, index)
  return [...line.matchAll(/[▁▂▃▄▅▆▇█]|[^\s▁▂▃▄▅▆▇█]+(?: [^\s▁▂▃▄▅▆▇█]+)*/g)].map(({ 0: found, index: column }) =>
    bars.includes(found)
      ? bar(column, top, found)
      : text(margin + column * charWidth, top + lineHeight - 5, found, {
          ...(kind === "" ? {} : { class: kind }),
          textLength: found.length * charWidth
        })
  )
}

const dots = ["#ff5f57", "#febc2e", "#28c840"].map((fill, index) =>
  element("circle", { cx: margin + index * 20, cy: titleHeight / 2, r: 6, fill })
)

/** What a command printed, as a picture of a terminal. */
export const terminal = (command: string, output: string): string => {
  const lines = [`$ ${command}`, ...output.trimEnd().split("\n")]
  const width = Math.ceil(2 * margin + Math.max(...lines.map(({ length }) => length)) * charWidth)
  const height = titleHeight + margin * 1.5 + lines.length * lineHeight
  const window = element("rect", { width, height, rx: 10, fill: "#161b22" })
  return svg({ width, height, title: `What ${command} prints` }, style, [window, ...dots, ...lines.flatMap(drawLine)])
}

import { globSync, readFileSync } from "node:fs"

/** One fenced block of a page. `run` is set by `<!-- run -->` on the line before it. */
export interface CodeBlock {
  readonly page: string
  readonly line: number
  readonly language: string
  readonly text: string
  readonly run: boolean
}

const fence = /^(<!-- run -->\n)?```(\w+)\n([\s\S]*?)^```$/gm

/** Every page that people read. */
export const pages = (): ReadonlyArray<string> => [
  "README.md",
  "CONTRIBUTING.md",
  ...globSync("docs/**/*.md").toSorted()
]

/** The fenced blocks of one page, in order. */
export const codeBlocks = (page: string): ReadonlyArray<CodeBlock> => {
  const text = readFileSync(page, "utf8")
  return [...text.matchAll(fence)].map((match) => ({
    page,
    line: text.slice(0, match.index).split("\n").length,
    language: match[2] ?? "",
    text: match[3] ?? "",
    run: match[1] !== undefined
  }))
}

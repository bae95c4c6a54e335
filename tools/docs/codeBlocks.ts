import { globSync, readFileSync } from "node:fs"

/** One fenced block of a page, and the line it begins on. */
export interface CodeBlock {
  readonly page: string
  readonly line: number
  readonly language: string
  readonly text: string
}

/** A command that a page names within its text or a table. */
export interface InlineCommand {
  readonly page: string
  readonly line: number
  readonly command: string
}

/** Another page or picture that a page leads to. */
export interface Link {
  readonly page: string
  readonly line: number
  readonly target: string
}

const link = /\]\(([^):#]+)(?:#[^)]*)?\)/g
const fence = /^```(\w*)\n([\s\S]*?)^```$/gm
const inline = /`((?:npm|npx|node|compute) [^`]+)`/g

/** Every page that people read. */
export const pages = (): ReadonlyArray<string> => [
  "README.md",
  "CONTRIBUTING.md",
  ...globSync("docs/**/*.md").toSorted(),
  ...globSync("packages/*/README.md").toSorted()
]

const lineAt = (text: string, index: number): number => text.slice(0, index).split("\n").length

/** The fenced blocks of one page, in order. */
export const codeBlocks = (page: string): ReadonlyArray<CodeBlock> => {
  const text = readFileSync(page, "utf8")
  return [...text.matchAll(fence)].map(({ index, 1: language = "", 2: block = "" }) => ({
    page,
    line: lineAt(text, index),
    language,
    text: block
  }))
}

/** The commands that one page names outside its blocks. */
export const inlineCommands = (page: string): ReadonlyArray<InlineCommand> => {
  const text = readFileSync(page, "utf8").replace(fence, (block) => block.replace(/[^\n]/g, " "))
  return [...text.matchAll(inline)].map(({ index, 1: command = "" }) => ({ page, line: lineAt(text, index), command }))
}

/** The pages and pictures of ours that one page leads to. */
export const links = (page: string): ReadonlyArray<Link> => {
  const text = readFileSync(page, "utf8")
  return [...text.matchAll(link)].map(({ index, 1: target = "" }) => ({ page, line: lineAt(text, index), target }))
}

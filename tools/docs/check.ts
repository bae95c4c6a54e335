// `npm run docs`: every block of the pages is compiled and tried, TypeScript on simulated backends; so are the
// commands and links in their text, and the examples.
import { spawnSync } from "node:child_process"
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { readComputeFile } from "@orrery/core"
import { SimulationSpec } from "@orrery/simulator"
import { Result } from "effect"
import { type CodeBlock, codeBlocks, inlineCommands, type Link, links, pages } from "./codeBlocks.ts"
import { type Attempt, tryCommand, tryLine } from "./tryCommand.ts"

const root = join(import.meta.dirname, "..", "..")
process.chdir(root)
// inside the workspace, so that the blocks find our packages and their types
const folder = join(root, "tools", "docs", ".cache")
const fileOf = ({ line, page }: CodeBlock) => join(folder, `${page.replace(/\W/g, "-")}-${line}.ts`)

const run = (command: string, args: ReadonlyArray<string>): Attempt => {
  const { status, stderr, stdout } = spawnSync(command, args, { encoding: "utf8", timeout: 300_000 })
  // a page that catches its own failure and prints it has failed all the same
  return status === 0 && stderr === "" ? { did: "ran" } : { problem: `ended with ${status}\n${stdout}${stderr}` }
}

/** Puts TypeScript blocks where the compiler finds them, and compiles all at once. */
const compile = (blocks: ReadonlyArray<CodeBlock>): Attempt => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const block of blocks) writeFileSync(fileOf(block), `${block.text}\nexport {}\n`)
  const compilerOptions = {
    composite: false,
    declaration: false,
    declarationMap: false,
    sourceMap: false,
    noEmit: true,
    noUnusedLocals: false,
    plugins: []
  }
  const config = { extends: "../../../tsconfig.base.json", compilerOptions, include: ["*.ts"] }
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config))
  return run("tsc", ["-p", folder])
}

const read = ({ page, text }: CodeBlock): Attempt => {
  const file = readComputeFile(text, page, { simulation: SimulationSpec })
  return Result.isSuccess(file)
    ? { did: "ran" }
    : { problem: file.failure.map(({ message, path }) => `${path}: ${message}`).join("\n") }
}

const tryBlock = (block: CodeBlock): Attempt => {
  switch (block.language) {
    case "ts":
      return run(process.execPath, [
        "--conditions=@orrery/source",
        join(import.meta.dirname, "runBlock.ts"),
        fileOf(block)
      ])
    case "sh": {
      const attempts = block.text
        .split("\n")
        .filter((line) => line !== "")
        .map(tryLine)
      return attempts.find((attempt) => "problem" in attempt) ?? attempts[0] ?? { problem: "no command" }
    }
    case "yaml":
      return read(block)
    case "text":
      return { did: "looked" }
    default:
      return { problem: `nobody knows how to try a block of ${block.language || "no language"}` }
  }
}

const follow = ({ line, page, target }: Link) => {
  const attempt: Attempt = existsSync(join(dirname(page), target)) ? { did: "looked" } : { problem: "it leads nowhere" }
  return { where: `${page}:${line} ${target}`, attempt }
}

const blocks = pages().flatMap(codeBlocks)
const compiled = compile(blocks.filter(({ language }) => language === "ts"))
const tried = [
  { where: "TypeScript", attempt: compiled },
  ...blocks.map((block) => ({ where: `${block.page}:${block.line}`, attempt: tryBlock(block) })),
  ...pages()
    .flatMap(inlineCommands)
    .map(({ command, line, page }) => ({ where: `${page}:${line} ${command}`, attempt: tryCommand(command) })),
  ...pages().flatMap(links).map(follow),
  ...globSync("examples/*.yaml").map((page) => ({
    where: page,
    attempt: read({ page, line: 1, language: "yaml", text: readFileSync(page, "utf8") })
  }))
]
const failures = tried.flatMap(({ attempt, where }) => ("problem" in attempt ? [`${where}: ${attempt.problem}`] : []))
for (const failure of failures) console.error(failure)
const count = (did: "ran" | "looked") => tried.filter(({ attempt }) => "did" in attempt && attempt.did === did).length
console.log(`${count("ran")} pieces of the pages ran, ${count("looked")} were looked at, ${failures.length} failed`)
process.exitCode = failures.length > 0 ? 1 : 0

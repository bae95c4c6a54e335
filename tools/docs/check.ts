// Compiles every TypeScript block of the pages, and runs the blocks that say so: `node tools/docs/check.ts`.
import { spawnSync } from "node:child_process"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type CodeBlock, codeBlocks, pages } from "./codeBlocks.ts"

const minuteMs = 60_000
const root = join(import.meta.dirname, "..", "..")
process.chdir(root)
// inside the workspace, so that the blocks find our packages and their types
const folder = join(root, "tools", "docs", ".cache")
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })

const run = (command: string, args: ReadonlyArray<string>) =>
  spawnSync(command, args, { encoding: "utf8", timeout: 2 * minuteMs, stdio: ["ignore", "pipe", "pipe"] })

const blocks = pages().flatMap(codeBlocks)
const fileOf = (block: CodeBlock) => join(folder, `${block.page.replace(/\W/g, "-")}-${block.line}.ts`)
const typescript = blocks.filter(({ language }) => language === "ts")
for (const block of typescript) writeFileSync(fileOf(block), `${block.text}\nexport {}\n`)
writeFileSync(
  join(folder, "tsconfig.json"),
  JSON.stringify({
    extends: "../../../tsconfig.base.json",
    compilerOptions: {
      composite: false,
      declaration: false,
      declarationMap: false,
      sourceMap: false,
      noEmit: true,
      noUnusedLocals: false,
      plugins: []
    },
    include: ["*.ts"]
  })
)

const failures: Array<string> = []
const compiled = run("tsc", ["-p", folder])
if (compiled.status !== 0) failures.push(compiled.stdout + compiled.stderr)
for (const block of blocks.filter((each) => each.run)) {
  const done =
    block.language === "ts"
      ? run(process.execPath, ["--conditions=@orrery/source", fileOf(block)])
      : run("bash", ["-euo", "pipefail", "-c", block.text])
  if (done.status !== 0)
    failures.push(`${block.page}:${block.line} ended with ${done.status}\n${done.stdout}${done.stderr}`)
}
for (const failure of failures) console.error(failure)
const ran = blocks.filter((each) => each.run).length
console.log(`${typescript.length} blocks compiled, ${ran} run, ${failures.length} failed`)
process.exitCode = failures.length > 0 ? 1 : 0

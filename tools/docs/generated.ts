// Keeps what is generated true: README's table of backends, lists in docs and the pictures. With --write it rewrites them, without it compares.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { awsActions } from "./awsActions.ts"
import { capabilityTable } from "./capabilityTable.ts"
import { architecture } from "./picture/architecture.ts"
import { terminal } from "./picture/terminal.ts"
import { capture } from "./tryCommand.ts"

process.chdir(join(import.meta.dirname, "..", ".."))

/** A page with what stands between its two marks replaced. */
const between = (page: string, mark: string, text: string): string => {
  const begin = `<!-- ${mark} -->\n`
  const end = `<!-- /${mark} -->`
  const from = page.indexOf(begin) + begin.length
  return `${page.slice(0, from)}\n${text}\n\n${page.slice(page.indexOf(end))}`
}

/** What the first of README's commands prints; the same on every machine, because the seed is in the file. */
const simulation = (): string => {
  const args = ["simulate", "examples/fleet.yaml"]
  const main = ["--conditions=@orrery/source", "packages/cli/src/main.ts"]
  const { status, stderr, stdout } = capture(process.execPath, [...main, ...args])
  if (status !== 0) throw new Error(`simulate ended with ${status}\n${stderr}`)
  return terminal(`npm run -s compute -- ${args.join(" ")}`, stdout)
}

const generated: ReadonlyArray<readonly [file: string, text: string]> = [
  ["README.md", between(readFileSync("README.md", "utf8"), "capabilities", capabilityTable())],
  ["docs/aws.md", between(readFileSync("docs/aws.md", "utf8"), "aws-actions", awsActions())],
  ["docs/pictures/architecture.svg", architecture()],
  ["docs/pictures/simulate.svg", simulation()]
]

for (const [file, text] of generated) {
  if (existsSync(file) && readFileSync(file, "utf8") === text) continue
  if (process.argv.includes("--write")) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  } else {
    console.error(`${file} is not what the code says: npm run docs:write`)
    process.exitCode = 1
  }
}

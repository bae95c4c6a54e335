import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { outcome, run } from "../backends/run.ts"

// pack.ts [PACKAGE...]: packs every package as npm would publish it, installs all tarballs into an empty project, and
// type-checks there, without our sources, a file that imports each entry point. publint and are-the-types-wrong judge
// each tarball, which brings the licence and a page about itself. Needs `npm run build` to have run.
const root = join(import.meta.dirname, "..", "..")
const bin = (name: string) => join(root, "node_modules", ".bin", name)

interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly bin?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, unknown>>
  readonly scripts?: Readonly<Record<string, string>>
}

interface Package {
  readonly dir: string
  readonly manifest: Manifest
  readonly tarball: string
}

const asked = process.argv.slice(2)
const manifests = readdirSync(join(root, "packages"))
  .map((name) => join(root, "packages", name))
  .map((dir) => ({ dir, manifest: JSON.parse(readFileSync(join(dir, "package.json"), "utf8")) as Manifest }))
  .filter(({ manifest }) => manifest.private !== true)
  .filter(({ manifest }) => asked.length === 0 || asked.some((name) => manifest.name.endsWith(`/${name}`)))

const pack = async (dir: string, manifest: Manifest, into: string): Promise<Package> => {
  if (manifest.scripts?.bundle !== undefined) await run(["npm", "run", "--silent", "bundle"], { cwd: dir })
  const printed = await run(["npm", "pack", "--json", "--ignore-scripts", "--pack-destination", into], { cwd: dir })
  // npm 11 prints a list, npm 12 a record by name.
  const [packed] = Object.values(JSON.parse(printed) as Record<string, { readonly filename: string }>)
  return { dir, manifest, tarball: join(into, packed?.filename ?? "") }
}

/** A file as it was installed; empty where the tarball did not bring it. */
const installed = (project: string, { manifest }: Package, file: string): string => {
  const path = join(project, "node_modules", manifest.name, file)
  return existsSync(path) ? readFileSync(path, "utf8") : ""
}

/** What a package does not tell those who find it: its terms, which are the project's own, and what it is. */
const untold = (project: string, it: Package): ReadonlyArray<string> => {
  const { name } = it.manifest
  const isLicensed = installed(project, it, "LICENSE") === readFileSync(join(root, "LICENSE"), "utf8")
  const isIntroduced = installed(project, it, "README.md").startsWith(`# ${name}\n`)
  return [
    ...(isLicensed ? [] : [`${name}: its LICENSE is not the project's`]),
    ...(isIntroduced ? [] : [`${name}: no README.md with its name on top`])
  ]
}

/** The names under which a package's modules are imported. */
const entries = ({ manifest }: Package): ReadonlyArray<string> =>
  Object.keys(manifest.exports ?? {})
    .filter((path) => !path.endsWith(".json") && !path.includes("*"))
    .map((path) => manifest.name + path.slice(1))

/** A stranger's project: strict, and its declarations checked too, ours among them. */
const consumer = (packages: ReadonlyArray<Package>): string => {
  const names = packages.filter((it) => it.manifest.bin === undefined).flatMap(entries)
  const imports = names.map((name, n) => `import * as module${n} from "${name}"`)
  return `${imports.join("\n")}\nexport const modules: ReadonlyArray<object> = [${names.map((_, n) => `module${n}`).join(", ")}]\n`
}

const installAll = async (project: string, packages: ReadonlyArray<Package>): Promise<void> => {
  const dependencies = Object.fromEntries(packages.map((it) => [it.manifest.name, `file:${it.tarball}`]))
  const manifest = { name: "stranger", private: true, type: "module", dependencies, overrides: dependencies }
  writeFileSync(join(project, "package.json"), JSON.stringify(manifest))
  await run(["npm", "install", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts"], { cwd: project })
}

const compilerOptions = {
  target: "es2024",
  lib: ["es2024"],
  module: "nodenext",
  strict: true,
  noEmit: true,
  skipLibCheck: false,
  types: []
}

const typeCheck = async (project: string, packages: ReadonlyArray<Package>): Promise<string | undefined> => {
  writeFileSync(join(project, "index.ts"), consumer(packages))
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["index.ts"] }))
  const checked = await outcome([bin("tsc"), "-p", project])
  if (checked.code === 0) return undefined
  // Declarations of others are theirs to mend: only what is said of our packages or of the stranger's file counts.
  const ours = checked.stdout.split("\n").filter((line) => /^(\.\.\/)*[^ ]*(@orrery\/|index\.ts)/.test(line))
  return ours.length === 0 ? undefined : ours.join("\n")
}

const judge = async (it: Package): Promise<ReadonlyArray<string>> => {
  const verdicts = await Promise.all([
    outcome([bin("publint"), "run", it.tarball, "--strict"]),
    it.manifest.bin === undefined
      ? outcome([bin("attw"), it.tarball, "--profile", "esm-only", "--no-emoji"])
      : { code: 0, stdout: "", stderr: "" }
  ])
  return verdicts
    .filter((verdict) => verdict.code !== 0)
    .map((verdict) => `${it.manifest.name}:\n${verdict.stdout}${verdict.stderr}`)
}

const work = mkdtempSync(join(tmpdir(), "orrery-pack-"))
try {
  const project = join(work, "project")
  mkdirSync(project)
  const packages: Array<Package> = []
  for (const { dir, manifest } of manifests) packages.push(await pack(dir, manifest, work))
  const complaints = (await Promise.all(packages.map(judge))).flat()
  await installAll(project, packages)
  complaints.push(...packages.flatMap((it) => untold(project, it)))
  const typeErrors = await typeCheck(project, packages)
  if (typeErrors !== undefined) complaints.push(typeErrors)
  for (const complaint of complaints) process.stderr.write(`${complaint}\n`)
  process.stdout.write(`${packages.length} packages packed and installed, ${complaints.length} with complaints\n`)
  process.exitCode = complaints.length === 0 && packages.length > 0 ? 0 : 1
} finally {
  rmSync(work, { recursive: true, force: true })
}

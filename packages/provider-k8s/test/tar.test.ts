import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Readable } from "node:stream"
import { buffer } from "node:stream/consumers"
import { expect, it } from "vitest"
import { entriesBelow, pack, unpack } from "../src/pods/files.ts"
import { ignoreRules } from "../src/pods/ignore.ts"
import { packTar, type TarEntry } from "../src/pods/tar.ts"

const directory = (): string => mkdtempSync(join(tmpdir(), "orrery-tar-"))

const long = `${"deep/".repeat(30)}ünïcode "quoted" name`
const contents: Readonly<Record<string, string | Buffer>> = {
  plain: "hello\n",
  empty: "",
  "exactly one block": Buffer.alloc(512, 7),
  [long]: "far away",
  "large.bin": Buffer.alloc(300_001, 3)
}

const filled = (): string => {
  const top = directory()
  for (const [path, content] of Object.entries(contents)) {
    mkdirSync(join(top, path, ".."), { recursive: true })
    writeFileSync(join(top, path), content, { mode: 0o640 })
  }
  symlinkSync("plain", join(top, "link"))
  return top
}

it("other tars read what we pack, byte for byte", async () => {
  const top = filled()
  const to = directory()
  const archive = await buffer(pack(top, await entriesBelow(top)))
  execFileSync("tar", ["-xf", "-", "-C", to], { input: archive })
  for (const [path, content] of Object.entries(contents))
    expect(readFileSync(join(to, path)).equals(Buffer.from(content)), path).toBe(true)
  expect(execFileSync("readlink", [join(to, "link")], { encoding: "utf8" })).toBe("plain\n")
})

it.each(["gnu", "pax", "ustar"])("we unpack what other tars pack as %s, however it comes in pieces", async (format) => {
  const top = filled()
  const to = directory()
  const args = ["--format", format, "-cf", "-", "-C", top, "."]
  const archive = execFileSync("tar", args, { maxBuffer: 1e8 })
  const pieces = Array.from({ length: Math.ceil(archive.length / 777) }, (_, index) =>
    archive.subarray(index * 777, (index + 1) * 777)
  )
  expect(await unpack(Readable.from(pieces), to)).toBe(Object.keys(contents).length)
  for (const [path, content] of Object.entries(contents))
    expect(readFileSync(join(to, path)).equals(Buffer.from(content)), path).toBe(true)
})

const entry = (path: string, more: Partial<TarEntry> = {}): TarEntry => ({
  path,
  type: "file",
  mode: 0o644,
  sizeBytes: 0,
  modifiedAtMs: 0,
  ...more
})

it.each([
  ["above", [entry("../escaped")]],
  ["by a link", [entry("way", { type: "link", target: "/tmp" }), entry("way/escaped")]]
])("an archive that leads out of its directory %s is refused", async (_, entries) => {
  const source = Readable.from(packTar(entries, () => Readable.from([])))
  await expect(unpack(source, directory())).rejects.toThrow(/outside|leads out/)
})

it("an archive that ends early is no success", async () => {
  const whole = await buffer(packTar([entry("half", { sizeBytes: 10 })], () => Readable.from([Buffer.alloc(10)])))
  await expect(unpack(Readable.from([whole.subarray(0, 517)]), directory())).rejects.toThrow(/unexpected end/i)
})

it("a file that became shorter while it was packed is named, and the archive is no success", async () => {
  const top = directory()
  writeFileSync(join(top, "short"), "12345")
  const archive = pack(top, [entry("short", { sizeBytes: 10 })])
  await expect(buffer(archive)).rejects.toThrow("short became shorter while it was read")
})

// what `git check-ignore` says of the same lines
it.each<readonly [string, string, boolean, boolean]>([
  ["*.log", "a/b.log", false, true],
  ["*.log\n!keep.log", "keep.log", false, false],
  ["/top", "top", false, true],
  ["/top", "a/top", false, false],
  ["a/b", "a/b", false, true],
  ["a/b", "x/a/b", false, false],
  ["build/", "build", true, true],
  ["build/", "build", false, false],
  ["**/cache", "x/y/cache", true, true],
  ["docs/**", "docs/x/y", false, true],
  ["a/**/z", "a/z", false, true],
  ["# comment", "# comment", false, false],
  ["file?.[ch]", "file1.c", false, true],
  ["file[!1].c", "file1.c", false, false],
  ["a+b", "a+b", false, true]
])("ignore lines %j say of %s (a directory: %s): %s [K73]", (lines, path, isDirectory, ignored) => {
  expect(ignoreRules(lines)(path, isDirectory)).toBe(ignored)
})

it("ignore files hold for their own directory and below, nothing of .git is taken, and more can be named [K73]", async () => {
  const top = directory()
  for (const path of ["src/keep.ts", "src/gone.tmp", "out/x", "notes.txt", ".git/config", "src/deep/gone.ts"]) {
    mkdirSync(join(top, path, ".."), { recursive: true })
    writeFileSync(join(top, path), "")
  }
  writeFileSync(join(top, ".gitignore"), "*.tmp\nout/\n")
  writeFileSync(join(top, "src/.ktignore"), "deep/gone.ts\n")
  const paths = (await entriesBelow(top, ["notes.txt"])).filter(({ type }) => type === "file").map(({ path }) => path)
  expect(paths).toEqual([".gitignore", "src/.ktignore", "src/keep.ts"])
})

import { spawn, spawnSync } from "node:child_process"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { stripVTControlCharacters } from "node:util"
import { describe, expect, it } from "vitest"

const file = join(mkdtempSync(join(tmpdir(), "compute-")), "jobs.yaml")
writeFileSync(file, "deployments: [{name: web, image: web:1, replicas: 0}]\n")

// util-linux' `script` lends a real terminal; other systems have one of another make, or none
const hasTerminal = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0

/** Runs `compute apply` on a terminal of its own, and types once it is asked. */
const onTerminal = (typed: string): Promise<readonly [code: number | null, screen: string]> =>
  new Promise((resolve) => {
    const bin = fileURLToPath(new URL("../src/bin.ts", import.meta.url))
    const command = `'${process.execPath}' --conditions=@orrery/source '${bin}' apply -f '${file}' --backend sim`
    const child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], { stdio: "pipe" })
    let screen = ""
    let asked = false
    child.stdout.on("data", (part: Buffer) => {
      screen += part.toString()
      if (asked || !screen.includes("(y/N)")) return
      asked = true
      child.stdin.write(typed)
    })
    child.on("close", (code) => resolve([code, stripVTControlCharacters(screen)]))
  })

describe.skipIf(!hasTerminal)("on a terminal of util-linux' script", { timeout: 60_000 }, () => {
  it("apply asks before it changes anything, and goes on when told to", async () => {
    const [code, screen] = await onTerminal("y")
    expect([code, screen]).toEqual([0, expect.stringContaining("deployment/web created")])
  })

  it("apply changes nothing when nobody says yes", async () => {
    const [code, screen] = await onTerminal("\r")
    expect([code, screen]).toEqual([0, expect.stringContaining("nothing was changed")])
    expect(screen).not.toContain("created")
  })

  it("Ctrl-C at the question ends with 130, and nothing was changed", async () => {
    const [code, screen] = await onTerminal("\u0003")
    expect([code, screen]).toEqual([130, expect.stringContaining("interrupted")])
    expect(screen).not.toContain("created")
  })
})

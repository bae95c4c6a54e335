import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { runCommand } from "./runCommand.ts"

const folder = mkdtempSync(join(tmpdir(), "compute-"))
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const pod = (name: string) => `---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: default}
spec: {containers: [{name: c, image: i, resources: {requests: {cpu: "3"}}}]}
`
const objects = file(
  "objects.yaml",
  `apiVersion: v1
kind: Node
metadata: {name: n1}
status: {allocatable: {cpu: "4", memory: 8Gi, pods: "110"}}
${pod("a")}${pod("b")}`
)

describe("place", () => {
  it("says where each pod goes, or why nowhere", async () => {
    const { code, out } = await runCommand(["place", "-f", objects, "-o", "json"])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject([
      { pod: "default/a", node: "n1", ties: ["n1"] },
      { pod: "default/b", node: null, refused: { n1: ["Insufficient cpu"] } }
    ])
    expect((await runCommand(["place", "-f", objects])).out).toContain("0/1 nodes are available: 1 Insufficient cpu")
  })

  it("refuses what is no manifest, with its place", async () => {
    const { code, err } = await runCommand(["place", "-f", file("wrong.yaml", "a: 1\n")])
    expect([code, err]).toEqual([2, expect.stringContaining(`${folder}/wrong.yaml:1: `)])
  })

  it("refuses what is no UTF-8, with its line, and what never ends", async () => {
    const latin = join(folder, "latin.yaml")
    writeFileSync(latin, Buffer.from("kind: Pod\nmetadata: {name: caf\xe9}\n", "latin1"))
    const wrong = await runCommand(["place", "-f", latin])
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining(`${latin}:2: this is no UTF-8`)])
    const endless = await runCommand(["place", "-f", "/dev/zero"])
    expect([endless.code, endless.err]).toEqual([2, expect.stringContaining("/dev/zero has more than 64000000 bytes")])
  })
})
